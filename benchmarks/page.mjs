// Times of the page's engine (512 units, 250 steps), compared with @magenta/sketch and with a loop that only reads the weights.
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Model } from "../sketchkit/widgets/static/engine/model.js";

const UNITS = 512, STEPS = 250, M = 20;
const random = (count, scale) => Float32Array.from({ length: count }, () => (Math.random() - 0.5) * scale);
const weights = {
  "decoder/output/w": random(UNITS * (3 + 6 * M), 0.1),
  "decoder/output/b": random(3 + 6 * M, 0.1),
  "decoder/cell/W_xh": random(5 * 4 * UNITS, 0.1),
  "decoder/cell/W_hh": random(4 * UNITS * UNITS, 0.1),
  "decoder/cell/bias": random(4 * UNITS, 0.1),
};
weights["decoder/output/b"][2] = -50; // no drawing ends before its last step
const config = {
  scale_factor: 1,
  hparams: { conditional: false, dec_model: "lstm", dec_rnn_size: UNITS, num_mixture: M, max_seq_len: STEPS },
};
const median = (act, times) => {
  const laps = Array.from({ length: times }, () => {
    const began = performance.now();
    act();
    return performance.now() - began;
  });
  return laps.sort((a, b) => a - b)[times >> 1];
};
const say = (name, value, unit, ratio, to, bar) => console.log(JSON.stringify({ name, value, unit, ratio, to, bar: bar ?? "" }));

const model = new Model(config, weights);
const draw = (count) => () => {
  const variants = Array.from({ length: count }, (_, i) => i);
  model.draw({ codes: variants.map(() => null), variants, seed: 1, temperature: 0.5 }).advance();
};
draw(1)();
const one = median(draw(1), 9), nine = median(draw(9), 5);
const { memory, decoder } = model;
const passes = () => {
  for (let i = 0; i < STEPS; i++) {
    memory.multiply(decoder.stacked, decoder.x, decoder.stride, decoder.gates, decoder.width, 1);
    memory.multiply(model.output, decoder.x, decoder.stride, model.out, model.outputWidth, 1);
  }
};
passes();
const bare = median(passes, 9);

const info = { mode: 2, version: 6, max_seq_len: STEPS, name: "bench", scale_factor: 1 };
const names = ["output/w", "output/b", "cell/W_xh", "cell/W_hh", "cell/bias"].map((name) => `decoder/${name}`);
const shapes = [[UNITS, 3 + 6 * M], [3 + 6 * M], [5, 4 * UNITS], [UNITS, 4 * UNITS], [4 * UNITS]];
const blobs = names.map((name) => Buffer.from(Int16Array.from(weights[name], (x) => Math.round(x * 3276.7)).buffer).toString("base64"));
const path = join(tmpdir(), "sketchkit-bench.gen.json");
writeFileSync(path, JSON.stringify([info, shapes, blobs]));
const log = console.log;
console.log = console.warn = () => {};
globalThis.fetch = async () => ({ ok: true, status: 200, json: async () => JSON.parse(readFileSync(path, "utf8")) });
let theirs = null;
try {
  const { SketchRNN } = createRequire(import.meta.url)("@magenta/sketch");
  const magenta = new SketchRNN(path);
  await magenta.initialize();
  theirs = median(() => {
    let state = magenta.zeroState(), row = magenta.zeroInput();
    for (let i = 0; i < STEPS; i++) {
      state = magenta.update(row, state);
      row = magenta.sample(magenta.getPDF(state, 0.5));
    }
  }, 3);
} catch {
  // @magenta/sketch is optional
}
console.log = log;
say("page: 250 steps of a 512-unit model", one, "ms", one / bare, "a loop that only reads the weights", "at most 2");
if (theirs) say("  the same 250 steps", one, "ms", theirs / one, "times faster than @magenta/sketch", "at least 25");
say("page: nine variants, one thread", nine, "ms", nine / one, "one drawing", "");
