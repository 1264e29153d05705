/**
 * Replacement for a widget's model (get, set, on, off, send, save_changes) in a page without a kernel. It keeps the traits in the page, and
 * answers the requests for sketch-rnn models and arrays that would go to the kernel.
 * @module
 */
import { say } from "../ui/words.js";

/**
 * A model of the page, without its weights.
 * @typedef {object} ModelEntry
 * @property {any} card see `ModelCard` in model_link.js
 * @property {string} key
 * @property {any} config
 * @property {any} index
 */

/**
 * The models of a page.
 * @typedef {object} Models
 * @property {(choice: string) => Promise<{card: any}>} choose returns the properties of the model that has this name in the list of models
 * @property {(key: string) => Promise<{entry: ModelEntry, bytes: DataView}>} weights loads the weights of a model
 * @property {(key: string) => Promise<DataView>} [arrays] loads a buffer of arrays; absent if the page has none
 */

export class PageModel {
  /**
   * @param {Record<string, any>} state
   * @param {Models} models
   */
  constructor(state, models) {
    this.state = state;
    this.models = models;
    /** @type {Map<string, Function[]>} */
    this.listeners = new Map();
    /** Names of the traits that the view has set since it saved them last. @type {Set<string>} */
    this.changed = new Set();
    /** Called with the names of traits that the view has set, when a gesture ends and, at most 20 times a second, during it. @type {(names: string[]) => void} */
    this.saved = () => {};
  }

  /** @param {string} name */
  get(name) {
    return this.state[name];
  }

  /** @param {string} name @param {any} value */
  set(name, value) {
    if (JSON.stringify(this.state[name]) === JSON.stringify(value)) return;
    this.changed.add(name);
    this.assign(name, value);
  }

  /** Set a trait from outside of the view. @param {string} name @param {any} value */
  assign(name, value) {
    this.state[name] = value;
    this.emit(`change:${name}`);
  }

  save_changes() {
    const names = [...this.changed];
    this.changed.clear();
    if (names.length) this.saved(names);
  }

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
    const answer = (/** @type {any} */ content, /** @type {any[]} */ buffers = []) => this.emit("msg:custom", content, buffers);
    const text = (/** @type {unknown} */ error) => (error instanceof Error ? error.message : String(error));
    if (kind === "choose") {
      this.models.choose(name).then(({ card }) => this.use(card), (error) => answer({ kind: "refused", error: text(error) }));
    } else if (kind === "weights") {
      this.models.weights(key).then(({ entry, bytes }) => answer({ kind, key, config: entry.config, index: entry.index }, [bytes]),
        (error) => answer({ kind, key, error: text(error) }));
    } else if (kind === "arrays") {
      const arrays = this.models.arrays?.(key) ?? Promise.reject(new Error(say("This page does not contain the drawings.")));
      arrays.then((bytes) => answer({ kind, key }, [bytes]), (error) => answer({ kind, key, error: text(error) }));
    }
  }

  /** Switch to another model. Latent codes of the current model are removed, because they have no meaning in the other model. @param {any} card */
  use(card) {
    for (const trait of Object.keys(this.state)) if (/^z(_|$)/.test(trait)) this.state[trait] = [];
    this.assign("_card", card);
  }
}
