/**
 * The language of the labels and messages. The code contains the English text, and each other language has a table of
 * translations, for example german.js.
 *
 * To add a label or message, pass its English text to `say`, with the names of values in braces, as in
 * `say("Loading {name} …", { name })`, and add a row to each table. Text without a row stays English. The functions in controls.js
 * that create buttons, sliders and lists call `say` themselves, and `element` calls it for the attributes `title`, `aria-label`
 * and `placeholder`. To add a language, add a table to `LANGUAGES` and one to `CATEGORIES`.
 * @module
 */
import { GERMAN } from "./german.js";
import { GERMAN_CATEGORIES } from "./german_categories.js";

/** Translations by language and English text. @type {Record<string, Record<string, string>>} */
const LANGUAGES = { de: GERMAN };
/** Names of categories by language. @type {Record<string, Record<string, string>>} */
const CATEGORIES = { de: GERMAN_CATEGORIES };

/** The language of the labels: the language of the page if there is a table for it, otherwise English. */
export function language() {
  const ofPage = document.documentElement.lang.split("-")[0].toLowerCase();
  return Object.hasOwn(LANGUAGES, ofPage) ? ofPage : "en";
}

/**
 * Translate a label or message to the language of the page, and insert the values.
 * @param {string} text the English text
 * @param {Record<string, string | number>} [values] values of the names in braces
 */
export function say(text, values = {}) {
  const table = LANGUAGES[language()], said = table && Object.hasOwn(table, text) ? table[text] : text;
  return said.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** The name of a category in the language of the page, if it is a category of a bundled model. @param {string} name */
export function categoryName(name) {
  const table = CATEGORIES[language()];
  return table && Object.hasOwn(table, name) ? table[name] : name;
}

/** A number of points in words. @param {number} count */
export const pointCount = (count) => (count === 1 ? say("1 point") : say("{count} points", { count }));

/** A number of strokes in words. @param {number} count */
export const strokeCount = (count) => (count === 1 ? say("1 stroke") : say("{count} strokes", { count }));
