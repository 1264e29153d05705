/**
 * Values of an element that must fit its model: latent codes must have as many numbers as the model's codes, and a category must be one of
 * the model's.
 * @module
 */
import { say } from "../ui/words.js";

/** @typedef {import("./traits.js").Widget} Widget */

/**
 * Replace values that do not fit a model by their defaults.
 * @param {Record<string, any>} state
 * @param {import("../runtime/model_link.js").ModelCard} card
 * @param {Widget} widget
 * @returns {Map<string, string>} messages by the names of the properties
 */
export function fitToModel(state, card, { traits, needsCategories }) {
  /** @type {Map<string, string>} */
  const messages = new Map();
  for (const [name, { kind, value }] of Object.entries(traits)) {
    const isCode = kind === "numbers" && /^z(_|$)/.test(name);
    if (!isCode && kind !== "codes" && kind !== "named") continue;
    const codes = (isCode ? [state[name]] : Object.values(state[name])).filter((code) => typeof code !== "number" && code.length);
    const wrong = codes.find((code) => code.length !== card.z_size);
    if (!wrong) continue;
    messages.set(name, say("{name}: expected {size} numbers, got {count}.", { name, size: card.z_size, count: wrong.length }));
    state[name] = structuredClone(value);
  }
  if (state.category && !card.categories.includes(state.category)) {
    messages.set("category", say("category: {model} has no category “{name}”.", { model: card.name, name: state.category }));
    state.category = "";
  }
  if (needsCategories) state.category ||= card.categories[state.seed % card.categories.length];
  return messages;
}
