/**
 * The view of `Complete`: a pad for the beginning of a drawing, and completions of it.
 * @module
 */
import { button, element } from "../ui/controls.js";
import { throttleToFrame } from "../ui/scheduling.js";
import { fromModel, toSketch, toStrokes } from "../editor/strokes.js";
import { reportErrors, categoryChoice, range, linkedPad, modelChoice, variationButton, toModelRows, saveButton, whenModelReady,
  temperatureSlider, variantGrid } from "../ui/bindings.js";

/** @typedef {import("../runtime/model_link.js").Link} Link */

/** @param {Link} link @param {HTMLElement} root */
export function completeView(link, root) {
  /** Rows that the model added to the beginning, one array for each variant. @type {Float32Array[]} */
  let added = [];
  const completed = (/** @type {Float32Array} */ rows) => {
    const beginning = toSketch(pad.strokes);
    return { start: beginning.start, rows: [...beginning.rows, ...fromModel(rows, link.card.scale)] };
  };
  const show = (/** @type {Float32Array[]} */ sketches) => {
    added = sketches;
    const given = pad.strokes;
    sketches.forEach((rows, i) => grid.papers[i]?.show(toStrokes(completed(rows)).slice(given.length), { given }));
  };
  const accept = (/** @type {number} */ i) => {
    if (added[i]) pad.commit(toStrokes(completed(added[i])));
  };
  /** Number of the newest request, and whether the gesture of the next one has ended. */
  let newest = 0, last = true;
  const draw = () => reportErrors(link, async () => {
    const startTime = performance.now();
    delete root.dataset.firstMs;
    const number = ++newest, ends = last, { name, max_points: maxPoints } = link.card, points = toSketch(pad.strokes).rows.length / 3;
    if (points >= maxPoints) {
      show(range(link.get("variants")).map(() => new Float32Array(0)));
      link.update({ drawings: [] });
      link.showError(`The beginning has ${points} points. ${name} draws at most ${maxPoints} points including the beginning, so it cannot continue this drawing.`);
      return;
    }
    const { categories } = link.card, category = categories.indexOf(link.get("category"));
    const options = { variants: range(link.get("variants")), beginning: toModelRows(link, pad.strokes), category, categories: categories.length };
    const result = await link.draw(options, (sketches) => {
      if (number !== newest) return;
      root.dataset.firstMs ??= String(performance.now() - startTime);
      show(sketches);
    });
    if (!result || link.closed || number !== newest) return;
    show(result.sketches);
    root.dataset.doneMs = String(performance.now() - startTime);
    if (ends || link.shouldSync) link.update({ drawings: result.sketches.map(completed) });
    const finished = pad.strokes.length && result.sketches.every((/** @type {Float32Array} */ rows) => !rows.length);
    link.showStatus(finished ? "The model considers this drawing finished." : "");
  });
  const frame = throttleToFrame(() => void draw());
  /** @param {boolean} [ends] false while the user drags a slider */
  const request = (ends = true) => {
    last = ends;
    frame();
  };
  const schedule = () => request();
  const pad = linkedPad(link, "sketch", "Beginning of a drawing", schedule);
  const grid = variantGrid(link, "Completions", (paper, i) => {
    const accepting = button("", () => accept(i), { class: "sk-choice", "aria-label": `Accept variant ${i + 1}`, title: "Put this completion on the pad, to continue from it" });
    accepting.append(paper.node);
    return accepting;
  });
  link.on("change:variants", () => {
    grid.reset();
    schedule();
  });
  const left = element("div", { class: "sk-column" }, pad.node, temperatureSlider(link, (_, ends) => request(ends)),
    element("div", { class: "sk-row" }, variationButton(link, schedule), saveButton(link, "completed", () => added.map((rows) => toStrokes(completed(rows))), 3)),
    element("div", { class: "sk-row" }, modelChoice(link), categoryChoice(link, schedule)));
  root.append(element("div", { class: "sk-split" }, left, grid.node));
  whenModelReady(link, schedule);
}
