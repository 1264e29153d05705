/**
 * sketch-rnn in the page: encode and decode drawings with the tensors of a model folder. The latent code, the temperature and the
 * seed determine a drawing, which is the same as in Python.
 * @module
 */
import { Classifier, softmax } from "./classifier.js";
import { Cell, cellFloats, cellInputs, HYPER_UNITS, subtree } from "./cells.js";
import { Memory, PANEL } from "./memory.js";
import { normals, stream } from "./noise.js";
import { MAX_BATCH, SamplingRun, START, stroke5 } from "./sampling.js";

/** @typedef {import("./cells.js").Weights} Weights */

/**
 * The part of config.json that the engine needs.
 * @typedef {object} Config
 * @property {number} scale_factor
 * @property {Record<string, any>} hparams
 */

/** Names of the tensors that are copied into the memory as packed matrices, or that only a cell needs. */
const PACKED = /\/cell\/|^encoder\/(forward|backward)\/|^decoder\/output\/w$/;

/** Sharpness of the probabilities of categories that are computed from exemplars; as in `sketchkit.model.exemplars`. */
const SHARPNESS = 3;

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
    /** Tensors that are not in the memory. @type {Weights} */
    this.weights = Object.fromEntries(Object.entries(weights).filter(([name]) => !PACKED.test(name)));
    const classifier = subtree(weights, "classifier");
    this.classifier = Object.keys(classifier).length ? new Classifier(classifier) : null;
    this.conditional = /** @type {boolean} */ (h.conditional);
    this.zSize = this.conditional ? h.z_size : 0;
    const codes = weights["categories/codes"] ?? new Float32Array(0);
    /** Latent codes of the exemplars of the first category, then of the second, and so on. */
    this.exemplars = Array.from({ length: codes.length / (this.zSize || 1) }, (_, i) => codes.slice(i * this.zSize, (i + 1) * this.zSize));
    this.mixtures = /** @type {number} */ (h.num_mixture);
    this.units = /** @type {number} */ (h.dec_rnn_size);
    this.outputs = 3 + 6 * this.mixtures;
    this.outputWidth = Math.ceil(this.outputs / PANEL) * PANEL;
    let floats = cellFloats(h.dec_model, this.units, this.zSize, MAX_BATCH) +
      (this.units + MAX_BATCH) * this.outputWidth + 1024;
    if (this.conditional) floats += 2 * cellFloats(h.enc_model, h.enc_rnn_size, 0, MAX_BATCH);
    const rows = Math.max(cellInputs(h.dec_model, this.units), this.conditional ? cellInputs(h.enc_model, h.enc_rnn_size) : 0);
    this.memory = new Memory(floats, rows * MAX_BATCH, simd);
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
   * A latent code sampled from the distribution of the codes of training drawings, or from N(0, I) if it is unknown; the same as
   * `sample_codes` in Python.
   * @param {number} seed
   * @param {number} variant
   */
  randomCode(seed, variant) {
    const code = normals(stream(seed, variant, 2), this.zSize), { "codes/mean": mean, "codes/std": std } = this.weights;
    return mean && std ? code.map((value, i) => Math.fround(value * std[i]) + mean[i]) : code;
  }

  /**
   * The latent code of an exemplar of a category, the same as `Exemplars.select` in Python.
   * @param {number} category index of the category; if negative, variants cycle through all categories
   * @param {number} count number of categories
   * @param {number} seed
   * @param {number} variant
   */
  categoryCode(category, count, seed, variant) {
    if (category >= 0) {
      const codes = this.categoryCodes(category, count);
      return codes[(seed + variant) % codes.length];
    }
    const i = (seed + variant) % this.exemplars.length;
    return this.categoryCodes(i % count, count)[Math.floor(i / count)];
  }

  /**
   * The latent codes of all exemplars of a category.
   * @param {number} category index of the category
   * @param {number} count number of categories
   */
  categoryCodes(category, count) {
    if (!this.exemplars.length || category >= count) throw new RangeError(`the model has no category ${category}`);
    const size = this.exemplars.length / count;
    return this.exemplars.slice(category * size, (category + 1) * size);
  }

  /**
   * The latent codes of the exemplars nearest to a code, the same as in `Exemplars.nearest` in Python.
   * @param {Float32Array} code
   * @param {number} count
   * @param {Float32Array[]} [exemplars] codes of the exemplars of one category; default: of all
   */
  nearestCodes(code, count, exemplars = this.exemplars) {
    const distances = exemplars.map((exemplar) => exemplar.reduce((sum, value, d) => sum + (value - code[d]) ** 2, 0));
    const order = distances.map((_, i) => i).sort((a, b) => distances[a] - distances[b]);
    return order.slice(0, count).map((i) => exemplars[i]);
  }

  /**
   * The probability of each category of a drawing; the same as `SketchRNN.guess` in Python.
   * @param {Float32Array} rows stroke-3, scaled to the sizes of the training data
   * @param {number} count number of categories
   */
  guess(rows, count) {
    if (this.classifier) return this.classifier.probabilities(rows);
    const codes = this.weights["categories/codes"];
    if (!codes) throw new Error("the model has no categories");
    const { mean } = this.encode(rows), { zSize } = this, exemplars = codes.length / (count * zSize);
    const squares = new Float64Array(count).fill(Infinity);
    for (let i = 0; i < count * exemplars; i++) {
      let square = 0;
      for (let d = 0; d < zSize; d++) square += (codes[i * zSize + d] - mean[d]) ** 2;
      const category = Math.floor(i / exemplars);
      squares[category] = Math.min(squares[category], square);
    }
    const least = Math.max(Math.min(...squares), 2 ** -126);
    return softmax(squares.map((square) => (-SHARPNESS * square) / least));
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
   * @param {number} [options.minPoints] minimum number of points that are drawn after the beginning
   * @param {number} [options.maxPoints] maximum number of points including the beginning
   * @param {string} [options.convention] paper, tf1 or js
   * @param {number | null} [options.penTemperature] temperature of the pen states; null: the same as `temperature`
   * @returns {SamplingRun}
   */
  draw(options) {
    return new SamplingRun(this, options);
  }

  /**
   * The outputs of the last layer after the start token and after every row.
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
   * The outputs of the last layer for the first `count` sketches after a step.
   * @param {number} count
   */
  decodeOutputs(count) {
    const { memory, decoder, outputWidth } = this;
    for (let s = 0; s < count; s++) memory.view(this.out + s * outputWidth, this.outputs).set(this.weights["decoder/output/b"]);
    memory.multiply(this.output, decoder.x + 5, decoder.stride, this.out, outputWidth, count);
    return Array.from({ length: count }, (_, s) => memory.view(this.out + s * outputWidth, this.outputs));
  }
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
    for (const name of ["codes/mean", "codes/std"]) if (weights[name]) expect(name, z);
  }
  for (const [name, tensor] of Object.entries(weights)) {
    for (let i = 0; i < tensor.length; i++) {
      if (!Number.isFinite(tensor[i])) throw new Error(`tensor ${name} contains a value that is not finite`);
    }
  }
  if (!(config.scale_factor > 0)) throw new Error(`scale_factor: expected a number > 0, got ${config.scale_factor}`);
}
