/**
 * Set the height of a frame to the height of its content.
 * @module
 */

/** Largest height of the content, in CSS pixels. */
const MAX_HEIGHT = 4000;

/**
 * @param {HTMLElement} frame
 * @param {unknown} height of its content, in CSS pixels
 */
export function fitHeight(frame, height) {
  const isWhole = getComputedStyle(frame).boxSizing === "border-box"; // the height includes the border
  const border = isWhole ? frame.offsetHeight - frame.clientHeight : 0;
  frame.style.height = `${Math.min(Number(height) || 0, MAX_HEIGHT) + border}px`;
}
