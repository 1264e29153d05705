/**
 * The engine with its workers, and the model files, which all elements of a page share. A page in a frame also shares them with the
 * pages that contain the frame, as long as their origin is the same.
 * @module
 */
import { Client, useClient } from "../runtime/engine_client.js";
import { VERSION } from "../runtime/version.js";
import { ModelFiles } from "../runtime/model_files.js";

/** @typedef {{files: ModelFiles, client: () => Client}} Shared */

/** @returns {Shared} */
function create() {
  /** @type {Client | undefined} */
  let client;
  return { files: new ModelFiles(), client: () => (client ??= new Client()) };
}

/** This page and the pages that contain it, from the inside to the outside, as long as their origin is the same. */
function pages() {
  const found = [window];
  try {
    for (let page = window; page !== page.parent; page = /** @type {any} */ (page.parent)) {
      void page.parent.document; // throws if the page has another origin
      found.push(/** @type {any} */ (page.parent));
    }
  } catch {
    // the next page has another origin
  }
  return found;
}

/** @type {Shared | undefined} */
let own;

/** @returns {Shared} */
export function shared() {
  if (!own) {
    const name = `__sketchkit_component_${VERSION}`, all = /** @type {any[]} */ (pages());
    const owner = all.findLast((page) => page[name]) ?? window;
    own = /** @type {Shared} */ (owner[name] ??= create());
  }
  return own;
}

/** Use the shared engine in this page. */
export const useSharedClient = () => useClient(shared().client());
