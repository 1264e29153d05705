/**
 * The full screen view of a widget.
 * @module
 */
import { iconButton } from "./icons.js";
import { say } from "./words.js";

/**
 * A full-screen button. It is hidden where the page is not allowed to use the full screen, for example in a frame without this permission.
 * @param {() => void} act
 * @param {{keys?: string}} [options]
 */
export function fullScreenButton(act, options) {
  const node = iconButton("screen", "Full screen", act, options);
  node.hidden = !document.fullscreenEnabled;
  return node;
}

/**
 * Turn the full screen view on or off.
 * @param {Element | null} root element of the widget
 * @param {(text: string) => void} report shows a message
 */
export function toggleFullScreen(root, report) {
  const done = document.fullscreenElement ? document.exitFullscreen() : root?.requestFullscreen();
  done?.catch((error) => report(say("The browser refused: {reason}", { reason: error.message })));
}
