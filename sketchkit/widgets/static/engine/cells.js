/**
 * The recurrent cells lstm, layer_norm and hyper for several sketches at a time, as in sketchkit/model/cells.py. The input
 * and recurrent weights are stacked, so that one product covers the stroke-5 row and the last hidden state. The
 * contribution of the latent code is computed once per drawing.
 * @module
 */
import { Memory, PANEL } from "./memory.js";

/** @typedef {Record<string, Float32Array>} Weights tensors by name, relative to the cell's path */

export const HYPER_UNITS = 256;
const EPSILON = 1e-3;
/** Length of a stroke-5 row. */
const ROW = 5;

/** Round up to a multiple of the panel width. @param {number} count */
const roundUpToPanel = (count) => Math.ceil(count / PANEL) * PANEL;

/**
 * Number of floats that a cell allocates.
 * @param {string} kind
 * @param {number} units
 * @param {number} z length of the latent code, or 0
 * @param {number} sketches
 */
export function cellFloats(kind, units, z, sketches) {
  const gates = roundUpToPanel(4 * units);
  const basic = (ROW + z + units) * gates + z + sketches * (4 * gates + 3 * units + 4 * ROW) + 64;
  if (kind !== "hyper") return basic;
  const inner = 4 * HYPER_UNITS;
  return basic + (ROW + z + units + HYPER_UNITS) * inner + HYPER_UNITS * 12 * 32 + 12 * 32 * roundUpToPanel(units) +
    sketches * (4 * inner + 12 * 32 + 12 * roundUpToPanel(units) + units + 3 * HYPER_UNITS + gates) + 512;
}

/**
 * Maximum number of inputs of a matrix product in a cell.
 * @param {string} kind
 * @param {number} units
 */
export const cellInputs = (kind, units) => ROW + units + (kind === "hyper" ? HYPER_UNITS : 0);

/**
 * Layer norm: normalize numbers to mean 0 and variance 1, then scale and shift them.
 * @param {Float32Array} x changed in place
 * @param {Float32Array} gamma
 * @param {Float32Array} beta
 */
function norm(x, gamma, beta) {
  let mean = 0;
  for (let i = 0; i < x.length; i++) mean += x[i];
  mean /= x.length;
  let variance = 0;
  for (let i = 0; i < x.length; i++) variance += (x[i] - mean) ** 2;
  const scale = 1 / Math.sqrt(variance / x.length + EPSILON);
  for (let i = 0; i < x.length; i++) x[i] = (x[i] - mean) * scale * gamma[i] + beta[i];
}

/**
 * Update the cell state and the hidden state from the gates i, j, f, o.
 * @param {Memory} memory
 * @param {number} gates index of 4 * n numbers, which are changed if they are normalized
 * @param {number} h index of the hidden state
 * @param {number} c index of the cell state
 * @param {number} n number of units
 * @param {Weights | null} norms weights of the layer norms, or null for an lstm
 */
function updateState(memory, gates, h, c, n, norms) {
  if (norms) {
    const gamma = norms["ln_all/gamma"], beta = norms["ln_all/beta"];
    for (let g = 0; g < 4; g++) {
      const [from, to] = [g * n, (g + 1) * n];
      norm(memory.view(gates + from, n), gamma.subarray(from, to), beta.subarray(from, to));
    }
  }
  memory.updateCell(gates, c, n);
  memory.floats.copyWithin(h, c, c + n);
  if (norms) norm(memory.view(h, n), norms["ln_c/gamma"], norms["ln_c/beta"]);
  memory.outputHidden(gates + 3 * n, h, n);
}

/**
 * Copy the inputs, the cell state and the constant part of the gates of a sketch to another sketch.
 * @param {Cell | InnerCell} cell
 * @param {number} from
 * @param {number} to
 * @param {number} units
 */
function copyState({ memory, x, stride, c, constant, width }, from, to, units) {
  for (const [at, size] of [[x, stride], [c, units], [constant, width]]) {
    memory.floats.copyWithin(at + to * size, at + from * size, at + (from + 1) * size);
  }
}

/**
 * The weights under a path, with names relative to this path.
 * @param {Weights} weights
 * @param {string} path
 * @returns {Weights}
 */
export function subtree(weights, path) {
  const prefix = `${path}/`;
  const entries = Object.entries(weights).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(entries.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** The weights of the layer norms of a cell. The matrices are left out: the memory contains packed copies of them. @param {Weights} weights */
function normWeights(weights) {
  const names = ["ln_all/gamma", "ln_all/beta", "ln_c/gamma", "ln_c/beta"];
  return Object.fromEntries(names.map((name) => [name, weights[name]]));
}

/** A cell for a number of sketches. */
export class Cell {
  /**
   * @param {Memory} memory
   * @param {string} kind lstm, layer_norm or hyper
   * @param {Weights} weights weights of the cell, with names relative to its path
   * @param {number} units
   * @param {number} zSize
   * @param {number} sketches
   */
  constructor(memory, kind, weights, units, zSize, sketches) {
    this.memory = memory;
    this.units = units;
    this.kind = kind;
    this.zSize = zSize;
    this.width = roundUpToPanel(4 * units);
    this.norms = kind === "lstm" ? null : normWeights(weights);
    const W_xh = weights.W_xh;
    const split = ROW * 4 * units;
    /** The matrix that computes the contribution of the latent code to the gates. */
    this.fromCode = zSize ? memory.matrix(4 * units, W_xh.subarray(split)) : null;
    this.bias = weights.bias ?? new Float32Array(4 * units);
    /** Stride of the inputs: a sketch's input is its row followed by its hidden state. */
    this.stride = Math.ceil((ROW + units) / 4) * 4;
    this.x = memory.allocate(sketches * this.stride);
    this.gates = memory.allocate(sketches * this.width);
    this.constant = memory.allocate(sketches * this.width);
    this.c = memory.allocate(sketches * units);
    this.code = memory.allocate(zSize);
    if (kind === "hyper") {
      this.fromRow = memory.matrix(4 * units, W_xh.subarray(0, split));
      this.fromHidden = memory.matrix(4 * units, weights.W_hh);
      this.recurrent = memory.allocate(sketches * this.width);
      this.inner = new InnerCell(memory, subtree(weights, "inner"), units, zSize, sketches);
      this.hyper = hyperMatrices(memory, weights, units);
      this.read = memory.allocate(sketches * this.hyper.read.columns);
      this.scales = memory.allocate(sketches * 12 * roundUpToPanel(units));
    } else {
      this.stacked = memory.matrix(4 * units, W_xh.subarray(0, split), weights.W_hh);
    }
  }

  /**
   * The hidden state of a sketch.
   * @param {number} s
   */
  hidden(s) {
    return this.memory.view(this.x + s * this.stride + ROW, this.units);
  }

  /**
   * Set the state of a sketch, and the contribution of its latent code.
   * @param {number} s index of the sketch
   * @param {Float32Array | null} state flat state vector in the order of the published models, or null for zeros
   * @param {Float32Array | null} z
   */
  begin(s, state, z) {
    const { memory, units } = this;
    const h = this.hidden(s), c = memory.view(this.c + s * units, units);
    h.fill(0);
    c.fill(0);
    const constant = memory.view(this.constant + s * this.width, this.width);
    constant.fill(0);
    if (this.kind !== "hyper") constant.set(this.bias);
    if (z && this.fromCode) this.addCode(this.fromCode, z, this.constant + s * this.width);
    const inner = this.kind === "hyper" ? HYPER_UNITS : 0;
    if (state) {
      const first = state.subarray(0, units);
      const second = state.subarray(units + inner, 2 * units + inner);
      h.set(this.kind === "lstm" ? second : first);
      c.set(this.kind === "lstm" ? first : second);
    }
    this.inner?.begin(s, state, z, units, this);
  }

  /**
   * Copy the state of a sketch, with the contribution of its latent code, to another sketch.
   * @param {number} from
   * @param {number} to
   */
  copy(from, to) {
    copyState(this, from, to, this.units);
    this.inner?.copy(from, to);
  }

  /**
   * Add the product of a latent code and a matrix to the gates at an index.
   * @param {import("./memory.js").Matrix} matrix
   * @param {Float32Array} z
   * @param {number} to
   */
  addCode(matrix, z, to) {
    this.memory.view(this.code, this.zSize).set(z);
    this.memory.multiply(matrix, this.code, this.zSize, to, this.width, 1);
  }

  /**
   * Advance each of the first `count` sketches by one row.
   * @param {Float32Array[]} rows
   * @param {number} count
   */
  step(rows, count) {
    const { memory, units, width } = this;
    for (let s = 0; s < count; s++) memory.view(this.x + s * this.stride, ROW).set(rows[s]);
    const f = memory.floats;
    f.copyWithin(this.gates, this.constant, this.constant + count * width);
    if (this.stacked) {
      memory.multiply(this.stacked, this.x, this.stride, this.gates, width, count);
    } else {
      this.hyperGates(rows, count);
    }
    for (let s = 0; s < count; s++) {
      updateState(memory, this.gates + s * width, this.x + s * this.stride + ROW, this.c + s * units, units, this.norms);
    }
  }

  /**
   * Compute the gates of a hyper cell: the inner cell scales the contributions of the row and the hidden state, and adds a bias.
   * @param {Float32Array[]} rows
   * @param {number} count
   */
  hyperGates(rows, count) {
    const { memory, units, width, inner, hyper } = this;
    if (!inner || !hyper || !this.fromRow || !this.fromHidden) return;
    inner.step(rows, count, this);
    memory.multiply(this.fromRow, this.x, this.stride, this.gates, width, count);
    memory.view(/** @type {number} */ (this.recurrent), count * width).fill(0);
    const recurrent = /** @type {number} */ (this.recurrent);
    memory.multiply(this.fromHidden, this.x + ROW, this.stride, recurrent, width, count);
    const all = hyper.read.columns, read = /** @type {number} */ (this.read);
    for (let s = 0; s < count; s++) memory.view(read + s * all, all).set(hyper.shift);
    memory.multiply(hyper.read, inner.x + inner.hiddenAt, inner.stride, read, all, count);
    const scales = /** @type {number} */ (this.scales), roundedUnits = roundUpToPanel(units);
    memory.view(scales, count * 12 * roundedUnits).fill(0);
    hyper.expand.forEach((matrix, k) => {
      memory.multiply(matrix, read + k * 32, all, scales + k * roundedUnits, 12 * roundedUnits, count);
    });
    for (let s = 0; s < count; s++) {
      const gates = memory.view(this.gates + s * width, 4 * units);
      const back = memory.view(recurrent + s * width, 4 * units);
      const scale = memory.view(scales + s * 12 * roundedUnits, 12 * roundedUnits);
      for (let g = 0; g < 4; g++) {
        for (let k = 0; k < units; k++) {
          const at = g * units + k;
          gates[at] = scale[g * roundedUnits + k] * gates[at] + scale[(4 + g) * roundedUnits + k] * back[at] +
            scale[(8 + g) * roundedUnits + k] + this.bias[at];
        }
      }
    }
  }
}

/** The inner layer-norm cell of a hyper cell. Its input is the row, the outer hidden state and the latent code. */
class InnerCell {
  /**
   * @param {Memory} memory
   * @param {Weights} weights
   * @param {number} units number of units of the outer cell
   * @param {number} zSize
   * @param {number} sketches
   */
  constructor(memory, weights, units, zSize, sketches) {
    this.memory = memory;
    this.norms = normWeights(weights);
    this.width = 4 * HYPER_UNITS;
    const W = weights.W_xh, w = this.width;
    const code = W.subarray(ROW * w, (ROW + zSize) * w);
    this.fromCode = zSize ? memory.matrix(w, code) : null;
    this.stacked = memory.matrix(w, W.subarray(0, ROW * w), W.subarray((ROW + zSize) * w), weights.W_hh);
    this.hiddenAt = ROW + units;
    this.stride = Math.ceil((ROW + units + HYPER_UNITS) / 4) * 4;
    this.x = memory.allocate(sketches * this.stride);
    this.gates = memory.allocate(sketches * w);
    this.constant = memory.allocate(sketches * w);
    this.c = memory.allocate(sketches * HYPER_UNITS);
  }

  /** @param {number} s */
  hidden(s) {
    return this.memory.view(this.x + s * this.stride + this.hiddenAt, HYPER_UNITS);
  }

  /**
   * @param {number} s
   * @param {Float32Array | null} state
   * @param {Float32Array | null} z
   * @param {number} units
   * @param {Cell} outer
   */
  begin(s, state, z, units, outer) {
    const h = this.hidden(s), c = this.memory.view(this.c + s * HYPER_UNITS, HYPER_UNITS);
    h.fill(0);
    c.fill(0);
    this.memory.view(this.constant + s * this.width, this.width).fill(0);
    if (z && this.fromCode) outer.addCode(this.fromCode, z, this.constant + s * this.width);
    if (!state) return;
    h.set(state.subarray(units, units + HYPER_UNITS));
    c.set(state.subarray(2 * units + HYPER_UNITS, 2 * units + 2 * HYPER_UNITS));
  }

  /** @param {number} from @param {number} to */
  copy(from, to) {
    copyState(this, from, to, HYPER_UNITS);
  }

  /**
   * @param {Float32Array[]} rows
   * @param {number} count
   * @param {Cell} outer
   */
  step(rows, count, outer) {
    const { memory, width } = this;
    for (let s = 0; s < count; s++) {
      const x = memory.view(this.x + s * this.stride, this.hiddenAt);
      x.set(rows[s]);
      x.set(outer.hidden(s), ROW);
    }
    memory.floats.copyWithin(this.gates, this.constant, this.constant + count * width);
    memory.multiply(this.stacked, this.x, this.stride, this.gates, width, count);
    for (let s = 0; s < count; s++) {
      updateState(memory, this.gates + s * width, this.x + s * this.stride + this.hiddenAt, this.c + s * HYPER_UNITS, HYPER_UNITS, this.norms);
    }
  }
}

/**
 * The matrices between the inner and the outer cell of a hyper cell: one product gives 12 embeddings of 32 numbers, each of
 * which is then expanded to the units.
 * @param {Memory} memory
 * @param {Weights} weights
 * @param {number} units
 */
function hyperMatrices(memory, weights, units) {
  const names = [];
  for (const [part, last] of [["x/zw", "x/alpha"], ["h/zw", "h/alpha"], ["h/zb", "h/beta"]]) {
    for (const gate of "ijfo") names.push([`hyper_${gate}${part}`, `hyper_${gate}${last}`]);
  }
  const all = 12 * 32;
  const read = new Float32Array(HYPER_UNITS * all);
  const shift = new Float32Array(all);
  names.forEach(([name], k) => {
    const w = weights[`${name}/w`];
    for (let r = 0; r < HYPER_UNITS; r++) read.set(w.subarray(r * 32, (r + 1) * 32), r * all + k * 32);
    if (weights[`${name}/b`]) shift.set(weights[`${name}/b`], k * 32);
  });
  return {
    read: memory.matrix(all, read),
    shift,
    expand: names.map(([, name]) => memory.matrix(units, weights[`${name}/w`])),
  };
}
