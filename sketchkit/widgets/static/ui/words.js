/**
 * The language of the labels and messages. English texts are in the code, and each other language has a table of their
 * translations, for example german.js.
 *
 * To add a text, pass it to `say` with its values in braces, as in `say("Loading {name} …", { name })`, and add a row to each
 * table; a text without a row stays English. Buttons, sliders, lists and the attributes `title`, `aria-label` and `placeholder`
 * of `element` call `say` themselves. To add a language, add a table to `LANGUAGES`.
 * @module
 */
import { GERMAN } from "./german.js";

/** Translations by language and English text. @type {Record<string, Record<string, string>>} */
const LANGUAGES = { de: GERMAN };

/** The language of the labels: that of the page if it has a table, otherwise English. */
export function language() {
  const ofPage = document.documentElement.lang.split("-")[0].toLowerCase();
  return Object.hasOwn(LANGUAGES, ofPage) ? ofPage : "en";
}

/**
 * A text in the language of the page.
 * @param {string} text the English text
 * @param {Record<string, string | number>} [values] values of the names in braces
 */
export function say(text, values = {}) {
  const table = LANGUAGES[language()], said = table && Object.hasOwn(table, text) ? table[text] : text;
  return said.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
