/**
 * The color scheme of an element: dark where the text of the page is light.
 * @module
 */

/** Attributes of the page with which themes are changed. */
const THEME = { attributes: true };

/**
 * Follow the color of the text around an element. This color is known in every page, while `color-scheme` is not set in many dark pages.
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
  addEventListener("load", update); // all style sheets of the page are loaded at this event
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
