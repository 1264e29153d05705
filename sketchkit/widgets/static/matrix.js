/**
 * Matrices that live in one memory, and the product y += x W over them: in WebAssembly where the engine has SIMD, in plain
 * JavaScript elsewhere. Both read the same packed layout, see kernel.wat.
 * @module
 */
import { KERNEL } from "./kernel.js";

/** Columns of a panel. */
export const PANEL = 16;

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
    /** @type {{one: Function, three: Function} | null} */
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
  take(count) {
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
    const at = this.take(rows * panels * PANEL);
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
  kernelModule ??= new WebAssembly.Module(Uint8Array.from(atob(KERNEL), (c) => c.charCodeAt(0)));
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
