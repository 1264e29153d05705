/**
 * A menu that copies a drawing to the clipboard and saves it as a file.
 * @module
 */
import { button, element } from "../ui/controls.js";
import { icon } from "../ui/icons.js";
import { download, playedSvg, pngOf, svgFile, svgOf } from "./export.js";

/** @typedef {import("./ink.js").Ink} Ink */

/**
 * @param {() => Ink[]} drawing
 * @param {(text: string) => void} report shows a message
 */
export function pictureMenu(drawing, report) {
  const copy = (/** @type {string} */ type, /** @type {() => Promise<Blob>} */ make) => async () => {
    await navigator.clipboard.write([new ClipboardItem({ [type]: make() })]);
    report("Copied.");
  };
  /** @type {[string, () => any][]} */
  const items = [
    ["Copy as PNG", copy("image/png", () => pngOf(drawing()))],
    ["Copy as SVG", async () => {
      await navigator.clipboard.writeText(svgOf(drawing()));
      report("Copied.");
    }],
    ["Save as PNG", async () => download("drawing.png", await pngOf(drawing()))],
    ["Save as SVG", () => download("drawing.svg", svgFile(svgOf(drawing())))],
    ["Save as animated SVG", () => download("drawing-animated.svg", svgFile(playedSvg(drawing())))],
  ];
  const act = async (/** @type {() => any} */ item) => {
    node.open = false;
    summary.focus();
    if (!drawing().length) return report("There is no drawing yet.");
    try {
      await item();
    } catch (error) {
      report(`The browser refused: ${error instanceof Error ? error.message : error}`);
    }
  };
  const summary = element("summary", { class: "sk-button sk-tool", "aria-label": "Copy or save", title: "Copy or save the drawing" });
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
  }, summary, element("div", { class: "sk-items" }, ...items.map(([label, item]) => button(label, () => void act(item))))));
  return node;
}
