/**
 * The view of `TemperatureSlider`: a drawing with a temperature slider, and the same drawing at ten temperatures.
 * @module
 */
import { button, element, slider, toggle } from "../ui/controls.js";
import { Paper } from "../editor/paper.js";
import { mixtureAt, heatOver } from "./density.js";
import { MIN_TEMPERATURE, PEN_STATES } from "./next_point.js";
import { trackSlider } from "../ui/scheduling.js";
import { buttonRow, withSettings } from "../ui/settings.js";
import { say } from "../ui/words.js";
import { toModel, toStrokes } from "../editor/strokes.js";
import { exemplarChoice, reportErrors, fromModelRows, range, modelChoice, variationButton, toolsOf, whenModelReady, temperatureSlider } from "../ui/bindings.js";

/** @typedef {import("../runtime/model_link.js").Link} Link */
/** @typedef {import("../editor/strokes.js").Sketch} Sketch */

const TEMPERATURES = range(10).map((i) => (i + 1) / 10);

/** @param {Link} link @param {HTMLElement} root */
export function temperatureSliderView(link, root) {
  const main = new Paper("Drawing at the selected temperature");
  /** @type {Sketch} */
  let sketch = { start: [0, 0], rows: [] };
  const film = TEMPERATURES.map((t) => new Paper(say("Drawing at temperature {temperature}", { temperature: t.toFixed(1) })));
  /** @type {Sketch[]} */
  let strip = [];
  const filmstrip = element("div", { class: "sk-strip", role: "group", "aria-label": "Drawings at temperatures from 0.1 to 1.0" }, ...film.map((paper, i) => {
    const go = button("", () => link.update({ temperature: TEMPERATURES[i] }), {
      class: "sk-choice", "aria-label": say("Set temperature {temperature}", { temperature: TEMPERATURES[i].toFixed(1) }),
    });
    go.append(paper.node, element("span", { class: "sk-caption" }, TEMPERATURES[i].toFixed(1)));
    return go;
  }));
  const code = () => (link.get("z")?.length ? Float32Array.from(link.get("z")) : null);
  /** Draw at several temperatures. @param {number[]} temperature @param {string} part */
  const drawAt = async (temperature, part) => {
    const z = code();
    const result = await link.draw({ variants: temperature.map(() => 0), codes: z && temperature.map(() => z), temperature, category: -1, categories: link.card.categories.length }, undefined, part);
    if (!result || link.closed) return null;
    next.code = result.codes?.[0] ?? null;
    return /** @type {Float32Array[]} */ (result.sketches).map((rows) => fromModelRows(link, rows));
  };
  const ask = (/** @type {number[][]} */ positions) => drawAt(positions.map(([temperature]) => temperature), "one");
  const show = (/** @type {Sketch} */ drawing, /** @type {boolean} */ last) => {
    sketch = drawing;
    main.show(toStrokes(sketch));
    root.dataset.frames = String(Number(root.dataset.frames ?? 0) + 1);
    if (last || link.shouldSync) link.update({ sketch });
  };
  const drawStrip = async () => {
    strip = (await drawAt(TEMPERATURES, "strip")) ?? strip;
    strip.forEach((drawing, i) => film[i].show(toStrokes(drawing)));
  };
  const follow = trackSlider({ position: () => [link.get("temperature")], ask, show });
  const schedule = () => reportErrors(link, follow.schedule);
  const flush = () => reportErrors(link, () => follow.flush().then(next.show));
  const all = () => flush().then(() => reportErrors(link, drawStrip));
  const next = densityOverlay(link, main, () => sketch, () => void flush());
  link.on("change:z", () => void all());
  root.append(
    withSettings(element("div", { class: "sk-column" }, main.node, toolsOf(link, "the drawing", () => [main])),
      temperatureSlider(link, (_, last) => void (last ? flush() : schedule())),
      modelChoice(link), exemplarChoice(link, "z", (z) => link.update({ z })),
      buttonRow(variationButton(link, () => void all()), next.toggle), next.node),
    filmstrip, toolsOf(link, "all temperatures", () => film, { columns: () => TEMPERATURES.length / 2 }));
  whenModelReady(link, all);
}

/**
 * The density of the next point after some points of the drawing, as a heat map under it.
 * @param {Link} link
 * @param {Paper} paper
 * @param {() => Sketch} sketch
 * @param {() => void} restore shows the complete drawing again
 */
function densityOverlay(link, paper, sketch, restore) {
  let position = 8;
  const draw = () => reportErrors(link, async () => {
    if (!link.get("density")) return;
    const { rows } = sketch();
    const points = Math.min(position, rows.length / 3);
    const prefix = rows.slice(0, 3 * points);
    const out = await link.mixture(toModel(prefix, link.card.scale), self.code);
    if (!out || link.closed || !link.get("density")) return;
    const { pen, components } = mixtureAt(out, Math.max(link.get("temperature"), MIN_TEMPERATURE), link.card.convention, link.card.pen_temperature);
    const strokes = toStrokes({ start: [0, 0], rows: prefix });
    paper.mark(prefix.length ? strokes : []);
    paper.node.classList.add("sk-expecting");
    const square = /** @type {string} */ (paper.node.getAttribute("viewBox")).split(" ").map(Number);
    let [x, y] = [0, 0];
    for (let i = 0; i < prefix.length; i += 3) [x, y] = [x + prefix[i], y + prefix[i + 1]];
    paper.under.replaceChildren(...heatOver(components, square, [x, y], link.card.scale));
    const probabilities = PEN_STATES.map((state, i) => `${say(state)} ${Math.round(100 * pen[i])}%`);
    link.showStatus(say(points === 1 ? "After 1 point: {probabilities}" : "After {points} points: {probabilities}", { points, probabilities: probabilities.join(", ") }));
  });
  const point = slider("After point", { min: 0, max: 250, step: 1, value: position }, (value) => {
    position = value;
    void draw();
  }, "Number of points that the model has drawn before the predicted one");
  point.node.hidden = !link.get("density");
  const shown = toggle("Show where the next point goes", (on) => link.update({ density: on }), link.get("density"),
    "Show the probability density of the next point as a heat map");
  link.on("change:density", () => {
    const on = link.get("density");
    point.node.hidden = !on;
    shown.set(on);
    if (on) return void self.show();
    paper.under.replaceChildren();
    paper.node.classList.remove("sk-expecting");
    link.showStatus("");
    restore();
  });
  const self = {
    node: point.node,
    toggle: shown.node,
    /** @type {Float32Array | null} */
    code: null,
    async show() {
      point.input.max = String(Math.max(sketch().rows.length / 3, 1));
      await draw();
    },
  };
  return self;
}
