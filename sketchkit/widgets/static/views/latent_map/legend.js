/**
 * The legend of a map: its categories, or the range of a value.
 * @module
 */
import { button, element } from "../../ui/controls.js";
import { categoryName, say } from "../../ui/words.js";
import { css, gradient } from "./colors.js";

/** Largest number of categories that are listed. */
const MOST = 12;

/** @param {number} value */
const short = (value) => String(Number(value.toPrecision(3)));

/**
 * @param {import("./colors.js").Coloring} colors
 * @param {string} by what the colors show
 * @param {string[]} categories
 * @param {string} chosen category that is highlighted, or ""
 * @param {(name: string) => void} choose
 */
export function legend({ palette, range, ...rest }, by, categories, chosen, choose) {
  const swatch = (/** @type {string} */ color) => {
    const node = element("span", { class: "sk-swatch" });
    node.style.background = color;
    return node;
  };
  if (range) {
    const bar = swatch(gradient({ palette, range, ...rest }));
    bar.classList.add("sk-ramp");
    return [element("span", { class: "sk-value" }, say("{name} from {least}", { name: say(by), least: short(range[0]) })), bar, element("span", { class: "sk-value" }, say("to {most}", { most: short(range[1]) }))];
  }
  const listed = categories.slice(0, MOST).map((name, i) => {
    const node = button("", () => choose(name === chosen ? "" : name), {
      class: "sk-button sk-key", "aria-pressed": String(name === chosen), title: name === chosen ? say("Show all categories") : say("Highlight {name}", { name: categoryName(name) }) });
    node.append(swatch(css(palette[i % palette.length])), categoryName(name));
    return node;
  });
  return categories.length > MOST ? [...listed, element("span", { class: "sk-count" }, say("and {count} more", { count: categories.length - MOST }))] : listed;
}
