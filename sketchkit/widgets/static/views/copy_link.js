/**
 * The button that copies a link to the page with the drawing of a widget.
 * @module
 */
import { addressWith } from "../editor/link_text.js";
import { button, element } from "../ui/controls.js";
import { say } from "../ui/words.js";

/** @typedef {import("../runtime/model_link.js").Link} Link */

/**
 * The name of the parameter of a link that contains the drawing, and the name of the trait with the drawing. The state of the widget contains
 * both as `_link`.
 * @typedef {{name: string, trait: string}} Place
 */

/** @param {Link} link */
export function copyLinkButton(link) {
  /** @type {Place | undefined} */
  const place = link.get("_link");
  if (!place) return element("span", { hidden: true });
  return button("Copy link", async () => {
    let address = "";
    try {
      if (!link.get(place.trait).rows.length) return link.showStatus("There is no drawing yet.");
      address = addressWith(place.name, link.get(place.trait));
      await navigator.clipboard.writeText(address);
      link.showStatus("Copied.");
    } catch (error) {
      if (address) link.showStatus(address); // the browser does not allow copying; the user can select the address
      else link.showError(error);
    }
  }, { title: "Copy a link to this page with the drawing" });
}
