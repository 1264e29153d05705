/**
 * Drawings as short strings, for links. A string consists of a version, a period, and bytes in base64url: the exponent of the unit, and
 * for each stroke its number of points and the steps from point to point. Steps are integer multiples of the unit. The unit is a
 * power of two that divides the longer side of the drawing into 512 to 1024 parts.
 * @module
 */
import { boundsOf, toSketch, toStrokes } from "./strokes.js";
import { say } from "../ui/words.js";

/** @typedef {import("./strokes.js").Point} Point */
/** @typedef {import("./strokes.js").Sketch} Sketch */

const VERSION = "1", PARTS = 1024;
/** Maximum number of characters of a string, of points of its drawing, and of bits of a step. */
const MAX_TEXT = 65536, MAX_POINTS = 20000, MAX_BITS = 42;
/** Range of the exponent of the unit. */
const EXPONENTS = [-40, 40];

/** @param {Sketch} sketch @returns {string} */
export function toText(sketch) {
  const strokes = toStrokes(sketch), [left, top, right, bottom] = boundsOf(strokes);
  const exponent = Math.min(Math.max(Math.ceil(Math.log2(Math.max(right - left, bottom - top, 1e-9) / PARTS)), EXPONENTS[0]), EXPONENTS[1]);
  const unit = 2 ** exponent, bytes = [exponent & 255];
  /** Append a whole number of at least 0, 7 bits in each byte. @param {number} number */
  const append = (number) => {
    for (; number > 127; number = Math.floor(number / 128)) bytes.push((number % 128) + 128);
    bytes.push(number);
  };
  const appendStep = (/** @type {number} */ step) => append(step < 0 ? -2 * step - 1 : 2 * step);
  let [x, y] = [0, 0], points = 0;
  for (const stroke of strokes) {
    append(stroke.length);
    points += stroke.length;
    for (const point of stroke) {
      const [toX, toY] = [Math.round(point[0] / unit), Math.round(point[1] / unit)];
      appendStep(toX - x);
      appendStep(toY - y);
      [x, y] = [toX, toY];
    }
  }
  const text = `${VERSION}.${btoa(bytes.map((byte) => String.fromCharCode(byte)).join("")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
  if (points > MAX_POINTS || text.length > MAX_TEXT) throw new Error(say("The drawing is too large for a link."));
  return text;
}

/** @param {string} text @returns {Sketch} */
export function fromText(text) {
  const damaged = new Error(say("The link does not contain a complete drawing."));
  if (text.length > MAX_TEXT) throw new Error(say("The link is too long for a drawing."));
  const [, version, data] = /^(\d{1,4})\.([\w-]*)$/.exec(text) ?? [];
  if (data === undefined) throw damaged;
  if (version !== VERSION) throw new Error(say("The link has version {version}; this page reads version {known}.", { version, known: VERSION }));
  const bytes = decode(data);
  if (!bytes?.length) throw damaged;
  let at = 1;
  const next = () => {
    let number = 0;
    for (let bit = 0; bit < MAX_BITS; bit += 7) {
      if (at >= bytes.length) throw damaged;
      const byte = bytes[at++];
      number += (byte % 128) * 2 ** bit;
      if (byte < 128) return number;
    }
    throw damaged;
  };
  const nextStep = () => {
    const number = next();
    return number % 2 ? -(number + 1) / 2 : number / 2;
  };
  const exponent = (bytes[0] << 24) >> 24, unit = 2 ** exponent;
  if (exponent < EXPONENTS[0] || exponent > EXPONENTS[1]) throw damaged;
  /** @type {Point[][]} */
  const strokes = [];
  let [x, y] = [0, 0], points = 0;
  while (at < bytes.length) {
    const length = next();
    points += length;
    if (!length || points > MAX_POINTS) throw damaged;
    strokes.push(Array.from({ length }, () => {
      [x, y] = [x + nextStep(), y + nextStep()];
      return /** @type {Point} */ ([x * unit, y * unit, 0.5]);
    }));
  }
  return toSketch(strokes);
}

/** @param {string} data base64url @returns {number[] | null} */
function decode(data) {
  try {
    return Array.from(atob(data.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

/** The drawing in the address of the page; null if there is none. @param {string} name of the parameter after "#" @returns {Sketch | null} */
export function drawingOfPage(name) {
  const hash = location.hash.slice(1);
  if (hash.length > 2 * MAX_TEXT) throw new Error(say("The link is too long for a drawing."));
  const text = new URLSearchParams(hash).get(name);
  return text === null ? null : fromText(text);
}

/** The address of the page, with a drawing as a parameter. @param {string} name @param {Sketch} sketch */
export function addressWith(name, sketch) {
  const url = new URL(location.href), parameters = new URLSearchParams(url.hash.includes("=") ? url.hash.slice(1) : "");
  parameters.set(name, toText(sketch));
  url.hash = parameters.toString();
  return url.href;
}
