/**
 * The button that resets a widget to its initial state, and the button that undoes a reset.
 * @module
 */
import { button, element } from "../ui/controls.js";

/** @typedef {import("../runtime/model_link.js").Link} Link */

/** The state before the latest reset, by widget. @type {WeakMap<object, { traits: Record<string, any>, choice: string | undefined }>} */
const before = new WeakMap();

/**
 * @param {Link} link
 * @param {(change: () => void) => void} rebuild shows the widget again after a change of its traits
 */
export function resetButton(link, rebuild) {
  /** The traits that a reset changes; empty in widgets saved by earlier versions. @type {Record<string, any>} */
  const start = link.get("_start") ?? {};
  const values = () => Object.fromEntries(Object.keys(start).map((name) => [name, link.get(name)]));
  /** The numbers of strokes that the user has drawn on the pads of the widget. */
  const drawn = () => [...(row.closest(".sk-widget")?.querySelectorAll(".sk-pad") ?? [])].map((pad) => /** @type {HTMLElement} */ (pad).dataset.strokes).join();
  /** @typedef {{ traits: Record<string, any>, choice: string | undefined }} State the traits and the name of the model */
  /** @param {State} state @param {State} [earlier] the state to which "Undo reset" returns */
  const show = async ({ traits, choice }, earlier) => {
    if (row.ariaBusy && !link.isDetached) return;
    const strokes = drawn();
    if (choice && choice !== link.card.choice && !link.isDetached) {
      row.ariaBusy = "true";
      await chooseModel(link, choice);
      row.ariaBusy = null;
    }
    // A busy kernel may take long to load the model. If the user has drawn in the meantime, keep the drawing.
    if (link.closed || drawn() !== strokes) return;
    if (earlier) before.set(link.model, earlier);
    else before.delete(link.model);
    rebuild(() => link.update(structuredClone(traits)));
  };
  const restore = button("Undo reset", () => {
    const earlier = before.get(link.model);
    if (earlier) void show(earlier);
  }, { title: "Restore the state before the reset" });
  restore.hidden = !before.has(link.model);
  const node = button("Reset", () => void show({ traits: start, choice: link.get("_start_choice") }, { traits: values(), choice: link.card?.choice }), {
    class: "sk-button sk-reset", title: "Return the drawing and all controls to their initial state" });
  const row = element("div", { class: "sk-row", hidden: !Object.keys(start).length }, restore, node);
  return row;
}

/** Ask for a model, and wait until the widget has it. @param {Link} link @param {string} name @returns {Promise<void>} */
const chooseModel = (link, name) => new Promise((resolve) => {
  link.on("change:_card", () => setTimeout(resolve)); // wait for the other traits, which change at the same time
  link.model.send({ kind: "choose", name });
});
