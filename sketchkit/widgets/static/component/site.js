/**
 * The script of a site: the elements of the component, and widgets that the page describes by their traits. Both share the engine and
 * the model files, and are rendered when they come into view.
 * @module
 */
import { mount } from "../runtime/static_page.js";
import { whenInView } from "../ui/in_view.js";
import { define } from "./element.js";
import { shared, useSharedClient } from "./shared.js";
import { WIDGETS } from "./traits.js";

define(WIDGETS);
if (document.querySelector("[data-sketchkit]")) {
  useSharedClient();
  mount(shared().files, whenInView);
}
