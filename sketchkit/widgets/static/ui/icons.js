/**
 * Icons of the toolbars, drawn for this project, and buttons that show them.
 * @module
 */
import { button, element, svgElement } from "./controls.js";
import { language, say } from "./words.js";

/** SVG paths in a box of 20 units. */
const ICONS = {
  undo: "M8 4 4 8l4 4M4 8h8.5a4 4 0 0 1 0 8H9",
  redo: "m12 4 4 4-4 4M16 8H7.5a4 4 0 0 0 0 8H11",
  clear: "M4 6h12M8 6V3.5h4V6M5.5 6l.8 10.5h7.4L14.5 6M8.5 9v4.5M11.5 9v4.5",
  erase: "m8 16-4.5-4.5 7.5-7.5 5.5 5.5L10 16zM7.5 7.5 13 13M8 16h8.5",
  move: "M10 2.5v15M2.5 10h15M8 4.5l2-2 2 2M8 15.5l2 2 2-2M4.5 8l-2 2 2 2M15.5 8l2 2-2 2",
  fit: "M3.5 3.5h13v13h-13zM6.5 13l2-4.5 3 3 2-5",
  zoomIn: "M8.5 3.5a5 5 0 1 0 .01 0M12.2 12.2l4.3 4.3M6.5 8.5h4M8.5 6.5v4",
  zoomOut: "M8.5 3.5a5 5 0 1 0 .01 0M12.2 12.2l4.3 4.3M6.5 8.5h4",
  points: "m4 14.5 4-7 4.5 4 3.5-7M2.8 14.5a1.2 1.2 0 1 0 2.400 0a1.2 1.2 0 1 0-2.400 0M6.8 7.5a1.2 1.2 0 1 0 2.400 0a1.2 1.2 0 1 0-2.400 0M11.3 11.5a1.2 1.2 0 1 0 2.400 0a1.2 1.2 0 1 0-2.400 0",
  play: "M6 3.5 16 10 6 16.5z",
  pen: "m4 16 1-4 8.5-8.5 3 3L8 15zM11.5 5.5l3 3M12 16.5h4.5",
  pause: "M7 4v12M13 4v12",
  stop: "M5 5h10v10H5z",
  again: "M16 10a6 6 0 1 1-1.8-4.3M16.3 2.8v3.7h-3.7",
  accept: "m3.5 10.5 4.5 4.5 8.5-10",
  copy: "M7.5 7.5h9v9h-9zM12.5 7.5v-4h-9v9h4",
  save: "M10 3v9.5M6 9l4 4 4-4M3.5 16.5h13",
  target: "M10 2.5v5M10 12.5v5M2.5 10h5M12.5 10h5",
  lasso: "M10 4c4 0 7 1.8 7 4.3s-3 4.3-7 4.3-7-1.8-7-4.3S6 4 10 4M6.5 12a2 2 0 1 0 1.5 3.4q1.5 1.6 3.5 1.1",
  screen: "M3 7.5V3h4.5M12.5 3H17v4.5M17 12.5V17h-4.5M7.5 17H3v-4.5",
};

/** Icons that are mirrored in right-to-left pages. @type {string[]} */
const MIRRORED = ["undo", "redo"];

/** @typedef {keyof typeof ICONS} Icon */

/** @param {Icon} name */
export function icon(name) {
  const node = svgElement("svg", { class: MIRRORED.includes(name) ? "sk-icon sk-mirrored" : "sk-icon", viewBox: "0 0 20 20", "aria-hidden": "true" });
  node.append(svgElement("path", { d: ICONS[name] }));
  return node;
}

/**
 * A button with an icon.
 * @param {Icon} name
 * @param {string} label name of the button
 * @param {() => void} act
 * @param {object} [more]
 * @param {string} [more.help] what it does; the label by default
 * @param {string} [more.keys] keyboard shortcut, shown in the tooltip
 * @param {boolean} [more.labeled] whether the label is shown next to the icon; narrow widgets show only the icon
 * @param {Record<string, any>} [more.attributes]
 */
export function iconButton(name, label, act, { help = label, keys = "", labeled = false, attributes = {} } = {}) {
  const node = button("", act, { class: "sk-button sk-tool", "aria-label": label, title: tooltip(label, help, keys), ...attributes });
  node.append(icon(name));
  // The first label, which is the longest, determines the width, so that the next buttons do not move when the label changes.
  if (labeled) node.append(element("span", { class: "sk-label", "data-widest": say(label) }, say(label)));
  return node;
}

/** Replace the icon and the label of a button. The new label must not be longer than the first one. @param {HTMLElement} node @param {Icon} name @param {string} label @param {string} help */
export function changeIcon(node, name, label, help) {
  node.querySelector(".sk-icon")?.replaceWith(icon(name));
  node.querySelector(".sk-label")?.replaceChildren(say(label));
  node.setAttribute("aria-label", say(label));
  node.title = tooltip(label, help);
}

/** The name of a button, what it does, and its keys. @param {string} label @param {string} help @param {string} [keys] */
function tooltip(label, help, keys = "") {
  const [name, text] = [say(label), say(help)], lower = language() === "en" ? `${text[0].toLowerCase()}${text.slice(1)}` : text;
  return (name === text ? name : `${name}: ${lower}`) + (keys && ` (${say(keys)})`);
}
