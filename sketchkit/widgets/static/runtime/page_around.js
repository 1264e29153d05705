/**
 * Script of the page that contains a frame with exported widgets. It gives the frame the height of its content and the color scheme of
 * the page.
 * @module
 */
import { followScheme } from "../ui/theme.js";
import { fitHeight } from "./frame_height.js";

/**
 * Fit a frame to its content and to the page, now and after each change. Returns a function that stops the fitting.
 * @param {string} name of the frame
 * @param {Document | Element} [root] contains the frame
 */
export function fitFrame(name, root = document) {
  const ended = new AbortController();
  /** @type {(() => void) | undefined} */
  let end;
  addEventListener("message", ({ data, source }) => {
    const frame = /** @type {HTMLIFrameElement | null} */ (root.querySelector(`iframe[name="${name}"]`));
    if (data?.sketchkit !== name || !frame || frame.contentWindow !== source) return;
    fitHeight(frame, data.height);
    if (!data.isFirst) return;
    end?.();
    end = followScheme(frame, (scheme) => {
      frame.style.colorScheme = scheme; // a frame is transparent only if its element has the same color scheme as the page in it
      frame.contentWindow?.postMessage({ sketchkitScheme: scheme }, "*"); // not an origin, because a sandboxed frame has none
    });
  }, { signal: ended.signal });
  return () => {
    ended.abort();
    end?.();
  };
}
