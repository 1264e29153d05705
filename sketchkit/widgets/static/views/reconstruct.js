/**
 * A drawing is encoded and redrawn.
 * @module
 */
import { element } from "../ui/controls.js";
import { throttleToFrame } from "../ui/scheduling.js";
import { distance, toStrokes } from "../editor/strokes.js";
import { reportErrors, fromModelRows, range, fittedRows, linkedPad, modelChoice, noiseButton, saveButton, whenModelReady, temperatureSlider,
  variantGrid } from "../ui/bindings.js";

/** @typedef {import("../runtime/model_link.js").Link} Link */
/** @typedef {import("../editor/strokes.js").Point} Point */

/** @param {Link} link @param {HTMLElement} root */
export function reconstructView(link, root) {
  /** @type {Point[][][]} */
  let redrawn = [];
  /** @type {HTMLElement[]} */
  let captions = [];
  /** That the given drawing is enlarged by before the model reads it. */
  let factor = 1;
  const show = (/** @type {Float32Array[]} */ sketches) => {
    redrawn = sketches.map((rows) => toStrokes(fromModelRows(link, rows, factor)));
    redrawn.forEach((strokes, i) => grid.papers[i]?.show(strokes));
  };
  /** Whether the newest request ends a gesture. */
  let last = true;
  const draw = () => reportErrors(link, async () => {
    const ends = last;
    if (!pad.strokes.length) {
      grid.lay();
      redrawn = [];
      return;
    }
    const fitted = fittedRows(link, pad.strokes);
    factor = fitted.factor;
    const z = await link.encode(fitted.rows);
    if (!z) return;
    const variants = range(link.get("variants"));
    const result = await link.draw({ variants, codes: variants.map(() => z) }, show);
    if (!result || link.closed) return;
    show(result.sketches);
    const distances = redrawn.map((strokes) => distance(pad.strokes, strokes));
    distances.forEach((far, i) => {
      if (captions[i]) captions[i].textContent = Number.isFinite(far) ? `${(100 * far).toFixed(1)} % off` : "nothing";
    });
    if (ends || link.shouldSync) link.update({ z: Array.from(z), distances: distances.map((far) => (Number.isFinite(far) ? far : 1)),
      drawings: result.sketches.map((/** @type {Float32Array} */ rows) => fromModelRows(link, rows, factor)) });
    link.showStatus("");
  });
  const frame = throttleToFrame(() => void draw());
  /** @param {boolean} [ends] false while a slider is dragged */
  const request = (ends = true) => {
    last = ends;
    frame();
  };
  const schedule = () => request();
  const pad = linkedPad(link, "sketch", "Draw something to be redrawn", schedule);
  const grid = variantGrid(link, "Redrawn", (paper, i) => {
    if (i === 0) captions = [];
    captions[i] = element("span", { class: "sk-caption", title: "Mean way from the lines of one drawing to those of the other, as a share of its size" });
    return element("div", {}, paper.node, captions[i]);
  });
  link.on("change:variants", () => {
    grid.lay();
    schedule();
  });
  const left = element("div", { class: "sk-column" }, pad.node, temperatureSlider(link, (_, ends) => request(ends)),
    element("div", { class: "sk-row" }, noiseButton(link, schedule), saveButton(link, "redrawn", () => [pad.strokes, ...redrawn])),
    modelChoice(link));
  root.append(element("div", { class: "sk-split" }, left, grid.node));
  whenModelReady(link, schedule);
}
