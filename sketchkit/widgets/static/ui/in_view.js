/**
 * Actions that wait until an element comes into view.
 * @module
 */

/** Distance from the visible part of the page at which an action starts. */
const NEAR = "200px";

/**
 * Call a function once, when an element is in the visible part of the page or near it. Returns a function that stops waiting.
 * @param {Element} node
 * @param {() => void} act
 */
export function whenInView(node, act) {
  if (!globalThis.IntersectionObserver) {
    act();
    return () => {};
  }
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    observer.disconnect();
    act();
  }, { rootMargin: NEAR });
  observer.observe(node);
  return () => observer.disconnect();
}
