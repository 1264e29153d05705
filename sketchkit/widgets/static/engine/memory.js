/**
 * Matrices that live in one memory, the product y += x W over them, and the arithmetic of gates: in WebAssembly where the engine
 * has SIMD, in plain JavaScript elsewhere. Both read the same packed layout, see kernel.wat.
 * @module
 */
import { FUSED_KERNEL, KERNEL } from "./kernel.js";

/** Columns of a panel. */
export const PANEL = 16;
/** What the forget gate starts from, added where it is used. */
const FORGET_BIAS = 1;

/** @param {number} x */
const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** Faster than Math.tanh, and as near as float32 can tell. @param {number} x */
const tanh = (x) => 1 - 2 / (Math.exp(2 * x) + 1);

/**
 * A packed matrix.
 * @typedef {object} Matrix
 * @property {number} at first float, an index into the memory
 * @property {number} rows
 * @property {number} columns
 * @property {number} panels
 */

/** Numbers in a memory of fixed size, handed out once and kept. */
export class Memory {
  /**
   * @param {number} floats how many there will be
   * @param {boolean} [simd] use WebAssembly; false for the plain path
   */
  constructor(floats, simd = hasSimd()) {
    this.used = 4; // address 0 stays free: a lost offset shows
    /** @type {Record<"one" | "three" | "carry" | "emit", Function> | null} */
    this.kernel = null;
    const bytes = (floats + 8) * 4;
    if (simd) {
      const instance = new WebAssembly.Instance(compiled());
      const memory = /** @type {WebAssembly.Memory} */ (instance.exports.memory);
      memory.grow(Math.ceil(bytes / 65536));
      this.floats = new Float32Array(memory.buffer);
      this.kernel = /** @type {any} */ (instance.exports);
    } else {
      this.floats = new Float32Array(bytes / 4);
    }
  }

  /**
   * Hand out zeros.
   * @param {number} count
   * @returns {number} where they begin; a multiple of 4
   */
  allocate(count) {
    const at = this.used;
    this.used += Math.ceil(count / 4) * 4;
    if (this.used > this.floats.length) throw new RangeError(`the memory holds ${this.floats.length} numbers`);
    return at;
  }

  /**
   * The numbers at a place.
   * @param {number} at
   * @param {number} count
   */
  view(at, count) {
    return this.floats.subarray(at, at + count);
  }

  /**
   * Keep a matrix, packed. Several blocks of rows may be stacked.
   * @param {number} columns
   * @param {Float32Array[]} blocks each rows * columns, row after row
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
   * The cell's memory goes on: c = c sigmoid(f + 1) + sigmoid(i) tanh(j).
   * @param {number} gates where i, j, f begin, one after the other
   * @param {number} c
   * @param {number} units
   */
  updateCell(gates, c, units) {
    if (this.kernel && units % 4 === 0) {
      this.kernel.carry(gates * 4, c * 4, units * 4);
      return;
    }
    const f = this.floats;
    for (let k = 0; k < units; k++) {
      f[c + k] = f[c + k] * sigmoid(f[gates + 2 * units + k] + FORGET_BIAS) + sigmoid(f[gates + k]) * tanh(f[gates + units + k]);
    }
  }

  /**
   * What the cell shows of it: h = tanh(h) sigmoid(o).
   * @param {number} o
   * @param {number} h
   * @param {number} units
   */
  outputHidden(o, h, units) {
    if (this.kernel && units % 4 === 0) {
      this.kernel.emit(o * 4, h * 4, units * 4);
      return;
    }
    const f = this.floats;
    for (let k = 0; k < units; k++) f[h + k] = tanh(f[h + k]) * sigmoid(f[o + k]);
  }

  /**
   * y += x W for `count` sketches.
   * @param {Matrix} w
   * @param {number} x where the first sketch's numbers begin
   * @param {number} xs floats from one sketch's to the next one's
   * @param {number} y where the first sketch's sums begin; each has room for whole panels
   * @param {number} ys floats from one to the next
   * @param {number} count
   */
  multiply(w, x, xs, y, ys, count) {
    let done = 0;
    if (this.kernel) {
      for (; count - done >= 3; done += 3) {
        this.kernel.three(w.at * 4, w.rows, w.panels, (x + done * xs) * 4, xs * 4, (y + done * ys) * 4, ys * 4);
      }
      for (; done < count; done++) {
        this.kernel.one(w.at * 4, w.rows, w.panels, (x + done * xs) * 4, (y + done * ys) * 4);
      }
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
  if (!kernelModule) {
    const [fused, plain] = [FUSED_KERNEL, KERNEL].map((text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)));
    kernelModule = new WebAssembly.Module(WebAssembly.validate(fused) ? fused : plain);
  }
  return kernelModule;
}

/** Whether WebAssembly with SIMD runs here. */
export function hasSimd() {
  try {
    return typeof WebAssembly === "object" && !!compiled();
  } catch {
    return false;
  }
}
