/**
 * Render a widget: the entry point of the front-end.
 * @module
 */
import { completeView } from "./views/complete.js";
import { element } from "./ui/controls.js";
import { latentSliderView } from "./views/latent_slider.js";
import { nextPointView } from "./views/next_point.js";
import { Link } from "./runtime/model_link.js";
import { monitorView } from "./views/monitor.js";
import { morphView } from "./views/morph.js";
import { reconstructView } from "./views/reconstruct.js";
import { padView } from "./views/sketch_pad.js";
import { temperatureSliderView } from "./views/temperature_slider.js";

/** @type {Record<string, (link: Link, root: HTMLElement) => void>} */
const VIEWS = {
  pad: padView, complete: completeView, reconstruct: reconstructView, morph: morphView, temperature_slider: temperatureSliderView,
  latent_slider: latentSliderView, next_point: nextPointView, monitor: monitorView,
};

/** @param {{model: any, el: HTMLElement}} context */
export function render({ model, el }) {
  const status = element("div", { class: "sk-status", role: "status", "aria-live": "polite" });
  const root = element("div", { class: "sk-widget", keydown: (/** @type {Event} */ event) => event.stopPropagation() });
  const link = new Link(model, status);
  VIEWS[model.get("_view")](link, root);
  root.append(status);
  el.append(root);
  root.dataset.ready = "true";
  return () => link.close();
}
