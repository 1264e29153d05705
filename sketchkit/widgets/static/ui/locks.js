/**
 * Hide and lock controls of a widget by name.
 * @module
 */
import { suggestion } from "./suggest.js";
import { say } from "./words.js";

/** Elements that can be hidden or locked. */
const CONTROLS = "button, input, select, summary, [role=toolbar], [role=group]";
/** Short name of a pad's toolbar, used instead of its label. */
const TOOLBAR = "toolbar";

/**
 * The first name of each control. The names of some buttons change, for example from "Continue" to "Stop".
 * @type {WeakMap<Element, string>}
 */
const firstNames = new WeakMap();

/** @param {Element} control */
function nameOf(control) {
  const name = firstNames.get(control)
    ?? (control.getAttribute("role") === "toolbar" ? "Toolbar" : (control.getAttribute("data-name") ?? control.getAttribute("aria-label") ?? control.textContent ?? "").trim());
  firstNames.set(control, name);
  return name;
}

/** Whether a list contains the name of a control, in English or in the language of the page, ignoring case. @param {string[]} names @param {string} name */
const includes = (names, name) => names.some((each) => [name, say(name)].some((one) => one.toLowerCase() === each.trim().toLowerCase()));

/**
 * Whether a control can be used.
 * @param {string[]} off names of the controls that are hidden or locked
 * @param {string} name
 * @param {boolean} isTool whether it belongs to the toolbar of a pad
 */
export const isUsable = (off, name, isTool) => !includes(off, name) && !(isTool && includes(off, TOOLBAR));

/** The element that contains a control and its label. @param {Element} control */
const whole = (control) => (control.matches("input, select") ? control.closest("label") : control.matches("summary") ? control.closest("details") : null) ?? control;

/**
 * Hide and lock controls.
 * @param {HTMLElement} root
 * @param {string[]} hidden names of the controls to hide
 * @param {string[]} locked names of the controls to lock
 * @returns {{list: "hidden" | "locked", name: string, names: string[]} | null} a name that belongs to no control, the list that
 *   contains it, and the names of the controls; null if there is no such name
 */
export function applyLocks(root, hidden, locked) {
  const controls = [...root.querySelectorAll(CONTROLS)].filter((control) => nameOf(control));
  const lockedControls = new Set(controls.filter((control) => includes(locked, nameOf(control)))
    .flatMap((control) => [control, ...control.querySelectorAll(CONTROLS)]));
  for (const control of controls) {
    whole(control).toggleAttribute("data-hidden", includes(hidden, nameOf(control)));
    lock(/** @type {HTMLElement} */ (control), lockedControls.has(control));
  }
  const names = [...new Set(controls.map(nameOf))], isMissing = (/** @type {string} */ wanted) => !names.some((name) => includes([wanted], name));
  for (const [list, wanted] of /** @type {["hidden" | "locked", string[]][]} */ ([["hidden", hidden], ["locked", locked]])) {
    const name = wanted.find(isMissing);
    if (name !== undefined) return { list, name, names: names.map((each) => say(each)) };
  }
  return null;
}

/**
 * A message about a name that belongs to no control. It contains a similar name; the console lists the names of all controls.
 * @param {NonNullable<ReturnType<typeof applyLocks>>} unknown
 * @param {string} list name of the list in the message
 */
function unknownControl({ name, names }, list) {
  const message = say("{list}: the widget has no control “{name}”.", { list, name });
  console.warn(`${message} ${say("The controls are {names}.", { names: names.join(", ") })}`);
  return `${message} ${suggestion(name, names) || say("Use the label or the tooltip of a control.")}`;
}

/** @param {HTMLElement} control @param {boolean} on */
function lock(control, on) {
  if (on === control.hasAttribute("data-locked") && (!on || !("disabled" in control) || control.disabled)) return;
  control.toggleAttribute("data-locked", on);
  if ("disabled" in control) control.disabled = on;
  else if (control.matches("summary")) control.inert = on; // a menu, which cannot be disabled
}

/**
 * Hide and lock controls now, and those that are added or enabled later.
 * @param {HTMLElement} root
 * @param {() => {hidden: string[], locked: string[]}} names
 * @param {{hidden?: string, locked?: string}} lists names of the two lists in messages, where they differ from `hidden` and `locked`
 * @param {(message: string) => void} report shows a message if a name is unknown, and none otherwise
 * @returns {{update: () => void, end: () => void}}
 */
export function followLocks(root, names, lists, report) {
  const observer = new MutationObserver((changes) => {
    const isRelevant = changes.some(({ type, addedNodes }) => type === "attributes" || [...addedNodes].some((node) => node instanceof HTMLElement));
    if (isRelevant) apply();
  });
  const apply = () => {
    const { hidden, locked } = names();
    return applyLocks(root, hidden, locked);
  };
  const update = () => {
    observer.disconnect();
    const unknown = apply();
    report(unknown ? unknownControl(unknown, lists[unknown.list] ?? unknown.list) : "");
    const { hidden, locked } = names();
    if (hidden.length || locked.length) observer.observe(root, { subtree: true, childList: true, attributes: true, attributeFilter: ["disabled"] });
  };
  return { update, end: () => observer.disconnect() };
}
