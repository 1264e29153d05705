/**
 * Where the next point is expected: the mixture of the output layer as a density (equations 5 to 8 of arXiv 1704.03477).
 * @module
 */
import { tempered } from "./engine.js";

/**
 * @param {Float32Array} out 3 pen logits, then logits, means (2), log deviations (2) and correlations of the mixture
 * @param {number} temperature greater than 0
 * @returns {{pen: number[], parts: {share: number, x: number, y: number, sx: number, sy: number, rho: number}[]}}
 *   chances of pen down, pen up, end; components in model units
 */
export function expected(out, temperature) {
  const [sharpness, deviation] = tempered(temperature);
  const count = (out.length - 3) / 6;
  /** @param {number} from @param {number} n */
  const chances = (from, n) => {
    const logits = Array.from(out.subarray(from, from + n), (x) => x * sharpness);
    const top = Math.max(...logits);
    const exps = logits.map((x) => Math.exp(x - top));
    const sum = exps.reduce((a, b) => a + b, 0);
    return exps.map((x) => x / sum);
  };
  const shares = chances(3, count);
  /** @param {number} part @param {number} k */
  const of = (part, k) => out[3 + part * count + k];
  return {
    pen: chances(0, 3),
    parts: shares.map((share, k) => ({
      share, x: of(1, k), y: of(2, k),
      sx: deviation * Math.exp(of(3, k)), sy: deviation * Math.exp(of(4, k)), rho: Math.tanh(of(5, k)),
    })),
  };
}

/**
 * The density at the middles of the cells of a square raster, row by row from the top.
 * @param {ReturnType<typeof expected>["parts"]} parts
 * @param {number[]} box left, top, right, bottom, relative to where the pen is, in model units
 * @param {number} cells along a side
 * @returns {Float64Array} per unit of area
 */
export function densityOn(parts, [left, top, right, bottom], cells) {
  const density = new Float64Array(cells * cells);
  for (const { share, x, y, sx, sy, rho } of parts) {
    if (share < 1e-4) continue;
    const across = 1 - rho * rho;
    const height = share / (2 * Math.PI * sx * sy * Math.sqrt(across));
    for (let r = 0; r < cells; r++) {
      const v = (top + ((bottom - top) * (r + 0.5)) / cells - y) / sy;
      for (let c = 0; c < cells; c++) {
        const u = (left + ((right - left) * (c + 0.5)) / cells - x) / sx;
        density[r * cells + c] += height * Math.exp(-(u * u + v * v - 2 * rho * u * v) / (2 * across));
      }
    }
  }
  return density;
}
