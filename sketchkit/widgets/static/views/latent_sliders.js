/**
 * The view of `LatentSliders`: sliders for directions of the latent space, and the drawing that is decoded from the resulting code.
 * @module
 */
import { button, element, slider } from "../ui/controls.js";
import { Paper } from "../editor/paper.js";
import { trackSlider } from "../ui/scheduling.js";
import { buttonRow, withSettings } from "../ui/settings.js";
import { toStrokes } from "../editor/strokes.js";
import { say } from "../ui/words.js";
import { exemplarChoice, startingCode, reportErrors, fromModelRows, fittedRows, variationButton, toolsOf, whenModelReady, temperatureSlider } from "../ui/bindings.js";

/** @typedef {import("../runtime/model_link.js").Link} Link */
/** @typedef {import("../editor/strokes.js").Sketch} Sketch */

/** Maximum strength of a direction. */
const MAX_STRENGTH = 3;

/** @param {Link} link @param {HTMLElement} root */
export function latentSlidersView(link, root) {
  const start = new Paper("Starting drawing"), main = new Paper("Drawing with the attributes");
  /** @type {Record<string, number[]>} */
  const directions = link.get("directions"), names = Object.keys(directions);
  const strengths = () => names.map((name) => /** @type {number} */ (link.get("strengths")[name] ?? 0));
  /** The latent code that results from some strengths, given in the order of `names`. @param {number[]} values */
  const codeAt = (values) => Float32Array.from(link.get("z"), (/** @type {number} */ x, /** @type {number} */ i) =>
    values.reduce((sum, value, k) => sum + value * directions[names[k]][i], x));
  /** @param {number[][]} places @param {string} part */
  const drawAt = async (places, part) => {
    if (link.get("z")?.length !== link.card.z_size) return null;
    const result = await link.draw({ variants: places.map(() => 0), codes: places.map(codeAt) }, undefined, part);
    if (!result || link.closed) return null;
    return /** @type {Float32Array[]} */ (result.sketches).map((rows) => fromModelRows(link, rows));
  };
  const follow = trackSlider({
    position: strengths,
    ask: (places) => drawAt(places, "one"),
    show: (/** @type {Sketch} */ sketch, /** @type {boolean} */ last) => {
      main.show(toStrokes(sketch));
      root.dataset.frames = String(Number(root.dataset.frames ?? 0) + 1);
      if (last || link.shouldSync) link.update({ sketch });
    },
  });
  const schedule = () => void reportErrors(link, follow.schedule);
  const flush = () => reportErrors(link, follow.flush);
  const all = () => flush().then(() => reportErrors(link, async () => {
    const drawings = await drawAt([names.map(() => 0)], "start");
    if (drawings) start.show(toStrokes(drawings[0]));
  }));
  /** The strengths that this view set last; the view ignores the change event of these strengths. */
  let own = JSON.stringify(link.get("strengths"));
  /** @param {Record<string, number>} values @param {boolean} last */
  const set = (values, last) => {
    own = JSON.stringify(values);
    link.model.set("strengths", values);
    if (last) link.save();
    void (last ? flush() : schedule());
  };
  const sliders = names.map((name, i) => slider(name, { min: -MAX_STRENGTH, max: MAX_STRENGTH, step: 0.05, value: strengths()[i] },
    (value, last) => set({ ...link.get("strengths"), [name]: value }, last)));
  const move = () => sliders.forEach((control, i) => control.set(strengths()[i]));
  link.on("change:strengths", () => {
    if (JSON.stringify(link.get("strengths")) === own) return;
    own = JSON.stringify(link.get("strengths"));
    move();
    void flush();
  });
  const reset = button("Set all to 0", () => {
    set({}, true);
    move();
  }, { title: "Return to the starting drawing" });
  link.on("change:z", () => void all());
  root.append(withSettings(element("div", { class: "sk-column" }, main.node, toolsOf(link, "the drawing", () => [main])),
    ...sliders.map(({ node }) => node), temperatureSlider(link, (_, last) => void (last ? all() : schedule())),
    exemplarChoice(link, "z", (z) => link.update({ z }), { label: "Start", title: "Start from a drawing of a category" }),
    buttonRow(element("figure", { class: "sk-start" }, start.node, element("figcaption", { class: "sk-caption" }, say("Starting drawing")))),
    buttonRow(reset, variationButton(link, () => void all()))));
  whenModelReady(link, async () => {
    if (link.get("z")?.length !== link.card.z_size) {
      const given = link.get("given");
      const z = given?.rows.length ? await link.encode(fittedRows(link, toStrokes(given)).rows) : await startingCode(link);
      if (!z) return;
      link.update({ z: Array.from(z) });
    }
    await all();
  });
}
