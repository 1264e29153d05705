/**
 * Connection of a widget's view to its kernel and to the engine.
 * @module
 */
import { sharedClient } from "./engine_client.js";
import { isUsable } from "../ui/locks.js";
import { rateLimit } from "../ui/scheduling.js";
import { say } from "../ui/words.js";

/** Kernel statuses in which the widget's Python object is lost. */
const DEAD_STATES = ["restarting", "autorestarting", "terminating", "dead"];
const KERNEL_DEAD = "The kernel has disconnected. You can keep drawing here; run the cell again to connect the widget to Python.";
const INTERNAL = "This did not work because of an error in sketchkit. The browser's console shows the details.";
/** Milliseconds before the view shows that the kernel has not answered. */
const LATE_MS = 4000;

/**
 * Description of a widget's model, in its trait `_card`.
 * @typedef {object} ModelCard
 * @property {string} key hash of the weights
 * @property {string} name
 * @property {string} choice name or path that the model was loaded from
 * @property {number} scale data units per model unit
 * @property {number} size size of a typical drawing, in data units
 * @property {string} convention temperature convention: paper, tf1 or js
 * @property {number | null} pen_temperature temperature of the pen states; null: the same as that of the points
 * @property {boolean} conditional
 * @property {number} z_size
 * @property {number} max_points
 * @property {string[]} categories names of the categories
 */

/** The connection of one view. */
export class Link {
  /**
   * @param {any} model the widget's model: get, set, on, off, send, save_changes
   * @param {HTMLElement} status element that shows messages and errors
   */
  constructor(model, status) {
    this.model = model;
    this.status = status;
    this.channel = `view-${Math.random().toString(36).slice(2)}`;
    /** @type {[string, Function][]} */
    this.listeners = [];
    this.closed = false;
    /** Aborted when the kernel has disconnected or the view is closed. */
    this.end = new AbortController();
    /** Whether the kernel that created the widget has disconnected. */
    this.isDetached = false;
    this.maySync = rateLimit();
    const kernel = model.widget_manager?.kernel;
    const onStatus = (/** @type {any} */ _, /** @type {string} */ status) => DEAD_STATES.includes(status) && this.onKernelDead();
    kernel?.statusChanged?.connect?.(onStatus);
    this.disconnect = () => kernel?.statusChanged?.disconnect?.(onStatus);
  }

  /** The engine, which is started when it is first needed. */
  get client() {
    return sharedClient();
  }

  /** Report that the kernel has disconnected; the view continues without it. */
  onKernelDead() {
    this.isDetached = true;
    this.end.abort(new Error(KERNEL_DEAD));
    this.showError(KERNEL_DEAD);
  }

  /** @param {string} name */
  get(name) {
    return this.model.get(name);
  }

  /** Set traits and send them to the kernel. @param {Record<string, any>} values */
  update(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.save();
  }

  /** Send changed traits to the kernel. */
  save() {
    if (!this.isDetached) this.model.save_changes();
  }

  /**
   * Whether a control can be used: it is neither hidden nor locked.
   * @param {string} name
   * @param {boolean} [isTool] whether it belongs to the toolbar of a pad
   */
  isUsable(name, isTool = false) {
    return isUsable([...(this.get("hidden") ?? []), ...(this.get("locked") ?? [])], name, isTool);
  }

  /** Whether to send traits during a gesture: only if Python observes them, and at most 20 times a second. */
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

  /** Wait until the model is in the engine; if another model replaces it in the meantime, wait for that one. */
  async ready() {
    for (let key = ""; key !== this.card.key;) {
      key = this.card.key;
      const text = say("Loading {name} …", { name: this.card.name });
      this.showStatus(text);
      const late = setTimeout(() => this.showStatus(`${text} ${say("The kernel has not answered yet; if none is running, run this cell again.")}`), LATE_MS);
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
   * Draw; the result is null if a newer request has superseded this one.
   * @param {any} given see `Model.draw`; the seed and temperature of the traits are the defaults
   * @param {(sketches: Float32Array[]) => void} [partial] called with unfinished drawings
   * @param {string} [part] name of a part of the view; requests of different parts do not supersede each other
   */
  draw(given, partial, part = "") {
    const { convention, pen_temperature: penTemperature } = this.card;
    const options = { seed: this.get("seed"), temperature: this.get("temperature"), convention, penTemperature, partial: !!partial, ...given };
    return this.client.ask("draw", this.card.key, this.channel + part, options, partial);
  }

  /** The latent code of a drawing. @param {Float32Array} rows @param {string} [part] */
  encode(rows, part = "encode") {
    return this.client.ask("encode", this.card.key, this.channel + part, { rows });
  }

  /**
   * The outputs of the last layer after the given rows of a drawing.
   * @param {Float32Array} rows
   * @param {Float32Array | null} z
   * @returns {Promise<Float32Array | null>}
   */
  mixture(rows, z) {
    return this.client.ask("mixture", this.card.key, `${this.channel}mixture`, { rows, z });
  }

  /** The probability of each category of a drawing. @param {Float32Array} rows @returns {Promise<Float32Array | null>} */
  guess(rows) {
    return this.client.ask("guess", this.card.key, `${this.channel}guess`, { rows, categories: this.card.categories.length });
  }

  /**
   * Show a message.
   * @param {string} text
   * @param {HTMLElement} [button] takes the place of `{button}` in the text
   */
  showStatus(text, button) {
    if (this.isDetached) return; // keep the message about the kernel
    const [before, after] = say(text).split("{button}");
    this.status.replaceChildren(before, ...(button ? [button, after] : []));
    this.status.classList.remove("sk-error");
  }

  /**
   * Show an error to the user. The details of a programming error are of no use to the user, so they go to the console.
   * @param {unknown} error
   */
  showError(error) {
    const isInternal = error instanceof TypeError || error instanceof ReferenceError;
    if (isInternal) console.error(error);
    this.status.textContent = say(isInternal ? INTERNAL : error instanceof Error ? error.message : String(error));
    this.status.classList.add("sk-error");
  }
}
