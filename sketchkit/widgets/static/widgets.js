/**
 * The widgets by name.
 * @module
 */
import { completeView } from "./complete.js";
import { element } from "./controls.js";
import { dimensionView } from "./dimension.js";
import { expectationView } from "./expectation.js";
import { Link } from "./link.js";
import { monitorView } from "./monitor.js";
import { morphView } from "./morph.js";
import { reconstructView } from "./reconstruct.js";
import { padView } from "./sketchpad.js";
import { temperatureView } from "./temperature.js";

/** @type {Record<string, (link: Link, root: HTMLElement) => void>} */
const VIEWS = {
  pad: padView, complete: completeView, reconstruct: reconstructView, morph: morphView, temperature: temperatureView,
  dimension: dimensionView, expectation: expectationView, monitor: monitorView,
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
