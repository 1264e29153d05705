/**
 * The parts that widgets are put together from: elements, buttons, sliders, and paper that shows drawings.
 * @module
 */
import { boundsOf, pathData } from "./strokes.js";

/** @typedef {import("./strokes.js").Point} Point */

/**
 * An element with attributes and children; text is text, never markup.
 * @param {string} tag
 * @param {Record<string, any>} [attributes] functions become listeners
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== undefined) node.setAttribute(name, String(value));
  }
  node.append(...children);
  return node;
}

/**
 * @param {string} label
 * @param {() => void} act
 * @param {Record<string, any>} [more]
 */
export function button(label, act, more = {}) {
  return element("button", { type: "button", class: "sk-button", click: act, ...more }, label);
}

/**
 * A labelled slider.
 * @param {string} label
 * @param {{min: number, max: number, step: number, value: number}} range
 * @param {(value: number, last: boolean) => void} changed `last` when the gesture ends
 */
export function slider(label, range, changed) {
  const shown = element("output", { class: "sk-value" }, format(range.value));
  const input = /** @type {HTMLInputElement} */ (element("input", {
    type: "range", min: range.min, max: range.max, step: range.step, value: range.value, "aria-label": label,
    input: () => {
      shown.textContent = format(input.valueAsNumber);
      changed(input.valueAsNumber, false);
    },
    change: () => changed(input.valueAsNumber, true),
  }));
  const node = element("label", { class: "sk-slider" }, element("span", {}, label), input, shown);
  return {
    node,
    /** @param {number} value */
    set(value) {
      if (document.activeElement !== input || input.valueAsNumber !== value) input.value = String(value);
      shown.textContent = format(value);
    },
  };
}

/** @param {number} value */
const format = (value) => value.toFixed(2);

const SVG = "http://www.w3.org/2000/svg";

/** Paper that shows one drawing: strokes of absolute points, those of the beginning set apart. */
export class Paper {
  /** @param {string} label what it is, for who cannot see it */
  constructor(label) {
    this.node = document.createElementNS(SVG, "svg");
    this.node.setAttribute("class", "sk-paper");
    this.node.setAttribute("role", "img");
    this.node.setAttribute("aria-label", label);
    this.path = document.createElementNS(SVG, "path");
    this.given = document.createElementNS(SVG, "path");
    this.path.setAttribute("class", "sk-ink");
    this.given.setAttribute("class", "sk-ink sk-given");
    this.node.append(this.path, this.given);
  }

  /**
   * @param {Point[][]} strokes
   * @param {{given?: Point[][], box?: number[]}} [more] box: left, top, right, bottom; by default the drawing's own
   */
  show(strokes, { given = [], box } = {}) {
    const [left, top, right, bottom] = box ?? boundsOf([...given, ...strokes]);
    const size = Math.max(right - left, bottom - top, 1e-6), edge = size * 0.08;
    const x = (left + right - size) / 2 - edge, y = (top + bottom - size) / 2 - edge;
    this.node.setAttribute("viewBox", `${x} ${y} ${size + 2 * edge} ${size + 2 * edge}`);
    this.path.setAttribute("d", strokes.map(pathData).join(""));
    this.given.setAttribute("d", given.map(pathData).join(""));
  }
}
