/**
 * The view of `NextPoint`: a pad with the probability density of the next point as a heat map, and the probabilities of the pen states.
 * @module
 */
import { button, element, svgElement } from "../ui/controls.js";
import { mixtureAt, heatOver, sampleNext } from "./density.js";
import { latestOnly } from "../ui/scheduling.js";
import { buttonRow, withSettings } from "../ui/settings.js";
import { say } from "../ui/words.js";
import { categoryChoice, exampleDrawing, linkedPad, reportErrors, startingCode, modelChoice, toModelRows, whenModelReady, temperatureSlider } from "../ui/bindings.js";

/** @typedef {import("../runtime/model_link.js").Link} Link */
/** @typedef {import("../editor/strokes.js").Point} Point */

/** Labels of the pen states, in their order: what happens after the next point. */
export const PEN_STATES = ["pen stays down", "pen lifts", "drawing ends"];
/** The lowest temperature for which the density is shown. At 0, the density would be a single point. */
export const MIN_TEMPERATURE = 0.02;

/** @param {Link} link @param {HTMLElement} root */
export function nextPointView(link, root) {
  /** The newest prediction: the outputs of the last layer, and the pen position. @type {{out: Float32Array, pen: number[]} | null} */
  let latest = null;
  /** Whether the pen is on the paper after the step that is being drawn, and after the step before it. */
  let down = false, wasDown = false;
  const under = svgElement("g", {});
  const bars = PEN_STATES.map((label) => element("meter", { min: 0, max: 1, "aria-label": label }));
  const shares = PEN_STATES.map(() => element("span", { class: "sk-value" }));
  const predict = () => latest && mixtureAt(latest.out, Math.max(link.get("temperature"), MIN_TEMPERATURE), link.card.convention, link.card.pen_temperature);

  const paint = () => {
    const mixture = predict();
    if (!latest || !mixture || link.closed) return;
    under.replaceChildren(...heatOver(mixture.components, pad.view, latest.pen, link.card.scale));
    mixture.pen.forEach((share, i) => {
      /** @type {HTMLMeterElement} */ (bars[i]).value = share;
      shares[i].textContent = `${Math.round(100 * share)}%`;
    });
    root.dataset.frames = String(Number(root.dataset.frames ?? 0) + 1);
  };
  /** The latent code of the category; `id` contains the model, seed and category for which it was selected. */
  const expected = { id: "", z: /** @type {Float32Array | null} */ (null) };
  /** The code of the category, or of the drawing if no category is selected. @param {Float32Array} rows */
  const codeFor = async (rows) => {
    const { key, categories, conditional, z_size: size } = link.card, name = link.get("category"), category = categories.indexOf(name);
    if (!conditional) return null;
    if (category < 0) return rows.length ? link.encode(rows) : new Float32Array(size);
    const id = `${key} ${link.get("seed")} ${name}`;
    if (expected.id !== id) Object.assign(expected, { id, z: await startingCode(link, { category, part: "category" }) });
    return expected.z;
  };
  /** Update the prediction. @param {{strokes: Point[][], on: boolean, last: boolean}} drawing `on`: the pen is still on the paper */
  const refresh = ({ strokes, on, last }) => reportErrors(link, async () => {
    const rows = toModelRows(link, strokes);
    const z = await codeFor(rows);
    if (on && rows.length) rows[rows.length - 1] = 0;
    const out = z === null && link.card.conditional ? null : await link.mixture(rows, z);
    if (!out || link.closed) return;
    const [left, top, side] = pad.view;
    const [x, y] = strokes.at(-1)?.at(-1) ?? [left + side / 2, top + side / 2];
    latest = { out, pen: [x, y] };
    paint();
    if (last) link.update({ pen: predict()?.pen ?? [] });
  });
  const newest = latestOnly(refresh);
  const pad = linkedPad(link, "sketch", "Drawing with the density of the next point", (strokes) => {
    void newest({ strokes, on: down, last: true });
    [wasDown, down] = [down, false];
    link.showStatus("");
  }, { hint: "Draw slowly: the colors show where the model expects the next point." });
  pad.onView = () => paint();
  pad.onStroke = (strokes, on) => void newest({ strokes, on, last: false });
  pad.svg.prepend(under);

  /** Draw the next point, sampled from the mixture. */
  const step = () => reportErrors(link, async () => {
    const mixture = predict();
    if (!mixture || !latest) return;
    const { x, y, pen } = sampleNext(mixture, Math.random);
    if (pen === 2) return link.showStatus("The model ended the drawing.");
    const { scale } = link.card, [fromX, fromY] = latest.pen;
    /** @type {Point} */
    const to = [fromX + x * scale, fromY + y * scale, 0.5];
    const strokes = pad.strokes.map((stroke) => [...stroke]);
    if (!strokes.length) strokes.push([[fromX, fromY, 0.5], to]);
    else if (wasDown) strokes[strokes.length - 1].push(to);
    else strokes.push([to]);
    down = pen === 0;
    pad.commit(strokes);
  });
  root.append(withSettings(pad.node,
    element("div", { class: "sk-chances", role: "group", "aria-label": "Probabilities of the next pen state" },
      ...PEN_STATES.flatMap((label, i) => [element("span", {}, say(label)), bars[i], shares[i]])),
    temperatureSlider(link, (_, last) => {
      paint();
      if (last && latest) link.update({ pen: predict()?.pen ?? [] });
    }),
    modelChoice(link), categoryChoice(link, () => void predictAgain()),
    buttonRow(button("Draw the next point", step, { title: "Sample the next point and pen state from the model's prediction" }))));
  const predictAgain = () => reportErrors(link, async () => {
    await newest({ strokes: pad.strokes, on: false, last: true });
    pad.showPlaceholder((await exampleDrawing(link, link.card.categories.indexOf(link.get("category")))) ?? []);
  });
  whenModelReady(link, predictAgain);
}
