/**
 * Widgets in a page without a kernel. The page contains their traits. The weights are either in the page too, or in separate
 * scripts in the folder of this script, which several pages can share.
 * @module
 */
import { render } from "../index.js";

/**
 * @typedef {object} EmbeddedModel
 * @property {any} card
 * @property {string} key
 * @property {any} config
 * @property {any} index
 */

/** Replacement for a widget's model: traits that are not synchronized with a kernel. */
class KernellessModel {
  /**
   * @param {Record<string, any>} state
   * @param {EmbeddedModel[]} models
   */
  constructor(state, models) {
    this.state = state;
    this.models = models;
    /** @type {Map<string, Function[]>} */
    this.listeners = new Map();
  }

  /** @param {string} name */
  get(name) {
    return this.state[name];
  }

  /** @param {string} name @param {any} value */
  set(name, value) {
    if (JSON.stringify(this.state[name]) === JSON.stringify(value)) return;
    this.state[name] = value;
    this.emit(`change:${name}`);
  }

  save_changes() {}

  /** @param {string} event @param {Function} act */
  on(event, act) {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), act]);
  }

  /** @param {string} event @param {Function} act */
  off(event, act) {
    this.listeners.set(event, (this.listeners.get(event) ?? []).filter((listener) => listener !== act));
  }

  /** @param {string} event @param {...any} values */
  emit(event, ...values) {
    for (const act of this.listeners.get(event) ?? []) act(...values);
  }

  /** Answer a message that a view sends to the kernel. @param {any} content */
  send({ kind, key, name }) {
    if (kind === "models") return; // all models are in the page
    const model = this.models.find(({ card }) => (kind === "choose" ? card.choice === name : card.key === key));
    if (!model) {
      queueMicrotask(() => this.emit("msg:custom", { kind, key, error: "this page does not contain that model" }, []));
    } else if (kind === "choose") {
      for (const trait of Object.keys(this.state)) if (/^z(_|$)/.test(trait)) this.state[trait] = [];
      this.set("_card", model.card);
    } else {
      const { config, index } = model;
      const answer = (/** @type {any} */ more, /** @type {any[]} */ buffers) => this.emit("msg:custom", { kind, key, ...more }, buffers);
      loadWeights(key).then((bytes) => answer({ config, index }, [bytes]), (error) => answer({ error: String(error) }, []));
    }
  }
}

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

/** Pending reads of weights by key, so that a repeated request does not read them twice. @type {Map<string, Promise<DataView>>} */
const reading = new Map();

/** @param {string} key */
function loadWeights(key) {
  const pending = reading.get(key) ?? readWeights(key).finally(() => reading.delete(key));
  reading.set(key, pending);
  return pending;
}

/**
 * Read and inflate the weights of a model.
 * @param {string} key
 */
async function readWeights(key) {
  const text = atob(document.getElementById(`sketchkit-${key}`)?.textContent ?? await loadSidecarScript(key));
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new DataView(await new Response(inflated).arrayBuffer());
}

/** Render the widgets of the page into the elements with their keys. Elements with the same key share one state. */
export function mount() {
  const { models, widgets } = JSON.parse(document.getElementById("sketchkit-widgets")?.textContent ?? "{}");
  const widgetModels = new Map(Object.entries(widgets ?? {}).map(([key, state]) => [key, new KernellessModel(/** @type {any} */ (state), models)]));
  for (const el of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-sketchkit]"))) {
    const model = widgetModels.get(el.dataset.sketchkit ?? "");
    if (!model) continue;
    const fallback = [...el.childNodes];
    try {
      el.replaceChildren();
      render({ model, el });
    } catch (error) {
      el.replaceChildren(...fallback, `This widget could not be displayed: ${error}`);
    }
  }
  const reportHeight = () => parent !== window && parent.postMessage({ sketchkit: window.name, height: document.documentElement.offsetHeight }, "*");
  new ResizeObserver(reportHeight).observe(document.documentElement);
}
