/**
 * The button that resets a widget to its initial state, and the button that undoes a reset.
 * @module
 */
import { button, element } from "../ui/controls.js";

/** @typedef {import("../runtime/model_link.js").Link} Link */

/** The traits before the latest reset, by widget. @type {WeakMap<object, Record<string, any>>} */
const before = new WeakMap();

/**
 * @param {Link} link
 * @param {(change: () => void) => void} rebuild shows the widget again after a change of its traits
 */
export function resetButton(link, rebuild) {
  /** The traits that a reset changes; empty in widgets saved by earlier versions. @type {Record<string, any>} */
  const start = link.get("_start") ?? {};
  const values = () => Object.fromEntries(Object.keys(start).map((name) => [name, link.get(name)]));
  /** @param {Record<string, any>} traits @param {string | undefined} choice name of the model */
  const show = async (traits, choice) => {
    if (choice && choice !== link.card.choice && !link.isDetached) await chooseModel(link, choice);
    if (!link.closed) rebuild(() => link.update(structuredClone(traits)));
  };
  const restore = button("Undo reset", () => {
    const earlier = before.get(link.model);
    before.delete(link.model);
    if (earlier) void show(earlier.traits, earlier.choice);
  }, { title: "Restore the state before the reset" });
  restore.hidden = !before.has(link.model);
  const node = button("Reset", () => {
    before.set(link.model, { traits: values(), choice: link.card?.choice });
    void show(start, link.get("_start_choice"));
  }, { class: "sk-button sk-reset", title: "Return the drawing and all controls to their initial state" });
  return element("div", { class: "sk-row", hidden: !Object.keys(start).length }, restore, node);
}

/** Ask for a model, and wait until the widget has it. @param {Link} link @param {string} name @returns {Promise<void>} */
const chooseModel = (link, name) => new Promise((resolve) => {
  link.on("change:_card", () => setTimeout(resolve)); // wait for the other traits, which change at the same time
  link.model.send({ kind: "choose", name });
});
