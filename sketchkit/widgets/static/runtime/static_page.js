/**
 * Widgets in a page without a kernel. The page contains their traits. The weights are either in the page too, or in separate
 * scripts in the folder of this script, which several pages can share.
 * @module
 */
import { render } from "../index.js";
import { element } from "../ui/controls.js";
import { drawingOfPage } from "../editor/link_text.js";
import { say } from "../ui/words.js";
import { PageModel } from "./page_model.js";

/** @typedef {import("./page_model.js").ModelEntry} ModelEntry */
/** @typedef {import("./page_model.js").Models} Models */

/** The folder of this script, if it is a file. */
const FOLDER = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src.replace(/[^/]*$/, "") : "";

/**
 * Load weights from a script next to this one. Pages opened from disk cannot read other kinds of files.
 * @param {string} key
 * @returns {Promise<string>}
 */
function loadSidecarScript(key) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${FOLDER}${key}.js`;
    script.onload = () => resolve(/** @type {any} */ (globalThis).__sketchkitWeights[key]);
    script.onerror = () => reject(new Error(`Could not load ${script.src}`));
    document.head.append(script);
  });
}

/** Pending reads of buffers by key, so that a repeated request does not read them twice. @type {Map<string, Promise<DataView>>} */
const reading = new Map();

/** @param {string} key */
function loadBuffer(key) {
  const pending = reading.get(key) ?? readBuffer(key).finally(() => reading.delete(key));
  reading.set(key, pending);
  return pending;
}

/**
 * Read and inflate the weights of a model, or the arrays of a widget.
 * @param {string} key
 */
async function readBuffer(key) {
  const text = atob(document.getElementById(`sketchkit-${key}`)?.textContent ?? await loadSidecarScript(key));
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new DataView(await new Response(inflated).arrayBuffer());
}

/** The models whose properties are in the page. @param {ModelEntry[]} entries @returns {Models} */
function modelsOf(entries) {
  const find = async (/** @type {(entry: ModelEntry) => boolean} */ matches) => {
    const entry = entries.find(matches);
    if (!entry) throw new Error(say("This page does not contain that model."));
    return entry;
  };
  return {
    choose: (choice) => find(({ card }) => card.choice === choice),
    weights: async (key) => ({ entry: await find((entry) => entry.card.key === key), bytes: await loadBuffer(key) }),
    arrays: loadBuffer,
  };
}

/**
 * Let pads start from the drawings in the address of the page: the first from the parameter "sketch", the others from "sketch2" and so on.
 * @param {Record<string, any>[]} states of the widgets
 */
function startFromAddress(states) {
  if (location.protocol === "about:") return; // a frame without an address
  states.filter(({ ink }) => ink).forEach((state, i) => {
    state._link = { name: `sketch${i ? i + 1 : ""}`, trait: "sketch" };
    try {
      const drawing = drawingOfPage(state._link.name);
      if (!drawing) return;
      for (const traits of [state, state._start ?? {}]) Object.assign(traits, { sketch: drawing, ink: [] });
    } catch (error) {
      state._problem = error instanceof Error ? error.message : String(error);
    }
  });
}

/** Send the height of the content to the page that contains this frame, and use the color scheme of that page. See `page_around.js`. */
function followPageAround() {
  addEventListener("message", ({ data, source }) => {
    const scheme = data?.sketchkitScheme;
    if (source === parent && (scheme === "light" || scheme === "dark")) document.documentElement.dataset.theme = scheme;
  });
  let isFirst = true;
  new ResizeObserver(() => {
    parent.postMessage({ sketchkit: window.name, height: document.documentElement.offsetHeight, isFirst }, "*");
    isFirst = false;
  }).observe(document.documentElement);
}

/** Render the widgets of the page into the elements with their keys. Elements with the same key share one state. */
export function mount() {
  const { models, widgets } = JSON.parse(document.getElementById("sketchkit-widgets")?.textContent ?? "{}");
  startFromAddress(Object.values(widgets ?? {}));
  addEventListener("hashchange", () => /[#&]sketch\d*=/.test(location.hash) && location.reload()); // a link to another drawing
  const available = modelsOf(models ?? []);
  const widgetModels = new Map(Object.entries(widgets ?? {}).map(([key, state]) => [key, new PageModel(/** @type {any} */ (state), available)]));
  for (const el of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-sketchkit]"))) {
    const model = widgetModels.get(el.dataset.sketchkit ?? "");
    if (!model) continue;
    const fallback = [...el.childNodes];
    try {
      el.replaceChildren();
      if (model.get("_problem")) el.append(element("p", { class: "sk-widget sk-error", role: "alert" }, model.get("_problem")));
      render({ model, el });
    } catch (error) {
      el.replaceChildren(...fallback, say("This widget could not be displayed: {reason}", { reason: String(error) }));
    }
  }
  if (parent !== window) followPageAround();
}
