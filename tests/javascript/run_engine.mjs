// Run the page's engine in Node: node run_engine.mjs REQUEST.json
// The request names a file of little-endian float32 numbers, the position of each tensor in it, and what to compute.
import { readFileSync } from "node:fs";
import { logLikelihoods } from "../../sketchkit/widgets/static/engine/likelihood.js";
import { stroke5 } from "../../sketchkit/widgets/static/engine/sampling.js";
import { Service } from "../../sketchkit/widgets/static/runtime/engine_server.js";
import { Model } from "../../sketchkit/widgets/static/engine/model.js";

const request = JSON.parse(readFileSync(process.argv[2], "utf8"));
const bytes = readFileSync(request.weights);
const weights = {};
for (const [name, [begin, count]] of Object.entries(request.places)) {
  weights[name] = new Float32Array(bytes.buffer.slice(bytes.byteOffset + 4 * begin, bytes.byteOffset + 4 * (begin + count)));
}
const model = new Model(request.config, weights, { simd: request.simd });
const f32 = (numbers) => Float32Array.from(numbers);
const answer = async (ask) => {
  if (ask.what === "encode") {
    const { mean, presig } = model.encode(f32(ask.rows));
    return { mean: [...mean], presig: [...presig] };
  }
  if (ask.what === "guess") return [...model.guess(f32(ask.rows), ask.count)];
  if (ask.what === "mixture") {
    return model.mixtureSequence(f32(ask.rows), ask.z ? f32(ask.z) : null).map((outputs) => [...outputs]);
  }
  if (ask.what === "generate") {
    const variants = ask.variants ?? Array.from({ length: ask.n }, (_, i) => i), given = ask.code && f32(ask.code);
    const codes = variants.map((i) => (model.conditional ? given ?? model.randomCode(ask.seed, i) : null));
    const drawing = model.draw({ ...ask, codes, variants, beginning: f32(ask.beginning ?? []) });
    return drawing.advance().sketches.map((rows) => [...rows]);
  }
  if (ask.what === "decode") {
    const drawing = model.draw({ ...ask, codes: ask.codes.map(f32), variants: ask.codes.map(() => 0) });
    return drawing.advance().sketches.map((rows) => [...rows]);
  }
  if (ask.what === "category") {
    return Array.from({ length: ask.n }, (_, i) => [...model.categoryCode(ask.category, ask.count, ask.seed, i)]);
  }
  if (ask.what === "nearest") {
    return model.nearestCodes(f32(ask.code), ask.n).map((code) => [...code]);
  }
  if (ask.what === "complete") {
    const given = { ...ask, beginning: f32(ask.beginning), variants: Array.from({ length: ask.n }, (_, i) => i) };
    const { sketches } = await new Service(() => {}).draw({ id: 0, channel: "", what: "draw", key: "", given }, model);
    return sketches.map((rows) => [...rows]);
  }
  if (ask.what === "likelihood") return logLikelihoods(model, stroke5(f32(ask.rows)), ask.codes.map(f32));
  if (ask.what === "time") {
    const variants = Array.from({ length: ask.n }, (_, i) => i);
    const laps = [];
    for (let lap = 0; lap < 5; lap++) {
      const began = performance.now();
      const codes = variants.map((i) => (model.conditional ? model.randomCode(1, i) : null));
      model.draw({ codes, variants, seed: lap, temperature: 0.5, maxPoints: ask.steps }).advance();
      laps.push(performance.now() - began);
    }
    return laps;
  }
  throw new Error(`unknown: ${ask.what}`);
};
const answers = [];
for (const ask of request.ask) answers.push(await answer(ask));
process.stdout.write(JSON.stringify({ simd: model.simd, answers }));
