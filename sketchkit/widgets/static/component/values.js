/**
 * Values of attributes and properties: conversion from strings, and checks.
 * @module
 */
import { fromText } from "../editor/link_text.js";
import { toSketch } from "../editor/strokes.js";
import { say } from "../ui/words.js";

/** @typedef {import("./traits.js").Trait} Trait */
/** @typedef {import("./traits.js").Drawing} Drawing */

/** Maximum number of points of a drawing, of drawings in a list, and of characters of a string; the same as in Python. */
const MAX_POINTS = 200000, MAX_DRAWINGS = 10000, MAX_TEXT = 10000;

/** @param {any} value */
const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

/** What a trait expects, for error messages. @param {Trait} trait */
function expected({ kind, min, max, values, step }) {
  if (values) return say("one of {values}", { values: values.join(", ") });
  if (kind === "number") {
    const what = say(step ? "a whole number" : "a number");
    if (max !== undefined) return say("{what} from {min} to {max}", { what, min: min ?? "-∞", max });
    return min === undefined ? what : say("{what} of at least {min}", { what, min });
  }
  return say({
    boolean: "true or false", text: "a string", texts: "names, separated by commas", numbers: "numbers, separated by commas", booleans: "true or false for each stroke", marks: "a list for each drawing, with true or false for each stroke",
    drawing: "a drawing as JSON, or the string from a link", drawings: "a list of drawings as JSON, or of strings from links", codes: "lists of numbers",
    named: "an object that maps names to numbers or lists of numbers", ink: "strokes of points with x, y and pressure",
  }[kind] ?? kind);
}

/** A value in an error message. @param {any} value */
function shown(value) {
  const text = typeof value === "string" ? `“${value}”` : Array.isArray(value) ? say("a list of length {count}", { count: value.length }) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** @param {string} name @param {Trait} trait @param {any} value */
const unexpected = (name, trait, value) => new Error(say("{name}: expected {expected}, got {value}.", { name, expected: expected(trait), value: shown(value) }));

/**
 * Check a drawing: an object with `start` and `rows`, or a list of strokes, which are lists of points [x, y].
 * @param {any} value
 * @returns {Drawing | null} null if it is not a drawing
 */
function drawingOf(value) {
  if (Array.isArray(value)) {
    const isStroke = (/** @type {any} */ stroke) => Array.isArray(stroke) && stroke.every((point) => Array.isArray(point) && isNumber(point[0]) && isNumber(point[1]));
    if (!value.every(isStroke)) return null;
    checkCount(value.reduce((sum, stroke) => sum + stroke.length, 0));
    return toSketch(value.map((stroke) => stroke.map((/** @type {number[]} */ [x, y]) => [x, y, 0.5])));
  }
  const { start = [0, 0], rows } = value ?? {};
  if (!(Array.isArray(rows) || ArrayBuffer.isView(rows)) || !Array.isArray(start) || start.length !== 2 || !start.every(isNumber)) return null;
  const numbers = /** @type {number[]} */ (Array.from(/** @type {any} */ (rows)));
  checkCount(numbers.length / 3);
  if (numbers.length % 3 || !numbers.every(isNumber)) return null;
  return { start: [start[0], start[1]], rows: numbers.map((number, i) => (i % 3 === 2 ? Number(number !== 0) : number)) };
}

/** @param {number} points */
function checkCount(points) {
  if (points > MAX_POINTS) {
    throw new Error(say("The drawing has {points} points; a drawing has at most {max}.", { points: points.toLocaleString("en"), max: MAX_POINTS.toLocaleString("en") }));
  }
}

/** Functions that return the checked value, or undefined if it is invalid, by kind of trait. @type {Record<string, (value: any, trait: Trait) => any>} */
const CHECKS = {
  number: (value, { min = -Infinity, max = Infinity, step }) => (isNumber(value) && value >= min && value <= max && (!step || Number.isInteger(value)) ? value : undefined),
  boolean: (value) => (typeof value === "boolean" ? value : undefined),
  text: (value, { values }) => (typeof value === "string" && value.length <= MAX_TEXT && (!values || values.includes(value)) ? value : undefined),
  texts: (value) => (isList(value, (/** @type {any} */ each) => typeof each === "string" && each.length <= MAX_TEXT) ? [...value] : undefined),
  numbers: (value) => (isList(value, isNumber) ? Array.from(value) : undefined),
  booleans: (value) => (isList(value, (/** @type {any} */ each) => typeof each === "boolean") ? [...value] : undefined),
  marks: (value) => (isList(value, (/** @type {any} */ each) => isList(each, (/** @type {any} */ mark) => typeof mark === "boolean")) ? structuredClone(value) : undefined),
  drawing: (value) => (value === null ? { start: [0, 0], rows: [] } : drawingOf(value) ?? undefined),
  drawings: (value) => {
    const all = Array.isArray(value) && value.length <= MAX_DRAWINGS ? value.map((each) => drawingOf(typeof each === "string" ? fromText(each) : each)) : [null];
    return all.includes(null) ? undefined : all;
  },
  codes: (value) => (isList(value, (/** @type {any} */ each) => isList(each, isNumber)) ? structuredClone(value) : undefined),
  named: (value) => {
    const isValue = (/** @type {any} */ each) => isNumber(each) || isList(each, isNumber);
    return typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(isValue) ? structuredClone(value) : undefined;
  },
  ink: (value) => {
    if (!isList(value, (/** @type {any} */ stroke) => isList(stroke, (/** @type {any} */ point) => isList(point, isNumber) && point.length === 3))) return undefined;
    checkCount(value.reduce((/** @type {number} */ sum, /** @type {any[]} */ stroke) => sum + stroke.length, 0));
    return structuredClone(value);
  },
};

/** @param {any} value @param {(each: any) => boolean} matches */
const isList = (value, matches) => (Array.isArray(value) || ArrayBuffer.isView(value)) && Array.from(/** @type {any} */ (value)).every(matches);

/**
 * Check the value of a property.
 * @param {string} name
 * @param {Trait} trait
 * @param {any} value
 */
export function checked(name, trait, value) {
  const result = CHECKS[trait.kind](value, trait);
  if (result === undefined) throw unexpected(name, trait, value);
  return result;
}

/**
 * Return the value that a string stands for: the string of an attribute, or a string that a framework has assigned to a property.
 * @param {string} name
 * @param {Trait} trait
 * @param {string} text
 */
export function fromAttribute(name, trait, text) {
  const trimmed = text.trim();
  const parts = () => trimmed.split(/[\s,]+/).filter((part) => part);
  /** @type {any} */
  let value = text;
  if (trait.kind === "number") value = trimmed === "" ? NaN : Number(trimmed);
  else if (trait.kind === "boolean") value = { "": true, [name]: true, true: true, false: false }[trimmed];
  else if (trait.kind !== "text" && /^[[{]/.test(trimmed)) value = parsed(trimmed);
  else if (trait.kind === "texts") value = trimmed.split(",").map((part) => part.trim()).filter((part) => part);
  else if (trait.kind === "numbers") value = parts().map(Number);
  else if (trait.kind === "booleans") value = parts().map((part) => ({ true: true, false: false })[part]);
  else if (trait.kind === "drawing" && /^\d+\./.test(trimmed)) return fromText(trimmed);
  else if (trait.kind !== "text") value = parsed(trimmed);
  const result = value === undefined ? undefined : CHECKS[trait.kind](value, trait);
  if (result === undefined) throw unexpected(name, trait, text);
  return result;
}

/** @param {string} text @returns {any} undefined if it is not JSON */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
