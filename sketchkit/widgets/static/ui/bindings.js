/**
 * What the widgets' views are put together from: pads and sliders that are kept in step with traits, and the way to the engine.
 * @module
 */
import { Paper, button, choice, element, slider } from "./controls.js";
import { download, svgFile, svgStrip } from "../editor/export.js";
import { normals } from "../engine/noise.js";
import { Pad } from "../editor/pad.js";
import { boundsOf, fromModel, sameSketch, toModel, toSketch, toStrokes } from "../editor/strokes.js";

/** @typedef {import("../runtime/model_link.js").Link} Link */
/** @typedef {import("../editor/strokes.js").Sketch} Sketch */
/** @typedef {import("../editor/strokes.js").Point} Point */

/** Units across a pad that belongs to no model. */
const PAD_SIZE = 255;

/** Side of the paper as a multiple of the model's typical drawing: a drawing leaves a margin. */
const PAPER = 1.2;

/** Longer side of a whole drawing, as a share of the model's typical size: at least, at most; as in Python's `encode`. */
const WHOLE = [0.8, 1.25];

/** @param {Link} link */
const sizeOf = (link) => (link.card?.size > 0 ? PAPER * link.card.size : PAD_SIZE);

/** @param {number} count */
export const range = (count) => Array.from({ length: count }, (_, i) => i);

/** A number nobody chose, 0 to 2^32 - 1. */
const randomSeed = () => Math.floor(Math.random() * 2 ** 32);

/** A latent code nobody drew. @param {number} size */
export const randomCode = (size) => Array.from(normals(randomSeed(), size));

/**
 * The model's drawing in the units of the paper.
 * @param {Link} link
 * @param {Float32Array} rows
 * @param {number} [factor] that `fittedRows` enlarged the given drawing by
 * @returns {Sketch}
 */
export const fromModelRows = (link, rows, factor = 1) => ({ start: [0, 0], rows: fromModel(rows, link.card.scale / factor) });

/**
 * The model's rows of a pad's drawing.
 * @param {Link} link
 * @param {Point[][]} strokes
 */
export const toModelRows = (link, strokes) => toModel(toSketch(strokes).rows, link.card.scale);

/**
 * The model's rows of a whole drawing, scaled to a size that the model knows, and the factor of that scaling.
 * @param {Link} link
 * @param {Point[][]} strokes
 */
export function fittedRows(link, strokes) {
  const [left, top, right, bottom] = boundsOf(strokes);
  const extent = Math.max(right - left, bottom - top);
  const [least, most] = WHOLE.map((share) => share * link.card.size);
  const factor = extent > 0 ? Math.min(Math.max(extent, least), most) / extent : 1;
  return { rows: toModel(toSketch(strokes).rows, link.card.scale / factor), factor };
}

/**
 * Do something that may fail, and say so in the widget.
 * @param {Link} link
 * @param {() => Promise<any>} act
 */
export const reportErrors = (link, act) => act().catch((error) => link.showError(error));

/**
 * A pad that is kept in step with a sketch trait.
 * @param {Link} link
 * @param {string} trait
 * @param {string} label
 * @param {(strokes: Point[][]) => void} changed
 * @param {boolean} [tools]
 */
export function linkedPad(link, trait, label, changed, tools = true) {
  const pad = new Pad({
    label, size: sizeOf(link), tools,
    epsilon: () => link.get("epsilon") ?? 2,
    changed: (strokes) => {
      link.update({ [trait]: toSketch(strokes) });
      changed(strokes);
    },
  });
  pad.reset(toStrokes(link.get(trait) ?? { start: [0, 0], rows: [] }));
  link.on(`change:${trait}`, () => {
    const sketch = link.get(trait);
    if (sameSketch(sketch, toSketch(pad.strokes))) return; // what was told comes back from the kernel, rounded
    pad.setStrokes(toStrokes(sketch));
    changed(pad.strokes);
  });
  // Another model's drawings may be of another size: what is on the pad stays as large as it looks.
  link.on("change:_card", () => {
    if (pad.resize(sizeOf(link))) link.update({ [trait]: toSketch(pad.strokes) });
  });
  return pad;
}

/**
 * A slider that is kept in step with a trait of one number.
 * @param {Link} link
 * @param {string} trait
 * @param {string} label
 * @param {{min: number, max: number, step: number}} range
 * @param {(value: number, last: boolean) => void} changed `last` when the gesture ends, and when Python says
 */
export function traitSlider(link, trait, label, range, changed) {
  let own = link.get(trait); // what this view has set itself is no news to it
  const set = (/** @type {number} */ value, /** @type {boolean} */ last) => {
    own = value;
    link.model.set(trait, value);
    if (last) link.save();
    changed(value, last);
  };
  const control = slider(label, { ...range, value: own }, set);
  link.on(`change:${trait}`, () => {
    if (link.get(trait) === own) return;
    own = link.get(trait);
    control.set(own);
    changed(own, true);
  });
  return {
    node: control.node,
    input: control.input,
    /** Move it from elsewhere in the view. @param {number} value @param {boolean} last */
    move(value, last) {
      control.set(value);
      set(value, last);
    },
  };
}

/** @param {Link} link @param {(value: number, last: boolean) => void} changed */
export function temperatureSlider(link, changed) {
  return traitSlider(link, "temperature", "Temperature", { min: 0, max: 1.5, step: 0.01 }, changed).node;
}

/** @param {Link} link @param {() => void} changed */
export function noiseButton(link, changed) {
  link.on("change:seed", changed);
  return button("New noise", () => link.update({ seed: randomSeed() }), { title: "Other random numbers, everything else as it is" });
}

/**
 * A button that saves drawings side by side.
 * @param {Link} link
 * @param {string} name
 * @param {() => Point[][][]} drawings
 * @param {number} [columns]
 */
export function saveButton(link, name, drawings, columns) {
  return button("SVG", () => {
    const all = drawings().filter((strokes) => strokes.length);
    if (all.length) download(`${name}.svg`, svgFile(svgStrip(all, columns)));
    else link.showStatus("There is nothing to save yet.");
  }, { title: "Save the drawings side by side" });
}

/**
 * Which model draws, where there is a choice.
 * @param {Link} link
 */
export function modelChoice(link) {
  const { node, set } = choice("Model", link.get("models") ?? [], link.card.choice, (name) => {
    if (link.isDetached) return follow(); // nobody is there to load another model
    link.showStatus(`loading ${name} …`);
    link.model.send({ kind: "choose", name });
  });
  const follow = () => set(link.get("models") ?? [], link.card.choice);
  link.on("change:_card", follow);
  link.on("change:models", follow);
  link.on("msg:custom", (/** @type {any} */ content) => {
    if (content?.kind !== "refused") return;
    follow();
    link.showError(content.error);
  });
  return node;
}

/**
 * What is drawn, where the model tells categories apart.
 * @param {Link} link
 * @param {() => void} changed
 */
export function categoryChoice(link, changed) {
  const names = () => ["", ...link.card.categories];
  const { node, set } = choice("Category", names(), link.get("category"), (name) => link.update({ category: name }));
  const follow = () => set(names(), link.get("category"));
  link.on("change:_card", follow);
  link.on("change:category", () => {
    follow();
    changed();
  });
  return node;
}

/**
 * Pictures in a grid, one a variant.
 * @param {Link} link
 * @param {string} label
 * @param {(paper: Paper, i: number) => Node} framed
 */
export function variantGrid(link, label, framed) {
  const node = element("div", { class: "sk-grid", role: "group", "aria-label": label });
  /** @type {{node: HTMLElement, papers: Paper[], lay: () => void}} */
  const grid = {
    node,
    papers: [],
    lay() {
      grid.papers = range(link.get("variants")).map((i) => new Paper(`Variant ${i + 1}`));
      node.replaceChildren(...grid.papers.map(framed));
    },
  };
  grid.lay();
  return grid;
}

/**
 * Have the model, then begin; and again when the model is another.
 * @param {Link} link
 * @param {() => any} begin
 */
export function whenModelReady(link, begin) {
  const start = () => reportErrors(link, () => link.ready().then(begin));
  link.on("change:_card", start);
  void start();
}
