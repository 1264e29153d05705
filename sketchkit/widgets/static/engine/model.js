/**
 * sketch-rnn in the page: encode and decode drawings with the tensors of a model folder. Decoding is a function of
 * (z, temperature, seed): the same arguments give the same drawing as in Python.
 * @module
 */
import { Cell, cellFloats, HYPER_UNITS, subtree } from "./cells.js";
import { Memory, PANEL } from "./memory.js";
import { decodeNoise, normals, stream } from "./noise.js";

/** @typedef {import("./cells.js").Weights} Weights */

/**
 * The part of config.json that the engine needs.
 * @typedef {object} Config
 * @property {number} scale_factor
 * @property {Record<string, any>} hparams
 */

/** Maximum number of drawings in a batch. */
export const MAX_BATCH = 12;
/** The start token. */
const START = Float32Array.of(0, 0, 1, 0, 0);
/** Maximum number of points of a drawing. */
const MAX_STEPS = 1 << 16;

/** A model. Rows are stroke-3 in model units (offsets divided by the scale factor): a Float32Array with 3 numbers per point. */
export class Model {
  /**
   * @param {Config} config
   * @param {Weights} weights float32, by name
   * @param {{simd?: boolean}} [options]
   */
  constructor(config, weights, { simd } = {}) {
    const h = config.hparams;
    check(config, weights);
    this.config = config;
    this.weights = weights;
    this.conditional = /** @type {boolean} */ (h.conditional);
    this.zSize = this.conditional ? h.z_size : 0;
    this.mixtures = /** @type {number} */ (h.num_mixture);
    this.units = /** @type {number} */ (h.dec_rnn_size);
    this.outputs = 3 + 6 * this.mixtures;
    this.outputWidth = Math.ceil(this.outputs / PANEL) * PANEL;
    let floats = cellFloats(h.dec_model, this.units, this.zSize, MAX_BATCH) +
      (this.units + MAX_BATCH) * this.outputWidth + 1024;
    if (this.conditional) floats += 2 * cellFloats(h.enc_model, h.enc_rnn_size, 0, MAX_BATCH);
    this.memory = new Memory(floats, simd);
    this.decoder = new Cell(this.memory, h.dec_model, subtree(weights, "decoder/cell"), this.units, this.zSize, MAX_BATCH);
    this.output = this.memory.matrix(this.outputs, weights["decoder/output/w"]);
    this.out = this.memory.allocate(MAX_BATCH * this.outputWidth);
    this.encoders = this.conditional
      ? ["forward", "backward"].map((direction) =>
          new Cell(this.memory, h.enc_model, subtree(weights, `encoder/${direction}`), h.enc_rnn_size, 0, MAX_BATCH))
      : [];
  }

  /** Whether the WebAssembly kernel is used. */
  get simd() {
    return this.memory.kernel !== null;
  }

  /**
   * Encode a drawing: the mean and the log variance of its latent code.
   * @param {Float32Array} rows stroke-3
   * @returns {{mean: Float32Array, presig: Float32Array}}
   */
  encode(rows) {
    if (!this.conditional) throw new Error("an unconditional model cannot encode");
    const inputs = stroke5(rows);
    const units = this.config.hparams.enc_rnn_size;
    const summary = new Float32Array(2 * units);
    this.encoders.forEach((cell, direction) => {
      cell.begin(0, null, null);
      for (const row of direction ? inputs.toReversed() : inputs) cell.step([row], 1);
      summary.set(cell.hidden(0), direction * units);
    });
    /** @param {string} name */
    const linear = (name) => affine(summary, this.weights[`encoder/${name}/w`], this.weights[`encoder/${name}/b`]);
    return { mean: linear("mu"), presig: linear("presig") };
  }

  /**
   * A latent code sampled from N(0, I), the same as in `generate` in Python.
   * @param {number} seed
   * @param {number} variant
   */
  randomCode(seed, variant) {
    return normals(stream(seed, variant, 2), this.zSize);
  }

  /**
   * The latent code of an exemplar of a category, the same as `Exemplars.select` in Python.
   * @param {number} category index of the category; if negative, variants cycle through all categories
   * @param {number} count number of categories
   * @param {number} seed
   * @param {number} variant
   */
  categoryCode(category, count, seed, variant) {
    const codes = this.weights["categories/codes"];
    if (!codes || category >= count) throw new RangeError(`the model has no category ${category}`);
    const exemplars = codes.length / (count * this.zSize);
    const i = (seed + variant) % (count * exemplars);
    const [row, column] = category < 0 ? [i % count, Math.floor(i / count)] : [category, i % exemplars];
    const at = (row * exemplars + column) * this.zSize;
    return codes.slice(at, at + this.zSize);
  }

  /**
   * The latent codes of the exemplars nearest to a code; the ones that `Exemplars.nearest` takes in Python.
   * @param {Float32Array} code
   * @param {number} count
   * @returns {Float32Array[] | null} null if the model has no exemplars
   */
  nearestCodes(code, count) {
    const codes = this.weights["categories/codes"];
    if (!codes) return null;
    const exemplars = Array.from({ length: codes.length / this.zSize }, (_, i) => {
      const exemplar = codes.slice(i * this.zSize, (i + 1) * this.zSize);
      return { exemplar, distance: exemplar.reduce((sum, value, d) => sum + (value - code[d]) ** 2, 0) };
    }).sort((a, b) => a.distance - b.distance);
    return Array.from({ length: count }, (_, i) => exemplars[i % exemplars.length].exemplar);
  }

  /**
   * The initial state of the decoder, as a flat vector.
   * @param {Float32Array | null} z
   */
  initialState(z) {
    if (!this.conditional || !z) return null;
    const code = this.config.hparams.tanh_code ? z.map(Math.tanh) : z;
    return affine(code, this.weights["decoder/initial/w"], this.weights["decoder/initial/b"]).map(Math.tanh);
  }

  /**
   * Start a batch of drawings.
   * @param {object} options
   * @param {(Float32Array | null)[]} options.codes latent code of each drawing; null for unconditional models
   * @param {number[]} options.variants index of the random numbers of each drawing
   * @param {number} options.seed
   * @param {number | number[]} options.temperature temperature of all drawings, or of each
   * @param {Float32Array} [options.beginning] stroke-3 rows at the beginning of all drawings
   * @param {boolean} [options.penDown] whether the last stroke of the beginning continues
   * @param {number} [options.minPoints] number of points before which no drawing ends
   * @param {number} [options.maxPoints] maximum number of points including the beginning
   * @param {string} [options.convention] paper, tf1 or js
   * @param {number | null} [options.penTemperature] temperature of the pen states; null: the same temperature
   * @returns {SamplingRun}
   */
  draw(options) {
    return new SamplingRun(this, options);
  }

  /**
   * The output layer after the start token and after every row.
   * @param {Float32Array} rows stroke-3
   * @param {Float32Array | null} z
   * @returns {Float32Array[]} `outputs` numbers each
   */
  mixtureSequence(rows, z) {
    this.decoder.begin(0, this.initialState(z), z);
    return [START, ...stroke5(rows)].map((row) => {
      this.decoder.step([row], 1);
      return this.decodeOutputs(1)[0].slice();
    });
  }

  /**
   * The output layer of the first `count` sketches after a step.
   * @param {number} count
   */
  decodeOutputs(count) {
    const { memory, decoder, outputWidth } = this;
    for (let s = 0; s < count; s++) memory.view(this.out + s * outputWidth, this.outputs).set(this.weights["decoder/output/b"]);
    memory.multiply(this.output, decoder.x + 5, decoder.stride, this.out, outputWidth, count);
    return Array.from({ length: count }, (_, s) => memory.view(this.out + s * outputWidth, this.outputs));
  }
}

/** A batch of drawings that is drawn point by point. A model can advance only one batch at a time. */
export class SamplingRun {
  /**
   * @param {Model} model
   * @param {any} options see Model.draw
   */
  constructor(model, { codes, variants, seed, temperature, beginning = new Float32Array(0), penDown = false,
    minPoints = 0, maxPoints = model.config.hparams.max_seq_len, convention = "paper", penTemperature = null }) {
    const count = variants.length;
    if (count < 1 || count > MAX_BATCH || codes.length !== count) throw new RangeError(`expected 1 to ${MAX_BATCH} drawings, each with a code`);
    for (const z of codes) {
      if (model.conditional && (!z || z.length !== model.zSize || !z.every(Number.isFinite))) {
        throw new RangeError(`z: expected ${model.zSize} finite numbers`);
      }
    }
    this.model = model;
    this.count = count;
    /** Temperature scales of each drawing. */
    this.scales = variants.map((/** @type {number} */ _, /** @type {number} */ s) =>
      temperatureScales(Array.isArray(temperature) ? temperature[s] : temperature, convention, penTemperature));
    const inputs = stroke5(beginning);
    if (inputs.length && penDown) inputs[inputs.length - 1].set([1, 0], 2);
    this.steps = Math.min(maxPoints, MAX_STEPS) - inputs.length;
    if (this.steps < 1) throw new RangeError(`the beginning has ${inputs.length} points; the model draws at most ${maxPoints} points including the beginning`);
    this.noise = variants.map((/** @type {number} */ v) => decodeNoise(seed, v, this.steps));
    /** Points drawn so far, stroke-3 rows of each drawing. @type {number[][]} */
    this.rows = variants.map(() => []);
    this.ended = new Array(count).fill(false);
    this.t = 0;
    this.hasBeginning = inputs.length > 0;
    this.minPoints = minPoints;
    const first = [START, ...inputs];
    for (let s = 0; s < count; s++) model.decoder.begin(s, model.initialState(codes[s]), codes[s]);
    for (const row of first.slice(0, -1)) model.decoder.step(new Array(count).fill(row), count);
    this.last = Array.from({ length: count }, () => first[first.length - 1].slice());
  }

  get done() {
    return this.t >= this.steps || this.ended.every(Boolean);
  }

  /**
   * Draw some more points, or all remaining ones.
   * @param {number} [steps]
   * @returns {this}
   */
  advance(steps = Infinity) {
    const { model, count } = this;
    for (; steps > 0 && !this.done; steps--, this.t++) {
      model.decoder.step(this.last, count);
      const outputs = model.decodeOutputs(count);
      for (let s = 0; s < count; s++) {
        if (this.ended[s]) continue;
        const scales = this.scales[s];
        const mayBeEmpty = this.hasBeginning || scales.logits === Infinity;
        if (this.t < this.minPoints || (this.t === 0 && !mayBeEmpty)) outputs[s][2] -= 1e9; // forbid the end
        const row = choose(outputs[s], model.mixtures, this.noise[s], 4 * this.t, scales);
        this.last[s].set(row);
        if (row[4]) this.ended[s] = true;
        else this.rows[s].push(row[0], row[1], row[3]);
      }
    }
    return this;
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
 * @property {number} logits factor of the logits of the mixture; Infinity is greedy
 * @property {number} sigma factor of the standard deviations
 * @property {number} pen factor of the logits of the pen states; Infinity is greedy
 */

/**
 * Convert a temperature to scale factors.
 * @param {number} temperature 0 is greedy
 * @param {string} convention
 * @param {number | null} [penTemperature] temperature of the pen states; null: the same temperature
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
 * Sample one row from the output layer.
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
 * @param {number} scale factor of the logits; Infinity is greedy
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
 * x W + b, computed in double precision.
 * @param {Float32Array} x
 * @param {Float32Array} w rows x columns
 * @param {Float32Array} b
 */
function affine(x, w, b) {
  const y = Float64Array.from(b);
  for (let r = 0; r < x.length; r++) for (let c = 0; c < y.length; c++) y[c] += x[r] * w[r * y.length + c];
  return Float32Array.from(y);
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

/**
 * Check that the configuration and the weights match, before memory is allocated.
 * @param {Config} config
 * @param {Weights} weights
 */
function check(config, weights) {
  const h = config.hparams;
  /** @param {string} name @param {number} count */
  const expect = (name, count) => {
    const tensor = weights[name];
    if (!tensor) throw new Error(`tensor ${name} is missing`);
    if (tensor.length !== count) throw new Error(`tensor ${name}: expected ${count} numbers, got ${tensor.length}`);
  };
  const z = h.conditional ? h.z_size : 0;
  expect("decoder/output/w", h.dec_rnn_size * (3 + 6 * h.num_mixture));
  expect("decoder/output/b", 3 + 6 * h.num_mixture);
  expect("decoder/cell/W_xh", (5 + z) * 4 * h.dec_rnn_size);
  expect("decoder/cell/W_hh", 4 * h.dec_rnn_size ** 2);
  if (h.conditional) {
    const state = 2 * h.dec_rnn_size + (h.dec_model === "hyper" ? 2 * HYPER_UNITS : 0);
    expect("decoder/initial/w", z * state);
    for (const direction of ["forward", "backward"]) {
      expect(`encoder/${direction}/W_xh`, 5 * 4 * h.enc_rnn_size);
      expect(`encoder/${direction}/W_hh`, 4 * h.enc_rnn_size ** 2);
    }
    for (const name of ["mu", "presig"]) expect(`encoder/${name}/w`, 2 * h.enc_rnn_size * z);
  }
  for (const [name, tensor] of Object.entries(weights)) {
    for (let i = 0; i < tensor.length; i++) {
      if (!Number.isFinite(tensor[i])) throw new Error(`tensor ${name} contains a value that is not finite`);
    }
  }
  if (!(config.scale_factor > 0)) throw new Error(`scale_factor: expected a number > 0, got ${config.scale_factor}`);
}
