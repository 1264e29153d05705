/**
 * Drawing with a model: a batch of drawings is drawn point by point. The random numbers of a point depend only on the seed, the
 * variant and the index of the point, so that a drawing does not depend on the other drawings of its batch.
 * @module
 */
import { decodeNoise } from "./noise.js";

/** @typedef {import("./model.js").Model} Model */

/** Maximum number of drawings in a batch. */
export const MAX_BATCH = 12;
/** The start token. */
export const START = Float32Array.of(0, 0, 1, 0, 0);
/** Maximum number of points of a drawing. */
const MAX_STEPS = 1 << 16;

/** A batch of drawings that is drawn point by point. A model can advance only one batch at a time. */
export class SamplingRun {
  /**
   * @param {Model} model
   * @param {any} options see Model.draw
   */
  constructor(model, { codes, variants, seed, temperature, beginning = new Float32Array(0), penDown = false,
    minPoints = 0, maxPoints = model.config.hparams.max_seq_len, convention = "paper", penTemperature = null }) {
    const count = /** @type {number} */ (variants.length);
    if (count < 1 || count > MAX_BATCH || codes.length !== count) throw new RangeError(`expected 1 to ${MAX_BATCH} drawings, each with a code`);
    for (const z of codes) {
      if (model.conditional && (!z || z.length !== model.zSize || !z.every(Number.isFinite))) {
        throw new RangeError(`z: expected ${model.zSize} finite numbers`);
      }
    }
    this.model = model;
    /** Scale factors for the temperature of each drawing. */
    this.scales = variants.map((/** @type {number} */ _, /** @type {number} */ s) =>
      temperatureScales(Array.isArray(temperature) ? temperature[s] : temperature, convention, penTemperature));
    const inputs = stroke5(beginning);
    if (inputs.length && penDown) inputs[inputs.length - 1].set([1, 0], 2);
    this.steps = Math.min(maxPoints, MAX_STEPS) - inputs.length;
    if (this.steps < 1) throw new RangeError(`the beginning has ${inputs.length} points; the model draws at most ${maxPoints} points including the beginning`);
    this.noise = variants.map((/** @type {number} */ v) => decodeNoise(seed, v, this.steps));
    /** Points drawn so far, stroke-3 rows of each drawing. @type {number[][]} */
    this.rows = variants.map(() => []);
    /** Drawings that have not ended, in the order of their states in the decoder. @type {number[]} */
    this.active = Array.from({ length: count }, (_, i) => i);
    this.t = 0;
    this.hasBeginning = inputs.length > 0;
    this.minPoints = minPoints;
    const first = [START, ...inputs];
    const shared = codes.every((/** @type {Float32Array | null} */ z) => z === codes[0]), states = shared ? 1 : count;
    for (let s = 0; s < states; s++) model.decoder.begin(s, model.initialState(codes[s]), codes[s]);
    for (const row of first.slice(0, -1)) model.decoder.step(new Array(states).fill(row), states);
    for (let s = states; s < count; s++) model.decoder.copy(0, s);
    /** Last row of each active drawing, in the same order. */
    this.last = Array.from({ length: count }, () => first[first.length - 1].slice());
  }

  get done() {
    return this.t >= this.steps || !this.active.length;
  }

  /**
   * Draw some more points, or all remaining ones.
   * @param {number} [steps]
   * @returns {this}
   */
  advance(steps = Infinity) {
    const { model, active, last } = this;
    for (; steps > 0 && !this.done; steps--, this.t++) {
      model.decoder.step(last, active.length);
      const outputs = model.decodeOutputs(active.length);
      for (let k = active.length - 1; k >= 0; k--) {
        const s = active[k], scales = this.scales[s];
        const mayBeEmpty = this.hasBeginning || scales.logits === Infinity;
        if (this.t < this.minPoints || (this.t === 0 && !mayBeEmpty)) outputs[k][2] -= 1e9; // the drawing must not end yet
        const row = choose(outputs[k], model.mixtures, this.noise[s], 4 * this.t, scales);
        last[k].set(row);
        if (row[4]) this.remove(k);
        else this.rows[s].push(row[0], row[1], row[3]);
      }
    }
    return this;
  }

  /** Remove a finished drawing from the batch; the last drawing takes its position. @param {number} k */
  remove(k) {
    const end = this.active.length - 1;
    if (k < end) this.model.decoder.copy(end, k);
    this.active[k] = this.active[end];
    this.last[k] = this.last[end];
    this.active.pop();
    this.last.pop();
  }

  /** The drawings so far, as stroke-3 rows in model units. The last point of a finished drawing lifts the pen. */
  get sketches() {
    return this.rows.map((rows) => {
      const sketch = Float32Array.from(rows);
      if (this.done && sketch.length) sketch[sketch.length - 1] = 1;
      return sketch;
    });
  }
}

/**
 * Scale factors for a temperature, the same as `temperature_scales` in Python.
 * @typedef {object} Scales
 * @property {number} logits multiplies the logits of the mixture; Infinity is greedy
 * @property {number} sigma multiplies the standard deviations
 * @property {number} pen multiplies the logits of the pen states; Infinity is greedy
 */

/**
 * Convert a temperature to scale factors.
 * @param {number} temperature 0 is greedy
 * @param {string} convention
 * @param {number | null} [penTemperature] temperature of the pen states; null: the same as `temperature`
 * @returns {Scales}
 */
export function temperatureScales(temperature, convention = "paper", penTemperature = null) {
  for (const value of [temperature, penTemperature ?? 0]) {
    if (!(Number.isFinite(value) && value >= 0)) throw new RangeError(`temperature: expected a number of at least 0, got ${value}`);
  }
  const logits = 1 / (convention === "js" && temperature > 0 ? 0.5 + 0.5 * temperature : temperature);
  const sigma = convention === "tf1" ? temperature : Math.sqrt(temperature);
  return { logits, sigma, pen: penTemperature === null ? logits : 1 / penTemperature };
}

/**
 * Sample one row from the outputs of the last layer.
 * @param {Float32Array} out 3 pen logits, then logits, means (2), log standard deviations (2) and correlations of the mixture
 * @param {number} m number of components
 * @param {Float32Array} noise
 * @param {number} at index of the first random number of this row
 * @param {Scales} scales
 */
function choose(out, m, noise, at, scales) {
  const k = pick(out, 3, m, noise[at], scales.logits);
  /** @param {number} part */
  const of = (part) => out[3 + part * m + k];
  const rho = Math.tanh(of(5));
  const [x, y] = [noise[at + 2], noise[at + 3]];
  const row = new Float32Array(5);
  row[0] = of(1) + scales.sigma * Math.exp(of(3)) * x;
  row[1] = of(2) + scales.sigma * Math.exp(of(4)) * (rho * x + Math.sqrt(1 - rho * rho) * y);
  row[2 + pick(out, 0, 3, noise[at + 1], scales.pen)] = 1;
  return row;
}

/**
 * Sample an index from a softmax with a uniform random number.
 * @param {Float32Array} logits
 * @param {number} from
 * @param {number} count
 * @param {number} uniform
 * @param {number} scale multiplies the logits; Infinity is greedy
 */
function pick(logits, from, count, uniform, scale) {
  let best = 0;
  for (let i = 1; i < count; i++) if (logits[from + i] > logits[from + best]) best = i;
  if (scale === Infinity) return best;
  const p = new Float64Array(count);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += p[i] = Math.exp((logits[from + i] - logits[from + best]) * scale);
  let cumulative = 0;
  for (let i = 0; i < count - 1; i++) {
    cumulative += p[i] / sum;
    if (cumulative > uniform) return i;
  }
  return count - 1;
}

/**
 * Convert stroke-3 rows to stroke-5 rows.
 * @param {Float32Array} rows
 * @returns {Float32Array[]}
 */
export function stroke5(rows) {
  const out = [];
  for (let i = 0; i + 2 < rows.length; i += 3) out.push(Float32Array.of(rows[i], rows[i + 1], 1 - rows[i + 2], rows[i + 2], 0));
  return out;
}
