/**
 * Between a widget's view and its kernel: traits in and out, weights by message.
 * @module
 */
import { sharedClient } from "./engine_client.js";
import { rateLimit } from "../ui/scheduling.js";

/** What a kernel's status is when its memory is gone, or soon will be. */
const DEAD_STATES = ["restarting", "autorestarting", "terminating", "dead"];
const KERNEL_DEAD = "The kernel has gone. What you drew stays here, and you can draw on; run the cell again to have it in Python.";
/** Milliseconds before the view shows that the kernel does not answer. */
const LATE_MS = 4000;

/**
 * What a widget's traits say about its model.
 * @typedef {object} ModelCard
 * @property {string} key hash of the weights
 * @property {string} name
 * @property {string} choice the name it was chosen by
 * @property {number} scale data units per model unit
 * @property {number} size of a typical drawing, in data units
 * @property {string} convention meaning of the temperature
 * @property {number | null} pen_temperature of the pen states; null: as the temperature
 * @property {boolean} conditional
 * @property {number} z_size
 * @property {number} max_points
 * @property {string[]} categories that have a code of their own
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
    this.listeners = [];
    this.closed = false;
    /** Aborted when there is nothing left to wait for: the kernel has gone or the view is closed. */
    this.end = new AbortController();
    /** Whether the kernel that made the widget has gone. */
    this.isDetached = false;
    this.maySync = rateLimit();
    const kernel = model.widget_manager?.kernel;
    const onStatus = (/** @type {any} */ _, /** @type {string} */ status) => DEAD_STATES.includes(status) && this.onKernelDead();
    kernel?.statusChanged?.connect?.(onStatus);
    this.disconnect = () => kernel?.statusChanged?.disconnect?.(onStatus);
  }

  /** The kernel is gone: the page draws on by itself. */
  onKernelDead() {
    this.isDetached = true;
    this.end.abort(new Error(KERNEL_DEAD));
    this.showError(KERNEL_DEAD);
  }

  /** @param {string} name */
  get(name) {
    return this.model.get(name);
  }

  /** Tell the kernel. @param {Record<string, any>} values */
  update(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.save();
  }

  /** Send what has been set. */
  save() {
    if (!this.isDetached) this.model.save_changes();
  }

  /** Whether now is a time to tell of a gesture that goes on: not too often, and only if somebody listens. */
  get shouldSync() {
    return this.get("_observed") && this.maySync();
  }

  /** @param {string} event @param {Function} act */
  on(event, act) {
    this.model.on(event, act);
    this.listeners.push([event, act]);
  }

  close() {
    this.closed = true;
    this.end.abort(new Error("The view is closed."));
    this.disconnect();
    for (const [event, act] of this.listeners) this.model.off(event, act);
  }

  /** @returns {ModelCard} */
  get card() {
    return this.get("_card");
  }

  /** Resolve when the model is in the engine; if it is replaced while it loads, when the new one is. */
  async ready() {
    for (let key = ""; key !== this.card.key;) {
      key = this.card.key;
      const text = `loading ${this.card.name} …`;
      this.showStatus(text);
      const late = setTimeout(() => this.showStatus(`${text} No answer from the kernel yet; if none is running, run this cell again.`), LATE_MS);
      try {
        await this.client.load(key, this.model, this.end.signal);
      } catch (error) {
        if (key === this.card.key || this.end.signal.aborted) throw error;
      } finally {
        clearTimeout(late);
      }
    }
    this.showStatus("");
  }

  /**
   * Draw; resolves to null if a newer request came.
   * @param {any} given
   * @param {(sketches: Float32Array[]) => void} [partial]
   * @param {string} [part] requests of different parts do not supersede each other
   */
  draw(given, partial, part = "") {
    const { convention, pen_temperature: penTemperature } = this.card;
    const all = { seed: this.get("seed"), temperature: this.get("temperature"), convention, penTemperature, partial: !!partial, ...given };
    return this.client.ask("draw", this.card.key, this.channel + part, all, partial);
  }

  /** @param {Float32Array} rows @param {string} [part] */
  encode(rows, part = "encode") {
    return this.client.ask("encode", this.card.key, this.channel + part, { rows });
  }

  /**
   * The output layer after rows.
   * @param {Float32Array} rows
   * @param {Float32Array | null} z
   * @returns {Promise<Float32Array | null>}
   */
  mixture(rows, z) {
    return this.client.ask("mixture", this.card.key, `${this.channel}mixture`, { rows, z });
  }

  /** @param {string} text */
  showStatus(text) {
    if (this.isDetached) return; // what was said last matters more
    this.status.textContent = text;
    this.status.classList.remove("sk-error");
  }

  /** @param {unknown} error */
  showError(error) {
    this.status.textContent = error instanceof Error ? error.message : String(error);
    this.status.classList.add("sk-error");
  }
}
