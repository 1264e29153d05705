/**
 * Arrays that a widget receives in one buffer: from the kernel or, in an exported page, from a file of the page.
 * @module
 */
import { halfToFloat32 } from "./engine_server.js";
import { Arrivals } from "./request.js";

/** @typedef {Uint8Array | Uint16Array | Int16Array | Uint32Array | Float32Array} NumberArray */
/**
 * Description of a buffer: its hash, and for each array its byte offset, number of values and type.
 * @typedef {{key: string, index: Record<string, [number, number, string]>}} ArraysCard
 */

/** Size of a value in bytes. @type {Record<string, number>} */
const BYTES = { uint8: 1, uint16: 2, int16: 2, uint32: 4, float16: 2, float32: 4 };

/** Received buffers, which the views of a page share. @type {Arrivals<ArrayBuffer>} */
const arrivals = new Arrivals();

/**
 * Repeat the request for a buffer until it arrives, and unpack its arrays.
 * @param {ArraysCard} card
 * @param {any} model the widget's model, which sends and receives messages
 * @param {AbortSignal} signal cancels the request
 * @returns {Promise<Record<string, NumberArray>>}
 */
export async function loadArrays({ key, index }, model, signal) {
  const read = (/** @type {any} */ content, /** @type {any[]} */ buffers) => {
    if (content?.kind !== "arrays" || content.key !== key) return undefined;
    if (content.error) throw new Error(content.error);
    const [bytes] = buffers;
    return Promise.resolve(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  };
  return unpackArrays(index, await arrivals.get(key, model, { kind: "arrays", key }, read, signal));
}

/**
 * Unpack the arrays that arrays.py has packed. float16 becomes float32; the other arrays are views of the buffer.
 * @param {ArraysCard["index"]} index
 * @param {ArrayBuffer} buffer
 */
export function unpackArrays(index, buffer) {
  /** @type {Record<string, NumberArray>} */
  const arrays = {};
  for (const [name, [at, count, type]] of Object.entries(index)) {
    if (!(at >= 0 && at + count * (BYTES[type] ?? Infinity) <= buffer.byteLength)) throw new Error(`array ${name}: its bytes are outside the buffer`);
    if (type === "uint8") arrays[name] = new Uint8Array(buffer, at, count);
    else if (type === "uint16") arrays[name] = new Uint16Array(buffer, at, count);
    else if (type === "int16") arrays[name] = new Int16Array(buffer, at, count);
    else if (type === "uint32") arrays[name] = new Uint32Array(buffer, at, count);
    else if (type === "float32") arrays[name] = new Float32Array(buffer, at, count);
    else arrays[name] = halfToFloat32(new Uint16Array(buffer, at, count));
  }
  return arrays;
}
