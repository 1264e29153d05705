/**
 * Model files (`*.sk`, see model_file.py): loading and checks. All widgets of a page share one `ModelFiles`, which loads each file once.
 * @module
 */
import { say } from "../ui/words.js";
import { inflate, textOf } from "./text_files.js";

/** @typedef {import("./page_model.js").ModelEntry} ModelEntry */
/** @typedef {import("./text_files.js").Place} Place */

const MAGIC = "SKMODEL\n", VERSION = 1;
/** Number of bytes before the header, and maximum size of the header and of the tensors, in bytes. */
const PREFIX = 16, MAX_HEADER = 2 ** 20, MAX_BYTES = 2 ** 28;
/** The address of a model file that is a script, which pages from a server and from disk can load. */
const SCRIPT = /\.sk\.js$/;

/**
 * A file. `bytes` is null after the weights have been sent to the engine.
 * @typedef {{entry: ModelEntry, bytes: DataView | null}} ModelFile
 */

/** Called with the number of loaded bytes and the size of the file; the size is 0 while it is unknown. @typedef {(loaded: number, total: number) => void} Progress */

export class ModelFiles {
  /** @type {Map<Place, Promise<ModelFile>>} */
  #files = new Map();
  /** @type {Map<Place, Set<Progress>>} */
  #listeners = new Map();
  /** Locations of the models, by key. @type {Map<string, Place>} */
  #places = new Map();

  /**
   * Load a file, unless it has been loaded.
   * @param {Place} place
   * @param {Progress} [progress]
   * @returns {Promise<ModelEntry>}
   */
  async load(place, progress) {
    return (await this.#file(place, progress)).entry;
  }

  /**
   * The weights of a loaded model. The page does not keep them; if they are needed again, for example after a worker has failed, the file
   * is loaded again.
   * @param {string} key
   * @returns {Promise<{entry: ModelEntry, bytes: DataView}>}
   */
  async weights(key) {
    const place = this.#places.get(key);
    if (place === undefined) throw new Error(say("This page does not contain that model."));
    let file = await this.#file(place);
    if (!file.bytes) {
      this.#files.delete(place);
      file = await this.#file(place);
    }
    const { entry, bytes } = file;
    if (!bytes) return this.weights(key); // another element has sent the weights to the engine in the meantime
    file.bytes = null;
    return { entry, bytes };
  }

  /** @param {Place} place @param {Progress} [progress] */
  async #file(place, progress) {
    const listeners = this.#listeners.get(place) ?? new Set();
    this.#listeners.set(place, listeners);
    if (progress) listeners.add(progress);
    try {
      const loading = this.#files.get(place) ?? readFile(place, (loaded, total) => listeners.forEach((listener) => listener(loaded, total)));
      this.#files.set(place, loading);
      const file = await loading;
      this.#places.set(file.entry.key, place);
      return file;
    } catch (error) {
      this.#files.delete(place); // so that the next element tries again
      throw error;
    } finally {
      if (progress) listeners.delete(progress);
    }
  }
}

/** @param {Place} place @param {Progress} progress @returns {Promise<ModelFile>} */
async function readFile(place, progress) {
  const name = typeof place === "string" ? nameOf(place) : `#${place.id}`;
  if (typeof place !== "string" || SCRIPT.test(place)) return fromText(await textOf(place, name), name, progress);
  if (new URL(place).protocol === "file:") return fromText(await textOf(`${place}.js`, name), name, progress);
  const failed = (/** @type {unknown} */ reason) => new Error(say("The model {name} could not be loaded: {reason}.", { name, reason: String(reason) }));
  let response;
  try {
    response = await fetch(place);
  } catch (error) {
    throw failed(error instanceof Error ? error.message : error);
  }
  if (!response.ok || !response.body) throw failed(say("the server answered {status}", { status: response.status }));
  return parse(await readAll(response.body.getReader(), name, progress), name);
}

/** The name of a file in messages and lists. @param {string} address */
export function nameOf(address) {
  const file = /([^/?#]*)(?:[?#].*)?$/.exec(address)?.[1] ?? "";
  try {
    return decodeURIComponent(file).replace(/\.sk(\.js)?$/, "") || address;
  } catch {
    return file; // the name contains a percent sign that is not part of an encoded character
  }
}

/**
 * Read a file; stop as soon as its bytes show that it is not a model file.
 * @param {ReadableStreamDefaultReader<Uint8Array>} reader
 * @param {string} name
 * @param {Progress} progress
 */
async function readAll(reader, name, progress) {
  let buffer = new Uint8Array(2 ** 16), used = 0, total = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return buffer.subarray(0, used);
      const needed = Math.max(used + value.length, total);
      if (needed > buffer.length) {
        const larger = new Uint8Array(total ? needed : 2 * needed);
        larger.set(buffer.subarray(0, used));
        buffer = larger;
      }
      buffer.set(value, used);
      used += value.length;
      total ||= readHeader(buffer.subarray(0, used), name)?.size ?? 0;
      if (used > (total || PREFIX + MAX_HEADER + MAX_BYTES)) throw damaged(name);
      progress(used, total);
    }
  } catch (error) {
    void reader.cancel().catch(() => {});
    throw error;
  }
}

/** @param {string} name */
const damaged = (name) => new Error(say("The model {name} is damaged.", { name }));

/**
 * The header of a file, and the size of the file; null if more bytes are needed.
 * @param {Uint8Array} bytes
 * @param {string} name
 * @returns {{header: any, start: number, size: number} | null}
 */
function readHeader(bytes, name) {
  const magic = [...bytes.subarray(0, MAGIC.length)].map((byte) => String.fromCharCode(byte)).join("");
  if (!MAGIC.startsWith(magic)) throw new Error(say("{name} is not a model file of sketchkit (.sk).", { name }));
  if (bytes.length < PREFIX) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset), version = view.getUint32(8, true), length = view.getUint32(12, true);
  if (version !== VERSION) throw new Error(say("{name} is a model file of version {version}; this page reads version {known}.", { name, version, known: VERSION }));
  if (length > MAX_HEADER) throw damaged(name);
  if (bytes.length < PREFIX + length) return null;
  let header;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(PREFIX, PREFIX + length)));
  } catch {
    throw damaged(name);
  }
  if (!isHeader(header)) throw damaged(name);
  return { header, start: PREFIX + length, size: PREFIX + length + header.bytes };
}

/** Whether a header has all properties that the widgets read. The engine checks `config` and `index`. @param {any} header */
function isHeader(header) {
  const { card, key, config, index, bytes } = header ?? {};
  const isCount = (/** @type {any} */ value) => Number.isInteger(value) && value >= 0 && value <= MAX_BYTES;
  const isPositive = (/** @type {any} */ value) => Number.isFinite(value) && value > 0;
  return [card, config, config?.hparams, index].every((each) => typeof each === "object" && each !== null) &&
    /^[0-9a-f]{32}$/.test(key) && card.key === key && isCount(bytes) &&
    typeof card.name === "string" && isPositive(card.scale) && isPositive(card.size) && Number.isFinite(card.temperature) && card.temperature >= 0 &&
    ["paper", "tf1", "js"].includes(card.convention) && (card.pen_temperature === null || Number.isFinite(card.pen_temperature)) &&
    typeof card.conditional === "boolean" && isCount(card.z_size) && isCount(card.max_points) &&
    Array.isArray(card.categories) && card.categories.every((/** @type {any} */ each) => typeof each === "string");
}

/** @param {Uint8Array} bytes @param {string} name @returns {ModelFile} */
function parse(bytes, name) {
  const found = readHeader(bytes, name);
  if (!found || bytes.length < found.size) {
    throw new Error(say("The model {name} is incomplete: expected {size} bytes, got {bytes}.", { name, size: found?.size ?? PREFIX, bytes: bytes.length }));
  }
  if (bytes.length > found.size) throw damaged(name);
  const { card, key, config, index } = found.header;
  return { entry: { card, key, config, index }, bytes: new DataView(bytes.buffer, bytes.byteOffset + found.start, found.header.bytes) };
}

/**
 * Read a file from its text, as model_file.py writes it.
 * @param {string} text
 * @param {string} name
 * @param {Progress} progress
 */
async function fromText(text, name, progress) {
  try {
    return parse(await readAll(inflate(text).getReader(), name, progress), name);
  } catch (error) {
    throw error instanceof TypeError ? damaged(name) : error; // the stream throws a TypeError for damaged data
  }
}
