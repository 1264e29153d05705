/**
 * Widgets in a page without a kernel: the page contains the traits of the widgets. Each model is a model file,
 * stored either in an element of the page or in a script that several pages can share.
 * @module
 */
import { render } from "../index.js";
import { element } from "../ui/controls.js";
import { drawingOfPage } from "../editor/link_text.js";
import { say } from "../ui/words.js";
import { fitHeight } from "./frame_height.js";
import { ModelFiles } from "./model_files.js";
import { PageModel } from "./page_model.js";
import { inflate, textOf } from "./text_files.js";

/** @typedef {import("./page_model.js").Models} Models */

/**
 * The contents of a page.
 * @typedef {object} Page
 * @property {Record<string, Record<string, any>>} widgets traits of each widget by its key
 * @property {{card: any, file: string}[]} models properties and files of the models
 * @property {Record<string, string>} arrays files with the arrays of widgets, by their keys
 */

/** The location of a file: an element of the page, or an address relative to the page. @param {string} file */
function placeOf(file) {
  return document.getElementById(file) ?? new URL(file, document.baseURI).href;
}

/** @param {string} file */
async function readArrays(file) {
  return new DataView(await new Response(inflate(await textOf(placeOf(file), file))).arrayBuffer());
}

/** The models and arrays of a page. @param {Page} page @param {ModelFiles} files @returns {Models} */
function contentsOf({ models, arrays }, files) {
  const find = (/** @type {(card: any) => boolean} */ matches) => {
    const model = models.find(({ card }) => matches(card));
    if (!model) throw new Error(say("This page does not contain that model."));
    return model;
  };
  /** Arrays that are being read, so that a repeated request does not read them twice. @type {Map<string, Promise<DataView>>} */
  const reading = new Map();
  return {
    choose: async (choice) => find((card) => card.choice === choice),
    weights: async (key) => {
      await files.load(placeOf(find((card) => card.key === key).file));
      return files.weights(key);
    },
    arrays: (key) => {
      const pending = reading.get(key) ?? readArrays(arrays[key]).finally(() => reading.delete(key));
      reading.set(key, pending);
      return pending;
    },
  };
}

/**
 * Let pads start from the drawings in the address of the page: the first from the parameter "sketch", the others from "sketch2" and so on.
 * The numbers continue after the elements of the component that have the attribute `link`: with two of them, the first pad uses "sketch3".
 * @param {Record<string, any>[]} states of the widgets
 */
function startFromAddress(states) {
  if (location.protocol === "about:") return; // a frame without an address
  const first = document.querySelectorAll("[link]").length;
  states.filter(({ ink }) => ink).forEach((state, i) => {
    state._link = { name: `sketch${first + i ? first + i + 1 : ""}`, trait: "sketch" };
    try {
      const drawing = drawingOfPage(state._link.name);
      if (!drawing) return;
      for (const traits of [state, state._start ?? {}]) Object.assign(traits, { sketch: drawing, ink: [] });
    } catch (error) {
      state._problem = error instanceof Error ? error.message : String(error);
    }
  });
}

/** The frame that contains this page, unless the page around it has another origin. */
function frameOfPage() {
  try {
    return /** @type {HTMLElement | null} */ (window.frameElement);
  } catch {
    return null; // some browsers throw an error where others return null
  }
}

/**
 * Set the height of the frame that contains this page to the height of the content. Also send the height to the page around the
 * frame: if that page has another origin, only that page can set the height. Use the color scheme that the page around the frame sends. See
 * `page_around.js`.
 */
function followPageAround() {
  addEventListener("message", ({ data, source }) => {
    const scheme = data?.sketchkitScheme;
    if (source === parent && (scheme === "light" || scheme === "dark")) document.documentElement.dataset.theme = scheme;
  });
  let isFirst = true;
  new ResizeObserver(() => {
    const height = document.documentElement.offsetHeight, frame = frameOfPage();
    if (frame) fitHeight(frame, height);
    parent.postMessage({ sketchkit: window.name, height, isFirst }, "*");
    isFirst = false;
  }).observe(document.documentElement);
}

/**
 * Render a widget into an element, in place of its static image.
 * @param {PageModel} model
 * @param {HTMLElement} el
 */
function show(model, el) {
  const fallback = [...el.childNodes];
  try {
    el.replaceChildren();
    if (model.get("_problem")) el.append(element("p", { class: "sk-widget sk-error", role: "alert" }, model.get("_problem")));
    render({ model, el });
  } catch (error) {
    el.replaceChildren(...fallback, say("This widget could not be displayed: {reason}", { reason: String(error) }));
  }
}

/**
 * Render the widgets of the page into the elements with their keys. Elements with the same key share one state.
 * @param {ModelFiles} [files] model files, shared with other widgets of the page; by default, they are not shared
 * @param {(el: Element, act: () => void) => void} [when] calls `act` when `el` is to be rendered; by default at once
 */
export function mount(files = new ModelFiles(), when = (_, act) => act()) {
  const text = document.getElementById("sketchkit-widgets")?.textContent;
  if (!text) return;
  /** @type {Page} */
  const page = JSON.parse(text);
  startFromAddress(Object.values(page.widgets));
  addEventListener("hashchange", () => /[#&]sketch\d*=/.test(location.hash) && location.reload()); // the user has followed a link
  const contents = contentsOf(page, files);
  const widgetModels = new Map(Object.entries(page.widgets).map(([key, state]) => [key, new PageModel(state, contents)]));
  for (const el of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-sketchkit]"))) {
    const model = widgetModels.get(el.dataset.sketchkit ?? "");
    if (model) when(el, () => show(model, el));
  }
  if (parent !== window) followPageAround();
}
