/**
 * Server of the engine: handles the requests of the widgets one at a time, in a worker, or on the page if workers are
 * unavailable. A newer request on a channel supersedes an older one, whose result is then null.
 * @module
 */
import { NEAREST, NEAREST_OF_ONE, fittingCodes } from "../engine/likelihood.js";
import { Model } from "../engine/model.js";

/**
 * @typedef {object} Request
 * @property {number} id
 * @property {string} channel name of the sender; requests on "" are never superseded
 * @property {string} what load, draw, encode, mixture, guess, forget, or supersede, which only supersedes the requests on its channel
 * @property {string} key hash of the model's weights
 * @property {any} [given] arguments
 */

/** Number of rows of a column that share a scale factor in int8 tensors. */
const GROUP = 32;
/** Milliseconds of drawing between checks for newer requests. */
const SLICE_MS = 12;

/** The loaded models and the queue of requests. */
export class Service {
  /** @param {(answer: any) => void} post */
  constructor(post) {
    this.post = post;
    /** @type {Map<string, Model>} */
    this.models = new Map();
    /** @type {Request[]} */
    this.queue = [];
    /** @type {Map<string, number>} */
    this.newest = new Map();
    this.busy = false;
  }

  /** @param {Request} request */
  enqueue(request) {
    if (request.channel) this.newest.set(request.channel, request.id);
    if (request.what === "supersede") return;
    this.queue.push(request);
    if (!this.busy) void this.work();
  }

  async work() {
    this.busy = true;
    for (let request = this.queue.shift(); request; request = this.queue.shift()) {
      const { id } = request;
      try {
        const result = this.isSuperseded(request) ? null : await this.handle(request);
        this.post({ id, done: true, result });
      } catch (error) {
        this.post({ id, done: true, error: error instanceof Error ? error.message : String(error) });
      }
    }
    this.busy = false;
  }

  /** @param {Request} request */
  isSuperseded({ channel, id }) {
    return channel !== "" && this.newest.get(channel) !== id;
  }

  /** @param {Request} request */
  async handle(request) {
    const { what, key, given } = request;
    if (what === "load") {
      if (!this.models.has(key)) this.models.set(key, new Model(given.config, unpackTensors(given)));
      return true;
    }
    if (what === "forget") return this.models.delete(key);
    const model = this.models.get(key);
    if (!model) throw new Error("the model has not been loaded");
    if (what === "encode") return model.encode(given.rows).mean;
    if (what === "mixture") return model.mixtureSequence(given.rows, given.z).at(-1);
    if (what === "guess") return model.guess(given.rows, given.categories);
    return this.draw(request, model);
  }

  /**
   * @param {Request} request
   * @param {Model} model
   */
  async draw(request, model) {
    const { given } = request;
    let codes = codesOf(model, given);
    const [from, to] = given.share ?? [0, codes.length];
    codes = codes.slice(from, to);
    const temperature = Array.isArray(given.temperature) ? given.temperature.slice(from, to) : given.temperature;
    const run = model.draw({ ...given, codes, temperature, variants: given.variants.slice(from, to) });
    while (!run.done) {
      const startTime = performance.now();
      while (!run.done && performance.now() - startTime < SLICE_MS) run.advance(4);
      if (run.done) break;
      if (given.partial) this.post({ id: request.id, partial: run.sketches });
      await yieldToEventLoop();
      if (this.isSuperseded(request)) return null;
    }
    return { sketches: run.sketches, codes: model.conditional ? codes : null };
  }
}

/**
 * The latent code of each variant of a request, the same as in Python.
 * @param {Model} model
 * @param {any} given
 * @returns {(Float32Array | null)[]}
 */
function codesOf(model, given) {
  const { variants, beginning, category, categories, seed, penDown } = given, count = variants.length;
  if (!model.conditional) return variants.map(() => null);
  if (given.codes) return given.codes;
  if (beginning?.length) {
    const { mean } = model.encode(beginning);
    if (!model.exemplars.length) return variants.map(() => mean);
    const nearest = category >= 0 ? model.nearestCodes(mean, NEAREST_OF_ONE, model.categoryCodes(category, categories))
      : model.nearestCodes(mean, NEAREST);
    return fittingCodes(model, beginning, penDown, nearest, count, seed);
  }
  return variants.map((/** @type {number} */ variant) =>
    categories > 0 ? model.categoryCode(category, categories, seed, variant) : model.randomCode(seed, variant));
}

/** Let the event loop deliver messages. */
function yieldToEventLoop() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve(undefined);
    };
    port2.postMessage(0);
  });
}

/**
 * Unpack the float32 tensors of a buffer that packing.py has packed.
 * @param {object} given
 * @param {Record<string, [number, number, string, number]>} given.index byte offset, number of values, precision and number of columns
 * @param {ArrayBuffer} given.buffer
 */
export function unpackTensors({ index, buffer }) {
  /** @type {Record<string, Float32Array>} */
  const tensors = {};
  for (const [name, [at, count, kind, columns]] of Object.entries(index)) {
    const scaled = Math.ceil(count / (columns * GROUP)) * columns;
    const bytes = { float32: 4 * count, float16: 2 * count, int8: 2 * scaled + count }[kind] ?? Infinity;
    if (at < 0 || at + bytes > buffer.byteLength) throw new Error(`tensor ${name}: its bytes are outside the buffer`);
    if (kind === "float16") {
      tensors[name] = halfToFloat32(new Uint16Array(buffer, at, count));
    } else if (kind === "float32") {
      tensors[name] = new Float32Array(buffer, at, count);
    } else {
      const scales = halfToFloat32(new Uint16Array(buffer, at, scaled));
      const integers = new Int8Array(buffer, at + 2 * scaled, count), tensor = new Float32Array(count);
      for (let row = 0, i = 0; i < count; row++) {
        const first = Math.floor(row / GROUP) * columns;
        for (let c = 0; c < columns; c++, i++) tensor[i] = integers[i] * scales[first + c];
      }
      tensors[name] = tensor;
    }
  }
  return tensors;
}

/** Value of every half-precision bit pattern. @type {Float32Array | undefined} */
let halves;

/** Convert half-precision bit patterns to numbers. @param {Uint16Array} bits */
export function halfToFloat32(bits) {
  halves ??= buildHalfTable();
  const table = halves, numbers = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) numbers[i] = table[bits[i]];
  return numbers;
}

function buildHalfTable() {
  const table = new Float32Array(65536);
  for (let h = 0; h < 65536; h++) {
    const exponent = (h >> 10) & 31, fraction = h & 1023;
    const size = exponent === 0 ? fraction * 2 ** -24
      : exponent === 31 ? (fraction ? NaN : Infinity) : (1 + fraction / 1024) * 2 ** (exponent - 15);
    table[h] = h & 0x8000 ? -size : size;
  }
  return table;
}
