/**
 * The view of `SketchPad`: a pad, and the drawings that the user keeps.
 * @module
 */
import { button, element, slider } from "../ui/controls.js";
import { Paper } from "../editor/paper.js";
import { withSettings } from "../ui/settings.js";
import { pointCount, say, strokeCount } from "../ui/words.js";
import { toSketch, toStrokes } from "../editor/strokes.js";
import { linkedPad, toolsOf } from "../ui/bindings.js";

/** @typedef {import("../runtime/model_link.js").Link} Link */

/** @param {Link} link @param {HTMLElement} root */
export function padView(link, root) {
  const showCounts = () => {
    const points = toSketch(pad.strokes).rows.length / 3; // the same as `len(pad.sketch)` in Python
    link.showStatus(points ? `${strokeCount(pad.strokes.length)}, ${pointCount(points)}` : "");
  };
  const pad = linkedPad(link, "sketch", "Sketch pad", showCounts, { hint: "Draw with mouse, pen or touch." });
  const epsilon = slider("Simplify", { min: 0, max: 8, step: 0.1, value: link.get("epsilon") }, (value, last) => {
    link.model.set("epsilon", value);
    pad.resimplify(last);
    if (last) link.save();
    else showCounts();
  }, "Tolerance of the simplification: a larger value leaves fewer points");
  link.on("change:epsilon", () => epsilon.set(link.get("epsilon")));
  const { keep, drawings } = collection(link, pad);
  root.append(withSettings(pad.node, keep, epsilon.node, drawings));
  showCounts();
}

/**
 * A button that keeps the drawing, and the list of kept drawings.
 * @param {Link} link
 * @param {import("../editor/pad.js").Pad} pad
 */
function collection(link, pad) {
  const kept = element("div", { class: "sk-kept", role: "list", "aria-label": "Kept drawings" });
  const keep = button("Keep", () => {
    if (!pad.strokes.length) return;
    link.update({ drawings: [...link.get("drawings"), toSketch(pad.strokes)] });
    pad.clear();
  }, { class: "sk-button sk-primary", title: "Keep this drawing and clear the pad for the next one" });
  const count = element("span", { class: "sk-count" });
  /** @type {Paper[]} */
  let papers = [];
  const tools = toolsOf(link, "the kept drawings", () => papers, { columns: () => 5 });
  const show = () => {
    const drawings = link.get("drawings");
    count.textContent = drawings.length ? say("{count} kept", { count: drawings.length }) : "";
    papers = [];
    kept.replaceChildren(...drawings.map((/** @type {any} */ sketch, /** @type {number} */ i) => {
      const paper = new Paper(say("Drawing {number}", { number: i + 1 }));
      paper.show(toStrokes(sketch));
      papers.push(paper);
      const remove = button("", () => link.update({ drawings: drawings.filter((/** @type {any} */ _, /** @type {number} */ j) => j !== i) }),
        { class: "sk-choice", "aria-label": say("Remove drawing {number}", { number: i + 1 }), title: "Click to remove" });
      remove.append(paper.node);
      return element("div", { role: "listitem" }, remove);
    }));
    kept.hidden = tools.hidden = !drawings.length;
  };
  link.on("change:drawings", show);
  show();
  const row = element("div", { class: "sk-row" }, keep, count), column = element("div", { class: "sk-column" }, kept, tools);
  const showParts = () => (row.hidden = column.hidden = !link.get("collect"));
  showParts();
  link.on("change:collect", showParts);
  return { keep: row, drawings: column };
}
