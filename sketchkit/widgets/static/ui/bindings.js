/**
 * Controls bound to a widget's traits, and functions that several views share.
 * @module
 */
import { button, element, search, slider } from "./controls.js";
import { pictureList } from "./picture_list.js";
import { categoryName, say } from "./words.js";
import { drawingTools } from "../editor/drawing_tools.js";
import { Pad } from "../editor/pad.js";
import { Paper } from "../editor/paper.js";
import { boundsOf, fromModel, sameSketch, toModel, toSketch, toStrokes } from "../editor/strokes.js";

/** @typedef {import("../runtime/model_link.js").Link} Link */
/** @typedef {import("../editor/strokes.js").Sketch} Sketch */
/** @typedef {import("../editor/strokes.js").Point} Point */

/** Width of a pad without a model, in units. */
const PAD_SIZE = 255;

/** Side of the pad relative to the model's typical drawing, so that a drawing leaves a margin. */
const PAPER_SCALE = 1.2;

/** Minimum and maximum of the longer side of a complete drawing, relative to the model's typical size; as in Python's `encode`. */
const EXTENT_RANGE = [0.8, 1.25];

/** @param {Link} link */
const sizeOf = (link) => (link.card?.size > 0 ? PAPER_SCALE * link.card.size : PAD_SIZE);

/** The numbers 0 to count - 1. @param {number} count */
export const range = (count) => Array.from({ length: count }, (_, i) => i);

/** A random seed, 0 to 2^32 - 1. */
export const randomSeed = () => Math.floor(Math.random() * 2 ** 32);

/**
 * Convert rows from the model to a sketch in the units of the pad.
 * @param {Link} link
 * @param {Float32Array} rows
 * @param {number} [factor] factor by which `fittedRows` enlarged the encoded drawing
 * @returns {Sketch}
 */
export const fromModelRows = (link, rows, factor = 1) => ({ start: [0, 0], rows: fromModel(rows, link.card.scale / factor) });

/**
 * Convert strokes on a pad to rows in model units.
 * @param {Link} link
 * @param {Point[][]} strokes
 */
export const toModelRows = (link, strokes) => toModel(toSketch(strokes).rows, link.card.scale);

/**
 * Convert a complete drawing to rows in model units, scaled to the sizes of the training data; also return the scale factor.
 * @param {Link} link
 * @param {Point[][]} strokes
 */
export function fittedRows(link, strokes) {
  const [left, top, right, bottom] = boundsOf(strokes);
  const extent = Math.max(right - left, bottom - top);
  const [least, most] = EXTENT_RANGE.map((share) => share * link.card.size);
  const factor = extent > 0 ? Math.min(Math.max(extent, least), most) / extent : 1;
  return { rows: toModel(toSketch(strokes).rows, link.card.scale / factor), factor };
}

/**
 * A drawing by the model to show while the pad is empty; null if a newer request has superseded this one.
 * @param {Link} link
 * @param {number} [category] index, or -1 for any
 */
export async function exampleDrawing(link, category = -1) {
  const result = await link.draw({ variants: range(4), category, categories: link.card.categories.length }, undefined, "example");
  return result && toStrokes(fromModelRows(link, typical(result.sketches)));
}

/** The drawing with the median number of points. @param {Float32Array[]} sketches */
export const typical = (sketches) => sketches.toSorted((a, b) => a.length - b.length)[Math.floor(sketches.length / 2)];

/**
 * Run an asynchronous action and show its error in the widget.
 * @param {Link} link
 * @param {() => Promise<any>} act
 */
export const reportErrors = (link, act) => act().catch((error) => link.showError(error));

/**
 * A pad bound to a sketch trait.
 * @param {Link} link
 * @param {string} trait
 * @param {string} label
 * @param {(strokes: Point[][], cause: import("../editor/pad.js").Cause) => void} changed called when the user or the kernel changes the drawing
 * @param {object} [options]
 * @param {boolean} [options.tools] whether the pad has buttons
 * @param {string} [options.hint] text on the empty pad
 * @param {(pad: Pad) => Record<string, any>} [options.traits] traits to set after a gesture; by default the sketch
 * @param {(pad: Pad) => boolean} [options.follow] called when the trait has changed; if the
 * drawing comes from another view of the widget, shows it and returns true
 */
export function linkedPad(link, trait, label, changed, { tools, hint, follow, traits = (pad) => ({ [trait]: toSketch(pad.strokes) }) } = {}) {
  const keepsInk = trait === "sketch" && link.get("ink") !== undefined;
  const send = () => link.update({ ...(keepsInk ? { ink: pad.drawnInk } : {}), ...traits(pad) });
  const pad = new Pad({
    label, size: sizeOf(link), tools, hint,
    epsilon: () => link.get("epsilon") ?? 2,
    changed: (strokes, cause) => {
      send();
      changed(strokes, cause);
    },
  });
  pad.report = (text) => link.showStatus(text);
  pad.isUsable = (name) => link.isUsable(name, true);
  pad.reset(toStrokes(link.get(trait) ?? { start: [0, 0], rows: [] }));
  if (keepsInk) pad.restoreInk(link.get("ink"));
  link.on(`change:${trait}`, () => {
    const sketch = link.get(trait);
    if (sameSketch(sketch, toSketch(pad.userStrokes))) return; // the kernel returned the drawing of this pad, rounded
    if (follow?.(pad)) return;
    pad.setStrokes(toStrokes(sketch));
    if (keepsInk) link.update({ ink: pad.drawnInk });
    changed(pad.strokes, "python");
  });
  // The drawings of another model may have a different size. The drawing on the pad keeps its apparent size.
  link.on("change:_card", () => {
    if (pad.resize(sizeOf(link))) send();
  });
  return pad;
}

/**
 * A slider bound to a numeric trait.
 * @param {Link} link
 * @param {string} trait
 * @param {string} label
 * @param {{min: number, max: number, step: number}} limits
 * @param {(value: number, last: boolean) => void} changed `last`: the gesture has ended, or Python has set the trait
 * @param {string} [title] tooltip
 */
export function traitSlider(link, trait, label, limits, changed, title) {
  let own = link.get(trait); // the value that this view set last; the view ignores the change event of this value
  const set = (/** @type {number} */ value, /** @type {boolean} */ last) => {
    own = value;
    link.model.set(trait, value);
    if (last) link.save();
    changed(value, last);
  };
  const control = slider(label, { ...limits, value: own }, set, title);
  link.on(`change:${trait}`, () => {
    if (link.get(trait) === own) return;
    own = link.get(trait);
    control.set(own);
    changed(own, true);
  });
  return {
    node: control.node,
    input: control.input,
    /** Set the value from another control of the view. @param {number} value @param {boolean} last */
    move(value, last) {
      control.set(value);
      set(value, last);
    },
  };
}

/** @param {Link} link @param {(value: number, last: boolean) => void} changed `last`: the gesture has ended */
export function temperatureSlider(link, changed) {
  return traitSlider(link, "temperature", "Temperature", { min: 0, max: 1.5, step: 0.01 }, changed,
    "Temperature controls the randomness: at 0 the model always draws the most likely point; higher values give more varied drawings.").node;
}

/** A button that draws with another seed. @param {Link} link @param {() => void} changed */
export function variationButton(link, changed) {
  link.on("change:seed", changed);
  return button("Another variation", () => link.update({ seed: randomSeed() }), { title: "Draw again with other random numbers and the same settings" });
}

/**
 * Buttons that play, copy and save drawings.
 * @param {Link} link
 * @param {string} label what the drawings show
 * @param {() => Paper[]} papers
 * @param {{columns?: () => number, more?: [string, () => any][], plays?: boolean, titled?: boolean}} [options] see `drawingTools`
 */
export function toolsOf(link, label, papers, options = {}) {
  return drawingTools({ papers, label, name: label.replace(/^the /, "").replaceAll(" ", "-"), report: (text) => link.showStatus(text), ...options });
}

/**
 * A list of models with pictures to choose from; hidden if there is only one.
 * @param {Link} link
 */
export function modelChoice(link) {
  /** Pictures of the models that the kernel offers, by name. @type {Record<string, string>} */
  let offered = {};
  const names = () => [...new Set([...(link.get("models") ?? []), link.card.choice, ...(link.get("_bundled") ?? []), ...Object.keys(offered)])];
  const { node, set } = pictureList("Model", names(), link.card.choice, (name) => {
    if (link.isDetached) return; // there is no kernel that could load another model
    link.showStatus(say("Loading {name} …", { name }));
    link.model.send({ kind: "choose", name });
  }, () => link.isDetached || link.model.send({ kind: "models" }));
  const follow = () => set(names(), link.card.choice, offered);
  link.on("change:_card", follow);
  link.on("change:models", follow);
  link.on("msg:custom", (/** @type {any} */ content) => {
    if (content?.kind === "models") offered = content.models;
    else if (content?.kind !== "refused") return;
    follow();
    if (content.kind === "refused") link.showError(content.error);
  });
  return node;
}

/**
 * A list of the model's categories to choose from; hidden if it has fewer than two.
 * @param {Link} link
 * @param {() => void} changed
 */
export function categoryChoice(link, changed) {
  const names = () => (link.card.categories.length > 1 ? ["", ...link.card.categories] : []);
  const { node, set } = search("Category", names(), link.get("category"), (name) => {
    link.showStatus(""); // remove a message about an unknown category
    link.update({ category: name });
  }, reportUnknownCategory(link));
  node.append(knownCategories(link));
  const follow = () => set(names(), link.get("category"));
  link.on("change:_card", follow);
  link.on("change:category", () => {
    follow();
    changed();
  });
  return node;
}

/** Maximum number of categories that a message lists. */
const MAX_LISTED = 20;

/** The names of the model's categories in a message. @param {Link} link */
function listedCategories(link) {
  const names = link.card.categories;
  return names.slice(0, MAX_LISTED).map(categoryName).join(", ") + (names.length > MAX_LISTED ? ", …" : "");
}

/**
 * A line that lists what the model can draw; empty if it has fewer than two categories.
 * @param {Link} link
 * @param {string} [text]
 */
export function knownCategories(link, text = "{count} categories: {names}") {
  const node = element("span", { class: "sk-known" });
  const show = () => {
    const count = link.card.categories.length;
    node.textContent = count > 1 ? say(text, { count, names: listedCategories(link) }) : "";
    node.hidden = count < 2;
  };
  link.on("change:_card", show);
  show();
  return node;
}

/** Return a function that reports an unknown category that the user has typed. @param {Link} link */
function reportUnknownCategory(link) {
  return (/** @type {string} */ typed) => {
    link.showError(say("There is no category “{name}”. The categories are {names}.", { name: typed, names: listedCategories(link) }));
  };
}

/**
 * The latent code of an exemplar, or a random code if the model has no categories. For the same seed and index, `model.generate`
 * in Python uses the same code.
 * @param {Link} link
 * @param {{seed?: number, category?: number, categories?: number, index?: number, part?: string}} [options] category: index of a category, or -1
 * for any category; categories: number of categories, 0 for a random code; index: number of the code in the series that the seed
 * determines
 * @returns {Promise<Float32Array | null>} null if a newer request has superseded this one
 */
export async function startingCode(link, { seed = link.get("seed"), category = -1, categories = link.card.categories.length, index = 0, part = "" } = {}) {
  const result = await link.draw({ variants: [index], category, categories, seed }, undefined, `start-${part}`);
  return result?.codes?.[0] ?? null;
}

/**
 * A latent code sampled from the distribution of the model's codes, even if the model has categories.
 * @param {Link} link
 * @param {(z: number[]) => void} changed
 * @param {string} [part] part of the widget
 */
export function randomCode(link, changed, part = "") {
  return reportErrors(link, async () => {
    const z = await startingCode(link, { seed: randomSeed(), categories: 0, part: `random-${part}` });
    if (z && !link.closed) changed(Array.from(z));
  });
}

/**
 * A search field for categories. When the user chooses a category, `changed` receives the code of one of its exemplars. The field
 * is hidden if the model has no categories. It shows the category that was chosen or given in Python, until the trait is set by other means,
 * for example by a stroke of the user.
 * @param {Link} link
 * @param {string} trait the trait with the code, or with the drawing
 * @param {(z: number[]) => any} changed sets the trait; may be asynchronous
 * @param {{label?: string, title?: string, listed?: boolean}} [options] title: tooltip; listed: whether a line below lists the categories
 */
export function exemplarChoice(link, trait, changed, { label = "Category", title = "Draw a category", listed = true } = {}) {
  const names = () => ["", ...link.card.categories], valueOf = (/** @type {any} */ state) => JSON.stringify(state);
  /** The newest category, and the value of the trait that belongs to it. @type {{name: string | null, value: string}} */
  let known = { name: link.get("_categories")?.[trait] ?? null, value: valueOf(link.get("_start")?.[trait]) };
  const current = () => (valueOf(link.get(trait)) === known.value ? known.name : null);
  const { node, set } = search(label, names(), current(), (name) => reportErrors(link, async () => {
    link.showStatus("");
    const z = await startingCode(link, { seed: randomSeed(), category: link.card.categories.indexOf(name), part: label });
    if (!z || link.closed) return;
    await changed(Array.from(z));
    known = { name, value: valueOf(link.get(trait)) };
    follow();
  }), reportUnknownCategory(link));
  node.title = say(title);
  if (listed) node.append(knownCategories(link));
  const follow = () => set(names(), current());
  for (const event of ["change:_card", `change:${trait}`]) link.on(event, follow);
  return node;
}

/**
 * A grid with one drawing for each variant.
 * @param {Link} link
 * @param {string} label
 * @param {(paper: Paper, i: number) => HTMLElement} framed
 */
export function variantGrid(link, label, framed) {
  const node = element("div", { class: "sk-grid", role: "group", "aria-label": label });
  /** @type {{node: HTMLElement, papers: Paper[], reset: () => void}} */
  const grid = {
    node,
    papers: [],
    reset() {
      const count = link.get("variants");
      node.style.setProperty("--sk-columns", count < 3 || count === 4 ? "2" : "3");
      grid.papers = range(count).map((i) => new Paper(say("Variant {number}", { number: i + 1 })));
      node.replaceChildren(...grid.papers.map(framed));
    },
  };
  grid.reset();
  return grid;
}

/**
 * Call a function when the model has been loaded, and again when another model has been loaded.
 * @param {Link} link
 * @param {() => any} act
 */
export function whenModelReady(link, act) {
  const start = () => reportErrors(link, () => link.ready().then(act));
  link.on("change:_card", start);
  void start();
}
