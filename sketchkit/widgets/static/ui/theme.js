/**
 * Whether the page behind an element is light or dark.
 * @module
 */

/** @typedef {"light" | "dark"} Scheme */

/** Red, green, blue and alpha of a CSS color, 0 to 255. @param {string} color */
export function toRgba(color) {
  const context = /** @type {CanvasRenderingContext2D} */ (Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true }));
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data];
}

/** Whether a color, for example that of the paper, is dark. @param {number[]} color red, green and blue, 0 to 255 */
export const isDark = ([r, g, b]) => 0.3 * r + 0.6 * g + 0.1 * b < 128;

/**
 * The scheme of the first opaque background behind an element. Pages and programs choose their theme in many ways, but nearly all of
 * them paint a background. If no background is opaque, the page counts as dark if its text is light. Its text is light where
 * `color-scheme` is dark, and in transparent frames of a dark program, such as Visual Studio Code.
 * @param {Element} node
 * @returns {Scheme}
 */
function schemeBehind(node) {
  for (let at = above(node); at; at = above(at)) {
    const color = getComputedStyle(at).backgroundColor;
    if (!color || color === "rgba(0, 0, 0, 0)") continue;
    const rgba = toRgba(color);
    if (rgba[3] > 127) return isDark(rgba) ? "dark" : "light";
  }
  return isDark(toRgba(getComputedStyle(document.body).color)) ? "light" : "dark";
}

/** The parent of an element, also across the border of a shadow tree. @param {Element} node @returns {Element | null} */
function above(node) {
  const root = node.getRootNode();
  return node.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
}

/**
 * Call a function with the scheme behind an element, now and after each change. Returns a function that stops these calls.
 * @param {Element} node
 * @param {(scheme: Scheme) => void} changed
 */
export function followScheme(node, changed) {
  /** @type {Scheme | ""} */
  let known = "";
  const update = () => {
    if (!node.isConnected) return;
    const scheme = schemeBehind(node);
    if (scheme !== known) changed(known = scheme);
  };
  const media = matchMedia("(prefers-color-scheme: dark)"), ended = new AbortController(), { signal } = ended;
  const attributes = new MutationObserver(update); // pages change their theme by an attribute or a class
  for (const whole of [document.documentElement, document.body]) attributes.observe(whole, { attributes: true });
  const attached = new ResizeObserver(update); // some programs insert the element into the page later
  attached.observe(node);
  media.addEventListener("change", update, { signal });
  document.addEventListener("transitionend", update, { signal }); // a background may change gradually
  update();
  return () => {
    attributes.disconnect();
    attached.disconnect();
    ended.abort();
  };
}
