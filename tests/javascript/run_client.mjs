// The client of the engine in Node, with workers that run on this thread: node run_client.mjs CASE
import { Client } from "../../sketchkit/widgets/static/runtime/engine_client.js";
import { Service } from "../../sketchkit/widgets/static/runtime/engine_server.js";

const UNITS = 32, M = 3, KEY = "key";
let state = 1;
const numbers = (count) => Float32Array.from({ length: count }, () => (state = (state * 48271) % 2147483647) / 2147483647 - 0.5);
const tensors = {
  "decoder/output/w": numbers(UNITS * (3 + 6 * M)), "decoder/output/b": numbers(3 + 6 * M),
  "decoder/cell/W_xh": numbers(20 * UNITS), "decoder/cell/W_hh": numbers(4 * UNITS * UNITS), "decoder/cell/bias": numbers(4 * UNITS),
};
tensors["decoder/output/b"][2] = -3;
const index = {}, all = [];
for (const [name, tensor] of Object.entries(tensors)) {
  index[name] = [4 * all.length, tensor.length, "float32", tensor.length];
  all.push(...tensor);
}
const hparams = { conditional: false, dec_model: "lstm", dec_rnn_size: UNITS, num_mixture: M, max_seq_len: 3000 };
const weights = { kind: "weights", key: KEY, config: { scale_factor: 1, hparams }, index };
const source = () => {
  const listeners = new Set();
  return { on: (_, act) => listeners.add(act), off: (_, act) => listeners.delete(act),
    send: () => listeners.forEach((act) => act(weights, [new DataView(Float32Array.from(all).buffer)])) };
};

/** Workers that have been started. */
const workers = [];
class ThreadWorker {
  /** For each worker, in the order in which they start: whether it fails at its first message. */
  static fails = [];
  constructor() {
    this.service = new Service((answer) => setImmediate(() => this.onmessage({ data: structuredClone(answer) })));
    this.fails = ThreadWorker.fails[workers.length];
    this.draws = 0;
    workers.push(this);
  }
  postMessage(message) {
    if (message.what === "draw") this.draws++;
    setImmediate(() => (this.fails ? this.onerror() : this.service.enqueue(structuredClone(message))));
  }
}
globalThis.Worker = ThreadWorker;

const open = async (cores) => {
  const client = new Client(cores);
  await client.load(KEY, source(), new AbortController().signal);
  return client;
};
const draw = (client, count = 9, { channel = "view", partial, temperature = 0.7, minPoints = 0 } = {}) => {
  const given = { variants: Array.from({ length: count }, (_, i) => i), seed: 7, temperature, minPoints, partial: !!partial };
  return client.ask("draw", KEY, channel, given, partial);
};
const isReady = async (client, count) => {
  while (client.others.length !== count || client.others.some((other) => !other.models.has(KEY))) await new Promise((resolve) => setImmediate(resolve));
};
const rows = (result) => result.sketches.map((sketch) => [...sketch]);
const CASES = {
  async divided() {
    const client = await open(8), before = workers.length, alone = rows(await draw(client));
    await isReady(client, 3);
    const together = rows(await draw(client));
    const mixed = rows(await draw(client, 9, { temperature: [0, 0, 0, 0, 0, 0, 0, 0, 1] }));
    return { before, after: workers.length, draws: workers.map((worker) => worker.draws), different: new Set(mixed.map(String)).size,
      same: JSON.stringify(alone) === JSON.stringify(together) };
  },
  async small() {
    const client = await open(8);
    await draw(client, 3);
    return workers.length;
  },
  async partial() {
    const client = await open(2);
    await draw(client);
    await isReady(client, 1);
    const seen = [], result = await draw(client, 9, { minPoints: 3000, partial: (sketches) => seen.push(sketches.map((sketch) => sketch.length)) });
    return { points: new Set(result.sketches.map((sketch) => sketch.length / 3)).size, lengths: seen.every((lengths) => lengths.length === 9), both: seen.some((lengths) => lengths.every((length) => length > 0)),
      grows: seen.every((lengths, i) => !i || lengths.every((length, k) => length >= seen[i - 1][k])) };
  },
  async superseded() {
    const client = await open(4);
    await draw(client);
    await isReady(client, 3);
    const [old, other, newest] = await Promise.all([draw(client, 9, { minPoints: 3000 }), draw(client, 9, { channel: "other" }), draw(client, 1)]);
    return [old === null, other.sketches.length, newest.sketches.length, client.waiting.size];
  },
  async failed() {
    ThreadWorker.fails = [false, true, false];
    const client = await open(3), alone = rows(await draw(client));
    await isReady(client, 1);
    return [JSON.stringify(alone) === JSON.stringify(rows(await draw(client))), client.others.length];
  },
  async forbidden() {
    ThreadWorker.fails = [true];
    const client = await open(4);
    return [(await draw(client)).sketches.length, workers.length, client.first.worker];
  },
};
process.stdout.write(JSON.stringify(await CASES[process.argv[2]]()));
