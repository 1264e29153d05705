/**
 * DOM elements, buttons, sliders and lists of choices. Labels and tooltips are shown in the language of the page.
 * @module
 */
import { categoryName, say } from "./words.js";

/** Attributes that are shown in the language of the page. */
const SAID = ["title", "aria-label", "placeholder"];

/**
 * Create an HTML element. Text children are inserted as text, not as markup.
 * @param {string} tag
 * @param {Record<string, any>} [attributes] attributes by name; functions become event listeners
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== undefined) node.setAttribute(name, SAID.includes(name) ? say(String(value)) : String(value));
  }
  const label = attributes["aria-label"];
  if (label && label !== node.getAttribute("aria-label")) node.dataset.name ??= label;
  node.append(...children);
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * Create an SVG element.
 * @param {string} tag
 * @param {Record<string, any>} attributes
 * @returns {SVGElement}
 */
export function svgElement(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, SAID.includes(name) ? say(String(value)) : String(value));
  return /** @type {SVGElement} */ (node);
}

/**
 * A button.
 * @param {string} label
 * @param {() => void} act called when the user clicks
 * @param {Record<string, any>} [attributes] further attributes
 */
export function button(label, act, attributes = {}) {
  const said = say(label), name = said === label ? {} : { "data-name": label };
  return element("button", { type: "button", class: "sk-button", click: act, ...name, ...attributes }, said);
}

/**
 * A labeled slider.
 * @param {string} label
 * @param {{min: number, max: number, step: number, value: number}} range
 * @param {(value: number, last: boolean) => void} changed `last`: the gesture has ended
 * @param {string} [title] tooltip
 */
export function slider(label, range, changed, title) {
  const format = (/** @type {number} */ value) => value.toFixed(range.step < 1 ? 2 : 0);
  const output = element("output", { class: "sk-value" }, format(range.value));
  let moving = false;
  const end = () => {
    moving = false;
    changed(input.valueAsNumber, true);
  };
  const input = /** @type {HTMLInputElement} */ (element("input", {
    type: "range", min: range.min, max: range.max, step: range.step, value: range.value, "aria-label": label,
    input: () => {
      moving = true;
      output.textContent = format(input.valueAsNumber);
      changed(input.valueAsNumber, false);
    },
    change: () => end(),
    // The browser sends no change event if a drag ends at the value where it started.
    pointerup: () => setTimeout(() => moving && end()),
    pointercancel: () => setTimeout(() => moving && end()),
  }));
  const node = element("label", { class: "sk-slider", title }, element("span", {}, say(label)), input, output);
  return {
    node,
    input,
    /** @param {number} value */
    set(value) {
      if (document.activeElement !== input || input.valueAsNumber !== value) input.value = String(value);
      output.textContent = format(value);
    },
  };
}

/**
 * A switch: a button that shows whether it is on.
 * @param {string} label
 * @param {(on: boolean) => void} changed
 * @param {boolean} [on]
 * @param {string} [title] tooltip
 */
export function toggle(label, changed, on = false, title = undefined) {
  const node = button(label, () => {
    set(!on);
    changed(on);
  }, { class: "sk-button sk-switch", title });
  const set = (/** @type {boolean} */ value) => {
    on = value;
    node.setAttribute("aria-pressed", String(on));
  };
  set(on);
  return { node, set };
}

/**
 * A labeled list of names to choose from; hidden if there are fewer than two.
 * @param {string} label
 * @param {string[]} names
 * @param {string} chosen
 * @param {(name: string) => void} changed
 */
export function choice(label, names, chosen, changed) {
  const input = /** @type {HTMLSelectElement} */ (element("select", { class: "sk-button", "aria-label": label, change: () => changed(input.value) }));
  const node = element("label", { class: "sk-choose" }, element("span", {}, say(label)), input);
  /** @param {string[]} all @param {string} current */
  const set = (all, current) => {
    input.replaceChildren(...all.map((name) => element("option", { value: name, selected: name === current }, say(name || "any"))));
    node.hidden = all.length < 2;
  };
  set(names, chosen);
  return { node, set };
}

let searches = 0;

/**
 * A labeled field for one of many names of categories, which the user types or chooses; hidden if there are fewer than two.
 * @param {string} label
 * @param {string[]} names
 * @param {string | null} chosen null if the value is none of the names
 * @param {(name: string) => void} changed
 * @param {(typed: string) => void} [missing] called with a typed string that no name contains
 */
export function search(label, names, chosen, changed, missing) {
  const id = `sk-names-${++searches}`, list = element("datalist", { id });
  const shown = (/** @type {string | null} */ name) => (name === null ? "" : name ? categoryName(name) : say("any"));
  const input = /** @type {HTMLInputElement} */ (element("input", {
    class: "sk-button", type: "search", list: id, "aria-label": label, title: say("Type to search {count} names", { count: names.length }),
    // An empty field lists all names; the current one stays visible as its placeholder.
    placeholder: "Choose",
    focus: () => {
      if (chosen !== null) input.placeholder = shown(chosen);
      input.value = "";
    },
    blur: () => (input.value = shown(chosen)),
    change: () => {
      const typed = input.value.trim().toLowerCase();
      const spelled = (/** @type {string} */ name) => [shown(name).toLowerCase(), name.toLowerCase()];
      const name = names.find((name) => spelled(name).includes(typed)) ?? names.find((name) => spelled(name).some((text) => text.startsWith(typed)))
        ?? names.find((name) => spelled(name).some((text) => text.includes(typed)));
      if (typed && name === undefined) missing?.(input.value.trim());
      if (!typed || name === undefined) return;
      chosen = name;
      input.value = shown(name);
      changed(name);
    },
  }));
  const node = element("label", { class: "sk-choose" }, element("span", {}, say(label)), input, list);
  /** @param {string[]} all @param {string | null} current */
  const set = (all, current) => {
    [names, chosen] = [all, current];
    input.placeholder = say("Choose");
    list.replaceChildren(...all.map((name) => element("option", { value: shown(name) })));
    input.value = shown(current);
    node.hidden = all.length < 2;
  };
  set(names, chosen);
  return { node, set };
}

/**
 * The square around a box: left, top and side.
 * @param {number[]} box
 * @param {number} [margin] relative to the longer side
 * @returns {[number, number, number]}
 */
export function squareAround([left, top, right, bottom], margin = 0.08) {
  const side = Math.max(right - left, bottom - top, 1e-6), edge = side * margin;
  return [(left + right - side) / 2 - edge, (top + bottom - side) / 2 - edge, side + 2 * edge];
}
