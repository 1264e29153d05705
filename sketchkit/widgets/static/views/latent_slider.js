/**
 * The view of `LatentSlider`: a slider for one dimension of a latent code, and drawings at nine of its values.
 * @module
 */
import { button, element } from "../ui/controls.js";
import { Paper } from "../editor/paper.js";
import { trackSlider } from "../ui/scheduling.js";
import { buttonRow, withSettings } from "../ui/settings.js";
import { say } from "../ui/words.js";
import { toStrokes } from "../editor/strokes.js";
import { exemplarChoice, startingCode, reportErrors, fromModelRows, fittedRows, modelChoice, variationButton, randomCode, toolsOf, whenModelReady, temperatureSlider,
  traitSlider } from "../ui/bindings.js";

/** @typedef {import("../runtime/model_link.js").Link} Link */
/** @typedef {import("../editor/strokes.js").Sketch} Sketch */

/** Values of the drawings in the strip. Most components of the codes of drawings are in this range. */
const VALUES = [-3, -2.25, -1.5, -0.75, 0, 0.75, 1.5, 2.25, 3];

/** @param {Link} link @param {HTMLElement} root */
export function latentSliderView(link, root) {
  const main = new Paper("Drawing decoded from the latent code");
  const film = VALUES.map((value) => new Paper(say("Drawing at value {value}", { value })));
  /** @type {Sketch[]} */
  let strip = [];
  /** The code with another value in the selected dimension. @param {number} value */
  const codeAt = (value) => Float32Array.from(link.get("z"), (/** @type {number} */ x, /** @type {number} */ i) => (i === link.get("dimension") ? value : x));
  /** @param {number[]} values @param {string} part */
  const drawAt = async (values, part) => {
    if (link.get("z")?.length !== link.card.z_size) return null;
    const result = await link.draw({ variants: values.map(() => 0), codes: values.map(codeAt) }, undefined, part);
    if (!result || link.closed) return null;
    return /** @type {Float32Array[]} */ (result.sketches).map((rows) => fromModelRows(link, rows));
  };
  const show = (/** @type {Sketch} */ sketch, /** @type {boolean} */ last) => {
    main.show(toStrokes(sketch));
    root.dataset.frames = String(Number(root.dataset.frames ?? 0) + 1);
    if (last || link.shouldSync) link.update({ sketch });
  };
  const drawStrip = async () => {
    strip = (await drawAt(VALUES, "strip")) ?? strip;
    strip.forEach((sketch, i) => film[i].show(toStrokes(sketch)));
  };
  const follow = trackSlider({
    position: () => [link.get("value")],
    ask: (places) => drawAt(places.map(([value]) => value), "one"),
    show,
  });
  const schedule = () => void reportErrors(link, follow.schedule);
  const flush = () => reportErrors(link, follow.flush);
  const all = () => flush().then(() => reportErrors(link, drawStrip));
  const value = traitSlider(link, "value", "Value", { min: -3, max: 3, step: 0.05 }, (_, last) => void (last ? flush() : schedule()));
  /** Set the slider to the value that the code has in this dimension, so that the drawing does not jump. */
  const resetValue = (last = true) => value.move(Math.round(20 * (link.get("z")[link.get("dimension")] ?? 0)) / 20, last);
  const which = traitSlider(link, "dimension", "Dimension", { min: 0, max: link.card.z_size - 1, step: 1 }, (_, last) => {
    resetValue(last);
    if (last) void all();
  });
  const filmstrip = element("div", { class: "sk-strip", role: "group", "aria-label": "Drawings at values from -3 to 3" }, ...film.map((paper, i) => {
    const go = button("", () => value.move(VALUES[i], true), { class: "sk-choice", "aria-label": say("Set the value to {value}", { value: VALUES[i] }) });
    go.append(paper.node, element("span", { class: "sk-caption" }, String(VALUES[i])));
    return go;
  }));
  const showCode = (/** @type {number[]} */ z) => {
    link.update({ z });
    resetValue();
  };
  const random = button("Random code", () => void randomCode(link, showCode), { title: "Sample a random latent code" });
  link.on("change:z", () => void all());
  root.append(
    withSettings(element("div", { class: "sk-column" }, main.node, toolsOf(link, "the drawing", () => [main])),
      which.node, value.node, temperatureSlider(link, (_, last) => void (last ? all() : schedule())),
      modelChoice(link), exemplarChoice(link, "z", showCode), buttonRow(random, variationButton(link, () => void all()))),
    filmstrip, toolsOf(link, "all values", () => film));
  whenModelReady(link, async () => {
    const size = link.card.z_size;
    which.input.max = String(size - 1);
    if (link.get("dimension") >= size) which.move(0, true);
    if (link.get("z")?.length !== size) {
      const given = link.get("given");
      const z = given?.rows.length ? await link.encode(fittedRows(link, toStrokes(given)).rows) : await startingCode(link);
      if (!z) return;
      link.update({ z: Array.from(z) });
      if (!link.get("value")) resetValue();
    }
    await all();
  });
}
