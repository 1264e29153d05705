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
/** Width of a line that a mouse draws, in px. The pressure of a mouse is 0.5. */
const MOUSE_WIDTH = 2.5;

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

/** Width of a line at a pressure of 0 to 1, relative to its width with a mouse. @param {number} pressure */
const relativeWidth = (pressure) => 0.4 + (1.2 * Math.round(pressure * PRESSURE_LEVELS)) / PRESSURE_LEVELS;

/** Width of a line on the screen, in px. @param {number} pressure */
export const inkWidth = (pressure) => String(MOUSE_WIDTH * relativeWidth(pressure));

/**
 * The runs of equal width of a stroke.
 * @param {Point[]} stroke
 * @returns {{points: Point[], width: number}[]} width: relative to that of a mouse
 */
export function runsOf(stroke) {
  /** @type {{points: Point[], width: number}[]} */
  const runs = [];
  /** @type {Point[]} */
  let run = [];
  stroke.forEach((point, i) => {
    run.push(point);
    const next = stroke[i + 1], width = relativeWidth(point[2]);
    if (next && (run.length === 1 || relativeWidth(next[2]) === width)) return;
    runs.push({ points: run, width });
    run = [point];
  });
  return runs;
}

/**
 * The SVG paths of a stroke, one for each run of equal width.
 * @param {Point[]} stroke
 * @param {string} [kind] CSS class in addition to `sk-ink`
 * @returns {SVGElement[]}
 */
export const strokePaths = (stroke, kind = "") => runsOf(stroke).map(({ points, width }) => {
  const path = svgElement("path", { class: `sk-ink ${kind}`.trim(), d: pathData(points) });
  path.style.strokeWidth = String(MOUSE_WIDTH * width);
  return path;
});
