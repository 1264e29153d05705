/**
 * Matrices in one block of memory, the product y += x W, and the arithmetic of the gates: in WebAssembly if the browser supports
 * SIMD, otherwise in JavaScript. Both use the same packed layout, see build_kernel.mjs.
 * @module
 */
import { KERNEL } from "./kernel.js";

/** Number of columns of a panel. */
export const PANEL = 16;
/** Number that is added to the forget gate, as in the TensorFlow 1 cells. */
const FORGET_BIAS = 1;

/** @param {number} x */
const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** Hyperbolic tangent, faster than Math.tanh and equal to it in float32 precision. @param {number} x */
const tanh = (x) => 1 - 2 / (Math.exp(2 * x) + 1);

/**
 * A packed matrix.
 * @typedef {object} Matrix
 * @property {number} at index of its first float in the memory
 * @property {number} rows
 * @property {number} columns
 * @property {number} panels
 */

/** Memory of fixed size; allocations are never freed. */
export class Memory {
  /**
   * @param {number} floats capacity
   * @param {number} inputs maximum number of inputs of a product, summed over all sketches
   * @param {boolean} [simd] whether to use WebAssembly instead of JavaScript
   */
  constructor(floats, inputs, simd = hasSimd()) {
    this.used = 4; // index 0 is never allocated, so that a missing offset is noticed
    /** @type {Record<"multiply" | "updateCell" | "outputHidden", Function> | null} */
    this.kernel = null;
    const bytes = (floats + inputs + 12) * 4;
    if (simd) {
      const instance = new WebAssembly.Instance(compiled());
      const memory = /** @type {WebAssembly.Memory} */ (instance.exports.memory);
      memory.grow(Math.ceil(bytes / 65536));
      this.floats = new Float32Array(memory.buffer);
      this.kernel = /** @type {any} */ (instance.exports);
    } else {
      this.floats = new Float32Array(bytes / 4);
    }
    /** Index of the inputs of the current product, row by row. */
    this.inputs = this.allocate(inputs);
  }

  /**
   * Allocate numbers, initially 0.
   * @param {number} count
   * @returns {number} index of the first one; a multiple of 4
   */
  allocate(count) {
    const at = this.used;
    this.used += Math.ceil(count / 4) * 4;
    if (this.used > this.floats.length) throw new RangeError(`expected at most ${this.floats.length} numbers, got ${this.used}`);
    return at;
  }

  /**
   * A view of the numbers from an index on.
   * @param {number} at
   * @param {number} count
   */
  view(at, count) {
    return this.floats.subarray(at, at + count);
  }

  /**
   * Store a matrix in packed layout. Several blocks of rows are stacked.
   * @param {number} columns
   * @param {Float32Array[]} blocks rows * columns numbers each, row by row
   * @returns {Matrix}
   */
  matrix(columns, ...blocks) {
    const rows = blocks.reduce((sum, block) => sum + block.length / columns, 0);
    const panels = Math.ceil(columns / PANEL);
    const at = this.allocate(rows * panels * PANEL);
    let row = 0;
    for (const block of blocks) {
      for (let r = 0; r < block.length / columns; r++, row++) {
        for (let c = 0; c < columns; c++) {
          const panel = Math.floor(c / PANEL);
          this.floats[at + (panel * rows + row) * PANEL + (c % PANEL)] = block[r * columns + c];
        }
      }
    }
    return { at, rows, columns, panels };
  }

  /**
   * Update the cell state: c = c sigmoid(f + 1) + sigmoid(i) tanh(j).
   * @param {number} gates index of the gates i, j, f, which follow each other
   * @param {number} c
   * @param {number} units
   */
  updateCell(gates, c, units) {
    if (this.kernel && units % 4 === 0) {
      this.kernel.updateCell(gates * 4, c * 4, units * 4);
      return;
    }
    const f = this.floats;
    for (let k = 0; k < units; k++) {
      f[c + k] = f[c + k] * sigmoid(f[gates + 2 * units + k] + FORGET_BIAS) + sigmoid(f[gates + k]) * tanh(f[gates + units + k]);
    }
  }

  /**
   * Compute the hidden state: h = tanh(h) sigmoid(o), where h contains the cell state before the call.
   * @param {number} o
   * @param {number} h
   * @param {number} units
   */
  outputHidden(o, h, units) {
    if (this.kernel && units % 4 === 0) {
      this.kernel.outputHidden(o * 4, h * 4, units * 4);
      return;
    }
    const f = this.floats;
    for (let k = 0; k < units; k++) f[h + k] = tanh(f[h + k]) * sigmoid(f[o + k]);
  }

  /**
   * y += x W for `count` sketches.
   * @param {Matrix} w
   * @param {number} x index of the first sketch's input
   * @param {number} xs stride from one sketch's input to the next
   * @param {number} y index of the first sketch's output; each output has the size of `w.panels` panels
   * @param {number} ys stride from one sketch's output to the next
   * @param {number} count number of sketches
   */
  multiply(w, x, xs, y, ys, count) {
    if (this.kernel) {
      this.kernel.multiply(w.at * 4, w.rows, w.panels, x * 4, xs * 4, y * 4, ys * 4, count, this.inputs * 4);
      return;
    }
    const f = this.floats;
    for (let panel = 0; panel < w.panels; panel++) {
      const first = w.at + panel * w.rows * PANEL;
      for (let s = 0; s < count; s++) {
        const out = y + s * ys + panel * PANEL;
        for (let r = 0; r < w.rows; r++) {
          const value = f[x + s * xs + r];
          const at = first + r * PANEL;
          for (let c = 0; c < PANEL; c++) f[out + c] += value * f[at + c];
        }
      }
    }
  }
}

/** @type {WebAssembly.Module | undefined} */
let kernelModule;

/** @returns {WebAssembly.Module} */
function compiled() {
  return (kernelModule ??= new WebAssembly.Module(Uint8Array.from(atob(KERNEL), (c) => c.charCodeAt(0))));
}

/** Whether this browser supports WebAssembly with SIMD. */
export function hasSimd() {
  try {
    return typeof WebAssembly === "object" && !!compiled();
  } catch {
    return false;
  }
}
