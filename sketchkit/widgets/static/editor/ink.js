/**
 * Ink of a pad: strokes as SVG paths whose width follows the pressure of the pen.
 * @module
 */
import { svgElement } from "../ui/controls.js";
import { pathData, simplify } from "./strokes.js";

/** @typedef {import("./strokes.js").Point} Point */
/** @typedef {{points: Point[], byModel: boolean}} Ink a stroke, and whether a model drew it */

/** Number of line widths for pen pressure. */
const PRESSURE_LEVELS = 8;

/** Tolerance of the simplification of the ink on the screen, on a box of 255 units; its effect is invisible. */
export const INVISIBLE_EPSILON = 0.15;

/** The ink of strokes. @type {WeakMap<Point[], Point[]>} */
const inks = new WeakMap();

/**
 * The points of a stroke as it was drawn, without those that make no visible difference.
 * @param {Point[]} drawn
 * @param {number} unit units per unit of a box of 255
 */
export function inkOf(drawn, unit) {
  const ink = inks.get(drawn) ?? simplify(drawn, INVISIBLE_EPSILON * unit);
  inks.set(drawn, ink);
  return ink;
}

/** @param {number} pressure */
export const inkWidth = (pressure) => String(1 + 3 * (Math.round(pressure * PRESSURE_LEVELS) / PRESSURE_LEVELS));

/**
 * The SVG paths of a stroke, one for each run of equal width.
 * @param {Point[]} stroke
 * @param {string} [kind] CSS class in addition to `sk-ink`
 * @returns {SVGElement[]}
 */
export function strokePaths(stroke, kind = "") {
  /** @type {SVGElement[]} */
  const paths = [];
  /** @type {Point[]} */
  let run = [];
  stroke.forEach((point, i) => {
    run.push(point);
    const next = stroke[i + 1];
    if (next && (run.length === 1 || inkWidth(next[2]) === inkWidth(point[2]))) return;
    const path = svgElement("path", { class: `sk-ink ${kind}`.trim(), d: pathData(run) });
    path.style.strokeWidth = inkWidth(point[2]);
    paths.push(path);
    run = [point];
  });
  return paths;
}
