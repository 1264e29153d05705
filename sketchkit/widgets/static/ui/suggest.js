/**
 * Suggestions of similar names for messages about unknown names.
 * @module
 */
import { say } from "./words.js";

/**
 * If one name is the other plus an underscore and a suffix, for example `hidden` and `hidden_controls`, their difference is at most this. Thus such
 * names are suggested even if the suffix is long.
 */
const BEGINNING = 0.35;
/** Maximum difference of a suggested name: the number of characters to change, divided by the length of the longer name. */
const MAX_DIFFERENCE = 0.4;

/**
 * A question that contains the most similar name; empty if no name is similar.
 * @param {string} name
 * @param {string[]} known
 */
export function suggestion(name, known) {
  const wanted = name.trim().toLowerCase();
  const difference = (/** @type {string} */ other) => {
    const isBeginning = wanted.startsWith(`${other}_`) || other.startsWith(`${wanted}_`);
    return Math.min(distance(wanted, other) / Math.max(wanted.length, other.length), isBeginning ? BEGINNING : 1);
  };
  const [best] = known.map((each) => ({ each, share: difference(each.toLowerCase()) }))
    .sort((a, b) => a.share - b.share);
  return best && best.share <= MAX_DIFFERENCE ? say("Did you mean “{name}”?", { name: best.each }) : "";
}

/** Number of characters to insert, remove or replace (Levenshtein distance). @param {string} a @param {string} b */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) row.push(Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + Number(a[i - 1] !== b[j - 1])));
  }
  return row[b.length];
}
