/**
 * All that a widget's own state holds of the front-end: it asks the kernel for the rest, once a page and version, so that a
 * saved notebook stays small.
 * @module
 */
import { VERSION } from "./version.js";

/**
 * @param {any} model
 * @returns {Promise<any>} the module of all widgets
 */
function moduleOf(model) {
  const page = /** @type {any} */ (globalThis);
  const loaded = (page.__sketchkitModules ??= {});
  loaded[VERSION] ??= new Promise((resolve, reject) => {
    const receive = (/** @type {any} */ content) => {
      if (content?.kind !== "module" || content.version !== VERSION) return;
      model.off("msg:custom", receive);
      const url = URL.createObjectURL(new Blob([content.source], { type: "text/javascript" }));
      import(url).then(resolve, reject);
    };
    model.on("msg:custom", receive);
    model.send({ kind: "module", version: VERSION });
  });
  return loaded[VERSION];
}

export default {
  /** @param {{model: any, el: HTMLElement}} context */
  async render(context) {
    const waiting = document.createElement("div");
    waiting.textContent = "This widget waits for its kernel; run its cell again if it has none.";
    const late = setTimeout(() => context.el.append(waiting), 1500);
    const module = await moduleOf(context.model);
    clearTimeout(late);
    waiting.remove();
    return module.default.render(context);
  },
};
