/**
 * The button that resets a widget to its initial state, and the button that undoes a reset.
 * @module
 */
import { button, element } from "../ui/controls.js";

/** @typedef {import("../runtime/model_link.js").Link} Link */

/** @typedef {{ traits: Record<string, any>, choice: string | undefined }} State the traits and the name of the model */

/** The state before the latest reset, by widget. @type {WeakMap<object, State>} */
const before = new WeakMap();

/**
 * @param {Link} link
 * @param {(traits: Record<string, any>) => void} rebuild changes traits and shows the widget again
 */
export function resetButton(link, rebuild) {
  /** The traits that a reset changes; empty in widgets saved by earlier versions. @type {Record<string, any>} */
  const start = link.get("_start") ?? {};
  const values = () => Object.fromEntries(Object.keys(start).map((name) => [name, link.get(name)]));
  /** @param {State} state @param {State} [earlier] the state to which "Undo reset" returns */
  const show = async ({ traits, choice }, earlier) => {
    if (row.ariaBusy && !link.isDetached) return;
    if (choice && choice !== link.card.choice && !link.isDetached) {
      row.ariaBusy = "true";
      const hasDrawn = await chooseModel(link, choice, row.closest(".sk-widget"));
      row.ariaBusy = null;
      if (hasDrawn) return; // a busy kernel may take long to load the model; keep what the user has drawn in the meantime
    }
    if (link.closed) return;
    if (earlier) before.set(link.model, earlier);
    else before.delete(link.model);
    rebuild(structuredClone(traits));
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

/**
 * Ask for a model, and wait until the widget has it.
 * @param {Link} link
 * @param {string} name
 * @param {Element | null} widget
 * @returns {Promise<boolean>} whether the user has drawn on the widget in the meantime
 */
const chooseModel = (link, name, widget) => new Promise((resolve) => {
  let hasDrawn = false;
  const onPointer = (/** @type {Event} */ { target }) => (hasDrawn ||= target instanceof Element && target.closest(".sk-pad") !== null);
  widget?.addEventListener("pointerdown", onPointer);
  link.on("change:_card", () => setTimeout(() => { // other traits change at the same time
    widget?.removeEventListener("pointerdown", onPointer);
    resolve(hasDrawn);
  }));
  link.model.send({ kind: "choose", name });
});
