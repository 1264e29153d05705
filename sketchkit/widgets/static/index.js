/**
 * Render a widget: the entry point of the front-end.
 * @module
 */
import { authorField } from "./ui/author.js";
import { completeView } from "./views/complete.js";
import { copyLinkButton } from "./views/copy_link.js";
import { element } from "./ui/controls.js";
import { followScheme } from "./ui/theme.js";
import { followLocks } from "./ui/locks.js";
import { galleryView } from "./views/gallery.js";
import { guessView } from "./views/guess.js";
import { latentMapView } from "./views/latent_map.js";
import { latentSliderView } from "./views/latent_slider.js";
import { latentSlidersView } from "./views/latent_sliders.js";
import { nextPointView } from "./views/next_point.js";
import { Link } from "./runtime/model_link.js";
import { monitorView } from "./views/monitor.js";
import { morphView } from "./views/morph.js";
import { PageModel } from "./runtime/page_model.js";
import { reconstructView } from "./views/reconstruct.js";
import { resetButton } from "./views/reset.js";
import { padView } from "./views/sketch_pad.js";
import { temperatureSliderView } from "./views/temperature_slider.js";

/** @type {Record<string, (link: Link, root: HTMLElement) => void>} */
const VIEWS = {
  pad: padView, complete: completeView, reconstruct: reconstructView, morph: morphView, temperature_slider: temperatureSliderView,
  latent_slider: latentSliderView, next_point: nextPointView, monitor: monitorView,
  gallery: galleryView, guess: guessView, latent_map: latentMapView, latent_sliders: latentSlidersView,
};

/**
 * Whether a key is unused by the widget and could change the slide of a presentation; always false in a page with a kernel.
 * @param {KeyboardEvent & {target: HTMLElement}} event
 * @param {any} model
 */
const changesSlide = ({ key, target, defaultPrevented }, model) =>
  model instanceof PageModel && /^(Arrow|Page)/.test(key) && !defaultPrevented && !target.matches("input, select, textarea");

/**
 * Whether a key is unused by the widget and could be a shortcut of the program around it, for example Ctrl+S. Keys that undo, select or
 * copy belong to the widget.
 * @param {KeyboardEvent} event
 */
const isCommand = ({ key, ctrlKey, metaKey, defaultPrevented }) => (ctrlKey || metaKey) && !defaultPrevented && !/^[acvxyz]$/i.test(key);

/** @param {{model: any, el: HTMLElement}} context */
export function render({ model, el }) {
  // A key pressed in a widget must not run a command of the notebook, such as "d, d". JupyterLab receives key events after the widget, which stops
  // them. Notebook 7 receives them before the widget, but ignores keys while the focused element has this attribute of Lumino, a library
  // that both programs use.
  const root = element("div", { class: "sk-widget", keydown: (/** @type {any} */ event) => isCommand(event) || changesSlide(event, model) || event.stopPropagation(),
    focusin: (/** @type {any} */ { target }) => target.setAttribute("data-lm-suppress-shortcuts", "") });
  el.append(root);
  const endScheme = followScheme(root, (scheme) => (root.style.colorScheme = root.dataset.scheme = scheme));
  /** Change traits, and show the widget again as if it had just been created. @param {Record<string, any>} traits */
  const rebuild = (traits) => {
    const { isDetached } = link;
    link.close();
    for (const [name, value] of Object.entries(traits)) model.set(name, value);
    if (!isDetached) model.save_changes();
    link = build(model, root, rebuild);
    if (isDetached) link.onKernelDead();
    /** @type {HTMLElement} */ (root.querySelector(".sk-reset")).focus();
  };
  let link = build(model, root, rebuild);
  return () => {
    endScheme();
    link.close();
  };
}

/**
 * Fill the element of a widget.
 * @param {any} model
 * @param {HTMLElement} root
 * @param {(traits: Record<string, any>) => void} rebuild
 */
function build(model, root, rebuild) {
  delete root.dataset.ready;
  const status = element("div", { class: "sk-status", role: "status", "aria-live": "polite" });
  const link = new Link(model, status);
  const task = element("p", { class: "sk-task" }), warning = element("p", { class: "sk-error", role: "alert" });
  const showText = (/** @type {HTMLElement} */ node, /** @type {string} */ text) => {
    node.textContent = text;
    node.hidden = !text;
  };
  const author = element("div"), showAuthor = () => author.replaceChildren(...(link.get("ask_name") ? [authorField()] : []));
  const showTask = () => showText(task, link.get("task") ?? "");
  const locks = followLocks(root, () => ({ hidden: link.get("hidden") ?? [], locked: link.get("locked") ?? [] }), link.get("_names") ?? {}, (text) => showText(warning, text));
  showTask();
  showAuthor();
  root.replaceChildren(task, author, warning);
  VIEWS[model.get("_view")](link, root);
  root.append(element("div", { class: "sk-foot" }, status, element("div", { class: "sk-row" }, copyLinkButton(link), resetButton(link, rebuild))));
  locks.update();
  link.on("change:task", showTask);
  link.on("change:ask_name", showAuthor);
  for (const trait of ["hidden", "locked"]) link.on(`change:${trait}`, locks.update);
  link.end.signal.addEventListener("abort", () => link.closed && locks.end());
  root.dataset.ready = "true";
  return link;
}
