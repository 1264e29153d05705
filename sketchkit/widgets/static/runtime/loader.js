/**
 * Loader stored in the state of every widget. It requests the module of all widgets from the kernel, so that saved
 * notebooks stay small.
 * @module
 */
import { Arrivals } from "./request.js";
import { VERSION } from "./version.js";
/** Milliseconds before the view shows that it waits for the kernel. */
const LATE_MS = 1500;

/** Modules that this page has received; each version of this file has a separate record of them. @returns {Arrivals<any>} */
function arrivals() {
  const page = /** @type {any} */ (globalThis);
  return (page[`__sketchkit_${VERSION}`] ??= new Arrivals());
}

/**
 * Request the module from the kernel.
 * @param {any} model
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>} the module of all widgets
 */
function loadModule(model, signal) {
  const read = (/** @type {any} */ content) => {
    if (content?.kind !== "module" || content.version !== VERSION) return undefined;
    return import(URL.createObjectURL(new Blob([content.source], { type: "text/javascript" })));
  };
  return arrivals().get(VERSION, model, { kind: "module", version: VERSION }, read, signal);
}

/**
 * The drawings in a widget's state as images.
 * @param {any} model
 */
function staticDrawings(model) {
  const drawings = [model.get("sketch"), ...(model.get("drawings") ?? [])].filter((drawing) => drawing?.rows?.length);
  const node = document.createElement("div");
  for (const { start, rows } of drawings.slice(0, 9)) {
    let [x, y] = start, data = `M${x} ${y}`;
    const xs = [x], ys = [y];
    for (let i = 0; i + 2 < rows.length; i += 3) {
      x += rows[i];
      y += rows[i + 1];
      data += `${i && rows[i - 1] ? "M" : "L"}${x} ${y}`;
      xs.push(x);
      ys.push(y);
    }
    const [left, top] = [xs, ys].map((all) => all.reduce((a, b) => Math.min(a, b)));
    const [right, bottom] = [xs, ys].map((all) => all.reduce((a, b) => Math.max(a, b)));
    const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg"), side = Math.max(right - left, bottom - top) || 1;
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    picture.setAttribute("viewBox", `${left - 0.05 * side} ${top - 0.05 * side} ${1.1 * side} ${1.1 * side}`);
    picture.setAttribute("style", "width:120px;height:120px");
    path.setAttribute("d", data);
    path.setAttribute("style", "fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;vector-effect:non-scaling-stroke");
    picture.append(path);
    node.append(picture);
  }
  return node;
}

export default {
  /** @param {{model: any, el: HTMLElement, signal?: AbortSignal}} context */
  async render(context) {
    const waiting = document.createElement("div"), text = document.createElement("div");
    text.textContent = "Waiting for the kernel, which is busy or not connected. Without a kernel, run this cell in Jupyter to use the widget.";
    const late = setTimeout(() => {
      waiting.append(staticDrawings(context.model), text);
      context.el.append(waiting);
    }, LATE_MS);
    try {
      const module = await loadModule(context.model, context.signal);
      waiting.remove();
      return module.default.render(context);
    } catch (error) {
      if (context.signal?.aborted) return; // the view was removed
      text.textContent = `This widget could not be loaded: ${error instanceof Error ? error.message : error}`;
      context.el.append(waiting);
      waiting.append(text);
    } finally {
      clearTimeout(late);
    }
  },
};
