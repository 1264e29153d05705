/**
 * Binary files as text: deflated and encoded in base64, in an element of the page or in a script. A page that is
 * opened from disk can load scripts, but cannot read other files.
 * @module
 */
import { say } from "../ui/words.js";

/** The location of a file: its address, or an element of the page that contains its text. @typedef {string | Element} Place */

/** The text of a file. @param {Place} place @param {string} name the name of the file in messages */
export const textOf = async (place, name) => (typeof place === "string" ? loadScript(place, name) : place.textContent ?? "");

/** The bytes of a file as a stream, which throws a TypeError if the text is damaged. @param {string} text @returns {ReadableStream<Uint8Array>} */
export const inflate = (text) => new Blob([decode(text)]).stream().pipeThrough(new DecompressionStream("deflate"));

/** The bytes that a string encodes in base64; none if the string is not base64. @param {string} text @returns {Uint8Array<ArrayBuffer>} */
function decode(text) {
  try {
    const kind = /** @type {any} */ (Uint8Array);
    if (kind.fromBase64) return kind.fromBase64(text); // faster, but not yet in every browser
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

/**
 * Load the text of a file from a script, as model_file.py writes it.
 * @param {string} address
 * @param {string} name
 * @returns {Promise<string>}
 */
function loadScript(address, name) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script"), page = /** @type {any} */ (globalThis);
    script.src = address;
    script.onload = () => {
      resolve(String(page.__sketchkitModel ?? ""));
      delete page.__sketchkitModel;
      script.remove();
    };
    script.onerror = () => {
      script.remove();
      const file = { name, script: address.replace(/^.*\//, "") };
      reject(new Error(new URL(address).protocol === "file:"
        ? say("The model {name} could not be loaded. A page that is opened from disk needs {script}, which `sketchkit component --from-disk` writes.", file)
        : say("The model {name} could not be loaded: {reason}.", { ...file, reason: say("{script} is not available", file) })));
    };
    document.head.append(script);
  });
}
