/**
 * Ink of a pad: strokes as SVG paths whose width follows the pressure of the pen.
 * @module
 */
import { svgElement } from "../ui/controls.js";
import { pathData, simplify } from "./strokes.js";

/** @typedef {import("./strokes.js").Point} Point */
/** @typedef {{points: Point[], byModel: boolean}} Ink a stroke, and whether a model drew it */

/** Number of equal steps into which the range of the pen pressure is divided. */
const PRESSURE_LEVELS = 8;
/** Width of a line that a mouse draws, in px. The pressure of a mouse is 0.5. */
const MOUSE_WIDTH = 2.5;

/** Tolerance of the simplification of the ink on the screen, for a pad 255 units wide; its effect is invisible. */
export const INVISIBLE_EPSILON = 0.15;

/** Results of `inkOf`, by stroke. @type {WeakMap<Point[], Point[]>} */
const inks = new WeakMap();

/**
 * The points of a stroke as it was drawn, without those that make no visible difference.
 * @param {Point[]} drawn
 * @param {number} unit width of the pad in units, divided by 255
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
 * Divide a stroke into runs of points that are drawn with the same width.
 * @param {Point[]} stroke
 * @returns {{points: Point[], width: number}[]} width: relative to the width of a line that a mouse draws
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
