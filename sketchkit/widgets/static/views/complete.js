/**
 * A beginning is drawn, the model goes on.
 * @module
 */
import { button, element } from "../ui/controls.js";
import { throttleToFrame } from "../ui/scheduling.js";
import { fromModel, toSketch, toStrokes } from "../editor/strokes.js";
import { reportErrors, categoryChoice, range, linkedPad, modelChoice, noiseButton, toModelRows, saveButton, whenModelReady,
  temperatureSlider, variantGrid } from "../ui/bindings.js";

/** @typedef {import("../runtime/model_link.js").Link} Link */

/** @param {Link} link @param {HTMLElement} root */
export function completeView(link, root) {
  /** What the model added to the beginning, newest first asked. @type {Float32Array[]} */
  let added = [];
  const whole = (/** @type {Float32Array} */ rows) => {
    const begun = toSketch(pad.strokes);
    return { start: begun.start, rows: [...begun.rows, ...fromModel(rows, link.card.scale)] };
  };
  const show = (/** @type {Float32Array[]} */ sketches) => {
    added = sketches;
    const given = pad.strokes;
    sketches.forEach((rows, i) => grid.papers[i]?.show(toStrokes(whole(rows)).slice(given.length), { given }));
  };
  const accept = (/** @type {number} */ i) => {
    if (added[i]) pad.commit(toStrokes(whole(added[i])));
  };
  /** Number of the newest request, and whether it ends a gesture. */
  let newest = 0, last = true;
  const draw = () => reportErrors(link, async () => {
    const began = performance.now();
    delete root.dataset.firstMs;
    const number = ++newest, ends = last, { name, max_points: most } = link.card, points = toSketch(pad.strokes).rows.length / 3;
    if (points >= most) {
      show(range(link.get("variants")).map(() => new Float32Array(0)));
      link.update({ drawings: [] });
      link.showError(`The beginning has ${points} points. ${name} draws at most ${most}, the beginning included, so it can add nothing.`);
      return;
    }
    const { categories } = link.card, category = categories.indexOf(link.get("category"));
    const given = { variants: range(link.get("variants")), beginning: toModelRows(link, pad.strokes), category, categories: categories.length };
    const result = await link.draw(given, (sketches) => {
      if (number !== newest) return;
      root.dataset.firstMs ??= String(performance.now() - began);
      show(sketches);
    });
    if (!result || link.closed || number !== newest) return;
    show(result.sketches);
    root.dataset.doneMs = String(performance.now() - began);
    if (ends || link.shouldSync) link.update({ drawings: result.sketches.map(whole) });
    const nothing = pad.strokes.length && result.sketches.every((/** @type {Float32Array} */ rows) => !rows.length);
    link.showStatus(nothing ? "The model considers this drawing finished." : "");
  });
  const frame = throttleToFrame(() => void draw());
  /** @param {boolean} [ends] false while a slider is dragged */
  const request = (ends = true) => {
    last = ends;
    frame();
  };
  const schedule = () => request();
  const pad = linkedPad(link, "sketch", "Begin a drawing", schedule);
  const grid = variantGrid(link, "Ways to go on", (paper, i) => {
    const take = button("", () => accept(i), { class: "sk-choice", "aria-label": `Accept variant ${i + 1}` });
    take.append(paper.node);
    return take;
  });
  link.on("change:variants", () => {
    grid.lay();
    schedule();
  });
  const left = element("div", { class: "sk-column" }, pad.node, temperatureSlider(link, (_, ends) => request(ends)),
    element("div", { class: "sk-row" }, noiseButton(link, schedule), saveButton(link, "completed", () => added.map((rows) => toStrokes(whole(rows))), 3)),
    element("div", { class: "sk-row" }, modelChoice(link), categoryChoice(link, schedule)));
  root.append(element("div", { class: "sk-split" }, left, grid.node));
  whenModelReady(link, schedule);
}
