/**
 * The color scheme of an element: dark where the text of the page is light.
 * @module
 */

/** Options of the observer: pages change their theme with attributes of `html` or `body`. */
const THEME = { attributes: true };

/**
 * Set the color scheme of parts of an element from the color of the text around it, now and after each change. Every page has such a color,
 * while many dark pages do not set `color-scheme`.
 * @param {HTMLElement} probe its outline has the color of the text, in the form `color(srgb r g b)`
 * @param {HTMLElement[]} parts the parts whose color scheme is set
 * @returns {{update: () => void, end: () => void}}
 */
export function followColors(probe, parts) {
  const update = () => {
    const [red, green, blue] = (getComputedStyle(probe).outlineColor.match(/[\d.]+/g) ?? []).map(Number);
    const scheme = blue === undefined ? "" : 0.3 * red + 0.6 * green + 0.1 * blue > 0.5 ? "dark" : "light";
    for (const part of parts) part.style.colorScheme = scheme;
  };
  const observer = new MutationObserver(update), dark = matchMedia("(prefers-color-scheme: dark)");
  for (const node of [document.documentElement, document.body]) if (node) observer.observe(node, THEME);
  dark.addEventListener("change", update);
  addEventListener("load", update); // by then, all style sheets of the page have been loaded
  update();
  return {
    update,
    end() {
      observer.disconnect();
      dark.removeEventListener("change", update);
      removeEventListener("load", update);
    },
  };
}
