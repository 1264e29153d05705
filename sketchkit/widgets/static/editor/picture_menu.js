/**
 * A menu that copies drawings to the clipboard and saves them as files.
 * @module
 */
import { button, element } from "../ui/controls.js";
import { icon } from "../ui/icons.js";
import { say } from "../ui/words.js";
import { download, gifOf, playedSvg, pngOf, svgFile, svgOf } from "./export.js";

/** @typedef {import("./export.js").Sheet} Sheet */

/**
 * @param {object} options
 * @param {() => Sheet} options.sheet the drawings
 * @param {(text: string) => void} options.report shows a message
 * @param {string} [options.label] what is saved; part of the label of the menu's button
 * @param {string} [options.name] name of the files
 * @param {[string, () => any][]} [options.more] further items
 */
export function pictureMenu({ sheet, report, label = "", name = "drawing", more = [] }) {
  const copy = (/** @type {string} */ type, /** @type {() => Promise<Blob>} */ make) => async () => {
    await navigator.clipboard.write([new ClipboardItem({ [type]: make() })]);
    report("Copied.");
  };
  /** @type {[string, () => any][]} */
  const items = [
    ["Copy as PNG", copy("image/png", () => pngOf(sheet()))],
    ["Copy as SVG", async () => {
      await navigator.clipboard.writeText(svgOf(sheet()));
      report("Copied.");
    }],
    ["Save as PNG", async () => download(`${name}.png`, await pngOf(sheet()))],
    ["Save as SVG", () => download(`${name}.svg`, svgFile(svgOf(sheet())))],
    ["Save as animated SVG", () => download(`${name}-animated.svg`, svgFile(playedSvg(sheet())))],
    ["Save as GIF", async () => download(`${name}.gif`, await gifOf(sheet()))],
    ...more,
  ];
  const act = async (/** @type {() => any} */ item) => {
    node.open = false;
    summary.focus();
    if (!sheet().drawings.length) return report("There is no drawing yet.");
    try {
      await item();
    } catch (error) {
      report(say("The browser refused: {reason}", { reason: error instanceof Error ? error.message : String(error) }));
    }
  };
  const title = label ? say("Copy or save {label}", { label: say(label) }) : "Copy or save";
  const summary = element("summary", { class: "sk-button sk-tool", "aria-label": title, title });
  summary.append(icon("save"));
  const node = /** @type {HTMLDetailsElement} */ (element("details", {
    class: "sk-menu",
    focusout: (/** @type {FocusEvent} */ event) => {
      if (event.relatedTarget instanceof Node && !node.contains(event.relatedTarget)) node.open = false;
    },
    keydown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Escape") return;
      node.open = false;
      summary.focus();
    },
  }, summary, element("div", { class: "sk-items" }, ...items.map(([text, item]) => button(text, () => void act(item))))));
  return node;
}
