/**
 * The probability density of the next point, from the mixture that the last layer describes (equations 5 to 8 of arXiv 1704.03477).
 * @module
 */
import { svgElement } from "../ui/controls.js";
import { temperatureScales } from "../engine/sampling.js";

/** Number of cells along a side of the heat map. */
const CELLS = 72;

/**
 * The mixture at a temperature.
 * @param {Float32Array} out outputs of the last layer: 3 pen logits, then logits, means (2), log standard deviations (2) and correlations of the mixture
 * @param {number} temperature greater than 0
 * @param {string} [convention]
 * @param {number | null} [penTemperature]
 * @returns {{pen: number[], components: {weight: number, x: number, y: number, sx: number, sy: number, rho: number}[]}}
 *   probabilities of pen down, pen up and end; components in model units
 */
export function mixtureAt(out, temperature, convention, penTemperature) {
  const scales = temperatureScales(temperature, convention, penTemperature);
  const count = (out.length - 3) / 6;
  /** @param {number} from @param {number} n @param {number} scale */
  const softmax = (from, n, scale) => {
    const logits = Array.from(out.subarray(from, from + n), (x) => x * scale);
    const top = Math.max(...logits);
    const exps = logits.map((x) => Math.exp(x - top));
    const sum = exps.reduce((a, b) => a + b, 0);
    return exps.map((x) => x / sum);
  };
  const weights = softmax(3, count, scales.logits);
  /** @param {number} part @param {number} k */
  const of = (part, k) => out[3 + part * count + k];
  return {
    pen: softmax(0, 3, scales.pen),
    components: weights.map((weight, k) => ({
      weight, x: of(1, k), y: of(2, k),
      sx: scales.sigma * Math.exp(of(3, k)), sy: scales.sigma * Math.exp(of(4, k)), rho: Math.tanh(of(5, k)),
    })),
  };
}

/**
 * The density at the centers of the cells of a square raster, row by row from the top.
 * @param {ReturnType<typeof mixtureAt>["components"]} components
 * @param {number[]} box left, top, right and bottom relative to the pen position, in model units
 * @param {number} cells number of cells along a side
 * @returns {Float64Array} density per unit of area
 */
export function densityOn(components, [left, top, right, bottom], cells) {
  const density = new Float64Array(cells * cells);
  for (const { weight, x, y, sx, sy, rho } of components) {
    if (weight < 1e-4) continue;
    const spread = 1 - rho * rho;
    const height = weight / (2 * Math.PI * sx * sy * Math.sqrt(spread));
    for (let r = 0; r < cells; r++) {
      const v = (top + ((bottom - top) * (r + 0.5)) / cells - y) / sy;
      for (let c = 0; c < cells; c++) {
        const u = (left + ((right - left) * (c + 0.5)) / cells - x) / sx;
        density[r * cells + c] += height * Math.exp(-(u * u + v * v - 2 * rho * u * v) / (2 * spread));
      }
    }
  }
  return density;
}

/**
 * The density as a heat map over a square, and a mark at the pen position.
 * @param {ReturnType<typeof mixtureAt>["components"]} components
 * @param {number[]} square left, top and side of the visible square
 * @param {number[]} pen position of the pen
 * @param {number} scale drawing units per model unit
 * @returns {SVGElement[]}
 */
export function heatOver(components, [left, top, side], [x, y], scale) {
  const box = [left - x, top - y, left + side - x, top + side - y].map((value) => value / scale);
  return [
    svgElement("image", { x: left, y: top, width: side, height: side, href: heat(densityOn(components, box, CELLS)) }),
    svgElement("circle", { cx: x, cy: y, r: side / 80, class: "sk-pen" }),
  ];
}

/**
 * A density as colors; cells of density 0 are transparent.
 * @param {Float64Array} density
 */
function heat(density) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = CELLS;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(CELLS, CELLS);
  const top = density.reduce((a, b) => Math.max(a, b), 1e-300);
  density.forEach((value, i) => {
    const weight = Math.sqrt(value / top); // the square root makes low densities visible
    image.data.set([230, 140 - 90 * weight, 30, 255 * Math.min(1, 1.15 * weight)], 4 * i);
  });
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

/**
 * Sample a pen movement from the mixture.
 * @param {ReturnType<typeof mixtureAt>} mixture
 * @param {() => number} uniform returns a uniform random number from 0 to 1
 * @returns {{x: number, y: number, pen: number}} in model units; pen 0 down, 1 up, 2 end
 */
export function sampleNext({ pen, components }, uniform) {
  /** @param {number[]} weights */
  const pick = (weights) => {
    let left = uniform();
    const at = weights.findIndex((weight) => (left -= weight) < 0);
    return at < 0 ? weights.length - 1 : at;
  };
  const { x, y, sx, sy, rho } = components[pick(components.map(({ weight }) => weight))];
  const radius = Math.sqrt(-2 * Math.log(1 - uniform())), angle = 2 * Math.PI * uniform();
  const [u, v] = [radius * Math.cos(angle), radius * Math.sin(angle)];
  return { x: x + sx * u, y: y + sy * (rho * u + Math.sqrt(1 - rho * rho) * v), pen: pick(pen) };
}
