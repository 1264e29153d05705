/**
 * Between a widget's view and its kernel: traits in and out, weights by message.
 * @module
 */
import { sharedClient } from "./client.js";

/**
 * What a widget's traits say about its model.
 * @typedef {object} ModelCard
 * @property {string} key hash of the weights
 * @property {string} name
 * @property {number} scale data units per model unit
 * @property {number} size of a typical drawing, in data units
 * @property {boolean} conditional
 * @property {number} z_size
 * @property {number} max_points
 */

/** A view's connection. */
export class Link {
  /**
   * @param {any} model the widget's model: get, set, on, off, send, save_changes
   * @param {HTMLElement} status where news and errors are told
   */
  constructor(model, status) {
    this.model = model;
    this.status = status;
    this.client = sharedClient();
    this.channel = `view-${Math.random().toString(36).slice(2)}`;
    /** @type {[string, Function][]} */
    this.listening = [];
    this.closed = false;
  }

  /** @param {string} name */
  get(name) {
    return this.model.get(name);
  }

  /** Tell the kernel. @param {Record<string, any>} values */
  tell(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.model.save_changes();
  }

  /** @param {string} event @param {Function} act */
  on(event, act) {
    this.model.on(event, act);
    this.listening.push([event, act]);
  }

  close() {
    this.closed = true;
    for (const [event, act] of this.listening) this.model.off(event, act);
  }

  /** @returns {ModelCard} */
  get card() {
    return this.get("_card");
  }

  /** Have the model in the engine. */
  async ready() {
    const { key, name } = this.card;
    if (!key) throw new Error("this widget has no model");
    this.say(`loading ${name} …`);
    await this.client.load(key, () => this.fetch(key));
    this.say("");
  }

  /**
   * Ask the kernel for weights.
   * @param {string} key
   * @returns {Promise<import("./client.js").Delivery>}
   */
  fetch(key) {
    return new Promise((resolve, reject) => {
      const receive = (/** @type {any} */ content, /** @type {any[]} */ buffers) => {
        if (content?.kind !== "weights" || content.key !== key) return;
        this.model.off("msg:custom", receive);
        if (content.error) return reject(new Error(content.error));
        const bytes = buffers[0];
        const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
        resolve({ config: content.config, index: content.index, dtype: content.dtype, buffer });
      };
      this.model.on("msg:custom", receive);
      this.model.send({ kind: "weights", key });
    });
  }

  /**
   * Draw; resolves to null if a newer request came.
   * @param {any} given
   * @param {(sketches: Float32Array[]) => void} [partial]
   * @param {string} [part] requests of different parts do not supersede each other
   */
  draw(given, partial, part = "") {
    const all = { seed: this.get("seed"), temperature: this.get("temperature"), partial: !!partial, ...given };
    return this.client.ask("draw", this.card.key, this.channel + part, all, partial);
  }

  /** @param {Float32Array} rows @param {string} [part] */
  encode(rows, part = "encode") {
    return this.client.ask("encode", this.card.key, this.channel + part, { rows });
  }

  /** @param {string} text */
  say(text) {
    this.status.textContent = text;
    this.status.classList.remove("sk-error");
  }

  /** @param {unknown} error */
  fail(error) {
    this.status.textContent = error instanceof Error ? error.message : String(error);
    this.status.classList.add("sk-error");
  }
}
