/**
 * A chart of a curve and its validations, which shows the values at a step.
 * @module
 */
import { element, svgElement } from "../ui/controls.js";
import { language, say } from "../ui/words.js";

/** @typedef {[number[], number[]]} Curve steps and values */

/** Width and height of a chart, in units of its view box, which is stretched to the size of the element. */
const CHART = { width: 300, height: 100 };

/** @param {number} value */
export const threeDigits = (value) => String(Number(value.toPrecision(3)));

/** @param {number} value */
export const count = (value) => value.toLocaleString(language());

/** A line of length 0. Its round caps form a dot, which is not stretched with the chart. @param {number} x @param {number} y */
const dot = (x, y) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`;

/** Index of the step nearest to a given one. @param {number[]} steps @param {number} step */
export function nearest(steps, step) {
  let best = 0;
  steps.forEach((each, i) => (best = Math.abs(each - step) < Math.abs(steps[best] - step) ? i : best));
  return best;
}

/**
 * A chart with a line for training and dots for validations. Its labels are HTML, so that their size does not depend on the width of the chart.
 * @param {string} title
 * @param {(share: number | null) => void} pointed called with the position of the mouse, from 0 to 1, and with null when it leaves
 */
export function chart(title, pointed) {
  const { width, height } = CHART;
  const picture = svgElement("svg", { class: "sk-chart", role: "img", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", "aria-label": title });
  const line = svgElement("path", { class: "sk-curve" }), dots = svgElement("path", { class: "sk-dots" });
  const cursor = svgElement("path", { class: "sk-axis" }), marks = svgElement("path", { class: "sk-marks" });
  picture.append(cursor, line, dots, marks);
  const move = (/** @type {Event} */ event) => {
    const box = picture.getBoundingClientRect();
    pointed(Math.min(Math.max((/** @type {PointerEvent} */ (event).clientX - box.left) / box.width, 0), 1));
  };
  picture.addEventListener("pointermove", move);
  picture.addEventListener("pointerdown", move);
  picture.addEventListener("pointerleave", () => pointed(null));
  const [high, low, first, last] = ["high", "low", "first", "last"].map((place) => element("span", { class: `sk-tick sk-${place}` }));
  const values = element("div", { class: "sk-figures" });
  const plot = element("div", { class: "sk-plot" }, high, low, picture, first, last);
  /** @type {{train: Curve, valid: Curve, x: (step: number) => number, y: (value: number) => number}} */
  let shown = { train: [[], []], valid: [[], []], x: () => 0, y: () => 0 };
  /** @param {Curve} train @param {Curve} valid @param {[number, number]} range first and last step of all charts */
  const show = (train, valid, [start, end]) => {
    const all = [...train[1], ...valid[1]];
    plot.hidden = !all.length;
    if (!all.length) return;
    const least = Math.min(...all), most = Math.max(...all);
    const x = (/** @type {number} */ step) => ((step - start) / Math.max(end - start, 1)) * width;
    const y = (/** @type {number} */ value) => height - ((value - least) / Math.max(most - least, 1e-12)) * height;
    shown = { train, valid, x, y };
    line.setAttribute("d", train[0].map((step, i) => `${i ? "L" : "M"}${x(step).toFixed(1)} ${y(train[1][i]).toFixed(1)}`).join(""));
    dots.setAttribute("d", valid[0].map((step, i) => dot(x(step), y(valid[1][i]))).join(""));
    [high.textContent, low.textContent] = [threeDigits(most), threeDigits(least)];
    [first.textContent, last.textContent] = [count(start), count(end)];
  };
  /** Show the values at a step. @param {number} step @param {boolean} marked whether to mark the points in the chart */
  const point = (step, marked) => {
    const { train, valid, x, y } = shown;
    const i = nearest(train[0], step), j = valid[0].indexOf(step);
    const trained = train[0].length ? say(valid[0].length ? "training {value}" : "{value}", { value: threeDigits(train[1][i]) }) : "";
    const validated = j < 0 ? "" : say("validation {value}", { value: threeDigits(valid[1][j]) });
    const at = [trained && dot(x(train[0][i]), y(train[1][i])), validated && dot(x(step), y(valid[1][j]))];
    values.replaceChildren(...[trained, validated].filter((text) => text).map((text) => element("span", { class: text === validated ? "sk-validated" : "sk-trained" }, text)));
    const text = [trained, validated].filter((text) => text).join(", ");
    picture.setAttribute("aria-label", text ? say("{title} at step {step}: {text}", { title: say(title), step: count(step), text }) : say(title));
    marks.setAttribute("d", marked ? at.join("") : "");
    cursor.setAttribute("d", marked ? `M${x(step).toFixed(1)} 0V${height}` : "");
  };
  return { node: element("figure", { class: "sk-figure" }, element("figcaption", {}, say(title)), values, plot), show, point };
}
