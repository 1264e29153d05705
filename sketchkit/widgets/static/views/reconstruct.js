/**
 * The view of `Reconstruct`: a pad, and reconstructions of the drawing on it.
 * @module
 */
import { element } from "../ui/controls.js";
import { throttleToFrame } from "../ui/scheduling.js";
import { buttonRow, withSettings } from "../ui/settings.js";
import { say } from "../ui/words.js";
import { distance, fittedInto, toStrokes } from "../editor/strokes.js";
import { reportErrors, exampleDrawing, fromModelRows, range, fittedRows, linkedPad, modelChoice, variationButton, exemplarChoice, knownCategories, toolsOf, whenModelReady,
  temperatureSlider, variantGrid } from "../ui/bindings.js";

/** @typedef {import("../runtime/model_link.js").Link} Link */
/** @typedef {import("../editor/strokes.js").Point} Point */

/** @param {Link} link @param {HTMLElement} root */
export function reconstructView(link, root) {
  /** @type {Point[][][]} */
  let reconstructions = [];
  /** @type {HTMLElement[]} */
  let captions = [];
  /** Factor by which the drawing is enlarged before it is encoded. */
  let factor = 1;
  const show = (/** @type {Float32Array[]} */ sketches) => {
    reconstructions = sketches.map((rows) => toStrokes(fromModelRows(link, rows, factor)));
    reconstructions.forEach((strokes, i) => grid.papers[i]?.show(strokes));
  };
  /** Whether the gesture of the newest request has ended. */
  let last = true;
  const draw = () => reportErrors(link, async () => {
    const ends = last;
    // While the pad is empty, it shows a drawing by the model, and the grid shows reconstructions of that drawing.
    const empty = !pad.strokes.length, category = link.card.categories.indexOf(link.get("_categories")?.sketch);
    const shown = empty ? await exampleDrawing(link, category) : pad.strokes;
    if (!shown?.length || link.closed) return;
    if (empty) pad.showPlaceholder(shown);
    const fitted = fittedRows(link, shown);
    factor = fitted.factor;
    const z = await link.encode(fitted.rows);
    if (!z) return;
    const variants = range(link.get("variants"));
    const result = await link.draw({ variants, codes: variants.map(() => z) }, show);
    if (!result || link.closed) return;
    show(result.sketches);
    const distances = reconstructions.map((strokes) => distance(shown, strokes));
    distances.forEach((value, i) => {
      if (captions[i]) captions[i].textContent = Number.isFinite(value) ? say("distance {percent}%", { percent: (100 * value).toFixed(1) }) : say("empty");
    });
    if (!empty && (ends || link.shouldSync)) link.update({ z: Array.from(z), distances: distances.map((value) => (Number.isFinite(value) ? value : 1)),
      drawings: result.sketches.map((/** @type {Float32Array} */ rows) => fromModelRows(link, rows, factor)) });
    link.showStatus("");
  });
  const frame = throttleToFrame(() => void draw());
  /** @param {boolean} [ends] false while the user drags a slider */
  const request = (ends = true) => {
    last = ends;
    frame();
  };
  const schedule = () => request();
  const pad = linkedPad(link, "sketch", "Drawing to reconstruct", schedule, { hint: "Draw something, and see how the model redraws it." });
  const grid = variantGrid(link, "Reconstructions", (paper, i) => {
    if (i === 0) captions = [];
    captions[i] = element("span", { class: "sk-caption" });
    return element("div", {}, paper.node, captions[i]);
  });
  link.on("change:variants", () => {
    grid.reset();
    schedule();
  });
  const category = exemplarChoice(link, "sketch", (z) => reportErrors(link, async () => {
    const result = await link.draw({ variants: [0], codes: [Float32Array.from(z)] }, undefined, "category");
    const strokes = result && toStrokes(fromModelRows(link, result.sketches[0])), [x, y, side] = pad.view;
    if (strokes?.length && !link.closed) pad.commit(fittedInto(strokes, x + 0.1 * side, y + 0.1 * side, 0.8 * side));
  }), { title: "Put a drawing of a category on the paper", listed: false });
  pad.node.append(knownCategories(link, "The model knows {count} subjects: {names}. It draws any other subject like one of these."));
  root.append(withSettings(pad.node, temperatureSlider(link, (_, ends) => request(ends)), modelChoice(link), category, buttonRow(variationButton(link, schedule)),
    element("div", { class: "sk-column" }, grid.node,
      element("div", { class: "sk-known" }, say("Distance: how far the lines of a reconstruction are from yours on average, in percent of the size of your drawing.")),
      toolsOf(link, "the reconstructions", () => grid.papers))));
  whenModelReady(link, schedule);
}
