/**
 * The parts that widgets are put together from: elements, buttons, sliders, and paper that shows drawings.
 * @module
 */
import { boundsOf, pathData } from "../editor/strokes.js";

/** @typedef {import("../editor/strokes.js").Point} Point */

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

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element of a picture.
 * @param {string} tag
 * @param {Record<string, any>} attributes
 * @returns {SVGElement}
 */
export function svgElement(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return /** @type {SVGElement} */ (node);
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
  const format = (/** @type {number} */ value) => value.toFixed(range.step < 1 ? 2 : 0);
  const shown = element("output", { class: "sk-value" }, format(range.value));
  let moving = false;
  const end = () => {
    moving = false;
    changed(input.valueAsNumber, true);
  };
  const input = /** @type {HTMLInputElement} */ (element("input", {
    type: "range", min: range.min, max: range.max, step: range.step, value: range.value, "aria-label": label,
    input: () => {
      moving = true;
      shown.textContent = format(input.valueAsNumber);
      changed(input.valueAsNumber, false);
    },
    change: () => end(),
    // A drag that ends where it began is no change to the browser.
    pointerup: () => setTimeout(() => moving && end()),
    pointercancel: () => setTimeout(() => moving && end()),
  }));
  const node = element("label", { class: "sk-slider" }, element("span", {}, label), input, shown);
  return {
    node,
    input,
    /** @param {number} value */
    set(value) {
      if (document.activeElement !== input || input.valueAsNumber !== value) input.value = String(value);
      shown.textContent = format(value);
    },
  };
}


/**
 * A button that is on or off.
 * @param {string} label
 * @param {(on: boolean) => void} changed
 * @param {boolean} [on]
 */
export function toggle(label, changed, on = false) {
  const node = button(label, () => {
    set(!on);
    changed(on);
  });
  const set = (/** @type {boolean} */ value) => {
    on = value;
    node.setAttribute("aria-pressed", String(on));
  };
  set(on);
  return { node, set };
}

/**
 * A labelled choice of one.
 * @param {string} label
 * @param {string[]} names
 * @param {string} chosen
 * @param {(name: string) => void} changed
 */
export function choice(label, names, chosen, changed) {
  const input = /** @type {HTMLSelectElement} */ (element("select", { class: "sk-button", "aria-label": label, change: () => changed(input.value) }));
  const node = element("label", { class: "sk-choose" }, element("span", {}, label), input);
  /** @param {string[]} all @param {string} one */
  const set = (all, one) => {
    input.replaceChildren(...all.map((name) => element("option", { value: name, selected: name === one }, name || "any")));
    node.hidden = all.length < 2;
  };
  set(names, chosen);
  return { node, set };
}

/** Paper that shows one drawing: strokes of absolute points, those of the beginning set apart. */
export class Paper {
  /** @param {string} label what it is, for who cannot see it */
  constructor(label) {
    this.node = svgElement("svg", { class: "sk-paper", role: "img", "aria-label": label });
    this.under = svgElement("g", {});
    this.path = svgElement("path", { class: "sk-ink" });
    this.given = svgElement("path", { class: "sk-ink sk-given" });
    this.node.append(this.under, this.path, this.given);
  }

  /**
   * @param {Point[][]} strokes
   * @param {{given?: Point[][], box?: number[]}} [more] box: left, top, right, bottom; by default the drawing's own
   */
  show(strokes, { given = [], box } = {}) {
    const [x, y, size] = squareAround(box ?? boundsOf([...given, ...strokes]));
    this.node.setAttribute("viewBox", `${x} ${y} ${size} ${size}`);
    this.path.setAttribute("d", strokes.map(pathData).join(""));
    this.given.setAttribute("d", given.map(pathData).join(""));
  }
}

/**
 * The square that shows a box with a margin: left, top and side.
 * @param {number[]} box
 */
export function squareAround([left, top, right, bottom]) {
  const side = Math.max(right - left, bottom - top, 1e-6), edge = side * 0.08;
  return [(left + right - side) / 2 - edge, (top + bottom - side) / 2 - edge, side + 2 * edge];
}
