/**
 * The inside of an element: its styles, messages, the content that is shown until the widget can be used, and the widget.
 * @module
 */
import { element } from "../ui/controls.js";
import { followColors } from "./colors.js";
import { STYLE } from "./style.js";

/** Styles that all elements share. @type {CSSStyleSheet | undefined} */
let styles;

/** @param {ShadowRoot} root */
export function layout(root) {
  if (!styles) {
    styles = new CSSStyleSheet(); // every content security policy allows this, unlike a style element
    styles.replaceSync(STYLE);
  }
  root.adoptedStyleSheets = [styles];
  const problems = element("div", { class: "sk-problems sk-error", role: "alert", hidden: true });
  const progress = /** @type {HTMLProgressElement} */ (element("progress", { class: "sk-loading", max: 1, "aria-label": "Loading", hidden: true }));
  const waiting = element("div", { part: "waiting", class: "sk-waiting sk-reserved" }, element("slot"), progress), widget = element("div", { part: "widget", hidden: true });
  root.append(element("slot", { name: "task" }), problems, waiting, widget, element("slot", { name: "after" }));
  return {
    widget,
    followColors: () => followColors(waiting, [problems, waiting, widget]),
    /** @param {string[]} messages */
    showProblems(messages) {
      problems.replaceChildren(...messages.map((message) => element("p", {}, message)));
      problems.hidden = !messages.length;
      waiting.classList.toggle("sk-reserved", !messages.length);
    },
    /** @param {number | null} share from 0 to 1; null: nothing is loading */
    showProgress(share) {
      progress.hidden = share === null;
      progress.value = share ?? 0;
    },
    /** Show the widget, or the content that is shown in its place. @param {boolean} on */
    showWidget(on) {
      widget.hidden = !on;
      waiting.hidden = on;
    },
  };
}
