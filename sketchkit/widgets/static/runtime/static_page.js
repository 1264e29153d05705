/**
 * A page without a kernel: the widgets' traits live in it, and their models' weights stand in its text, or in scripts beside
 * this one that many pages share.
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

/** What a view takes for a widget's model: traits that nobody else knows of. */
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
    this.listeners.set(event, (this.listeners.get(event) ?? []).filter((each) => each !== act));
  }

  /** @param {string} event @param {...any} values */
  emit(event, ...values) {
    for (const act of this.listeners.get(event) ?? []) act(...values);
  }

  /** What the kernel would be asked. @param {any} content */
  send({ kind, key, name }) {
    const model = this.models.find(({ card }) => (kind === "choose" ? card.choice === name : card.key === key));
    if (!model) {
      queueMicrotask(() => this.emit("msg:custom", { kind, key, error: "this page does not hold that model" }, []));
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

/** Where this script lies, if it is a file. */
const FOLDER = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src.replace(/[^/]*$/, "") : "";

/**
 * The text of a script beside this one, which puts it where it is found; a page from disk may read no other kind of file.
 * @param {string} key
 * @returns {Promise<string>}
 */
function loadSidecarScript(key) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${FOLDER}${key}.js`;
    script.onload = () => resolve(/** @type {any} */ (globalThis).__sketchkitWeights[key]);
    script.onerror = () => reject(new Error(`${script.src} is not to be had`));
    document.head.append(script);
  });
}

/** Weights that are being read, by key: a repeated request does not read them twice. @type {Map<string, Promise<DataView>>} */
const reading = new Map();

/** @param {string} key */
function loadWeights(key) {
  const found = reading.get(key) ?? readWeights(key).finally(() => reading.delete(key));
  reading.set(key, found);
  return found;
}

/**
 * A model's weights, deflated wherever they stand.
 * @param {string} key
 */
async function readWeights(key) {
  const text = atob(document.getElementById(`sketchkit-${key}`)?.textContent ?? await loadSidecarScript(key));
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new DataView(await new Response(inflated).arrayBuffer());
}

/** Bring the page's widgets to life; each stands in an element that has its key. A widget that stands twice has one state. */
export function mount() {
  const { models, widgets } = JSON.parse(document.getElementById("sketchkit-widgets")?.textContent ?? "{}");
  const live = new Map(Object.entries(widgets ?? {}).map(([key, state]) => [key, new KernellessModel(/** @type {any} */ (state), models)]));
  for (const el of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-sketchkit]"))) {
    const model = live.get(el.dataset.sketchkit ?? "");
    if (!model) continue;
    const still = [...el.childNodes];
    try {
      el.replaceChildren();
      render({ model, el });
    } catch (error) {
      el.replaceChildren(...still, `This widget could not be shown: ${error}`);
    }
  }
  const fit = () => parent !== window && parent.postMessage({ sketchkit: window.name, height: document.documentElement.offsetHeight }, "*");
  new ResizeObserver(fit).observe(document.documentElement);
}
