/**
 * The toolbar of a pad, and its keyboard shortcuts.
 * @module
 */
import { element } from "../ui/controls.js";
import { fullScreenButton, toggleFullScreen } from "../ui/full_screen.js";
import { iconButton } from "../ui/icons.js";
import { say } from "../ui/words.js";
import { download } from "./export.js";
import { pictureMenu } from "./picture_menu.js";
import { toSketch } from "./strokes.js";

/** @typedef {import("./pad.js").Pad} Pad */

const ZOOM_STEP = 1.4, PAN_STEP = 0.15;

/**
 * Keyboard shortcuts, by key: the name of the toolbar button that the key presses, and its action. "Ctrl" in a key also means Cmd.
 * @type {Record<string, [string, (pad: Pad) => void]>}
 */
const SHORTCUTS = {
  "Ctrl+z": ["Undo", (pad) => pad.undo()], "Ctrl+Shift+z": ["Redo", (pad) => pad.redo()], "Ctrl+y": ["Redo", (pad) => pad.redo()],
  Delete: ["Clear", (pad) => pad.clear()], e: ["Erase", (pad) => pad.erase(!pad.erasing)],
  h: ["Move the paper", (pad) => pad.pan(!pad.panning)], m: ["Show the model's input", (pad) => pad.showModelInput(!pad.showsModelInput)],
  p: ["Play back", (pad) => pad.playback.press()], f: ["Full screen", (pad) => fillScreen(pad)],
  "+": ["Zoom in", (pad) => pad.viewport.zoom(ZOOM_STEP)], "=": ["Zoom in", (pad) => pad.viewport.zoom(ZOOM_STEP)],
  "-": ["Zoom out", (pad) => pad.viewport.zoom(1 / ZOOM_STEP)], 0: ["Fit", (pad) => pad.fit()],
  ArrowLeft: ["Move the paper", (pad) => pad.viewport.pan(-PAN_STEP, 0)], ArrowRight: ["Move the paper", (pad) => pad.viewport.pan(PAN_STEP, 0)],
  ArrowUp: ["Move the paper", (pad) => pad.viewport.pan(0, -PAN_STEP)], ArrowDown: ["Move the paper", (pad) => pad.viewport.pan(0, PAN_STEP)],
};

/** Turn the full screen view of the widget on or off. @param {Pad} pad */
const fillScreen = (pad) => toggleFullScreen(pad.svg.closest(".sk-widget"), (text) => pad.report(text));

/** Act on a key, if it is a shortcut. @param {Pad} pad @param {KeyboardEvent} event */
export function onShortcut(pad, event) {
  if (event.altKey) return;
  const command = event.ctrlKey || event.metaKey;
  const name = command ? `Ctrl+${event.shiftKey ? "Shift+" : ""}${event.key.toLowerCase()}` : event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const shortcut = pad.shortcuts[name] ?? (Object.hasOwn(SHORTCUTS, name) ? SHORTCUTS[name] : undefined);
  if (!shortcut) return;
  const [control, act] = shortcut;
  if (/^(Arrow|Page)/.test(name) && !pad.isUsable(control)) return; // leave the key to the page, where it may change the slide of a presentation
  event.preventDefault();
  if (pad.isUsable(control)) act(pad);
}

/**
 * The buttons of a pad, in groups.
 * @param {Pad} pad
 * @param {string} label
 */
export function padToolbar(pad, label) {
  const toggle = (/** @type {import("../ui/icons.js").Icon} */ icon, /** @type {string} */ name, /** @type {string} */ help, /** @type {string} */ keys, /** @type {() => void} */ act) =>
    iconButton(icon, name, act, { help, keys, attributes: { "aria-pressed": "false" } });
  const erase = toggle("erase", "Erase", "Erase strokes: click them or drag over them", "E", () => pad.erase(!pad.erasing));
  const move = toggle("move", "Move the paper", "Drag to move the paper", "H, arrow keys", () => pad.pan(!pad.panning));
  const points = toggle("points", "Show the model's input", "Show the points that are left after simplification, and the pen-up moves", "M", () => pad.showModelInput(!pad.showsModelInput));
  const screen = fullScreenButton(() => fillScreen(pad), { keys: "F" });
  const group = (/** @type {HTMLElement[]} */ ...buttons) => element("div", { class: "sk-tools" }, ...buttons);
  const node = element("div", { class: "sk-toolbar", role: "toolbar", "aria-label": say("{label} tools", { label: say(label) }) },
    group(iconButton("undo", "Undo", () => pad.undo(), { keys: "Ctrl+Z" }), iconButton("redo", "Redo", () => pad.redo(), { keys: "Ctrl+Shift+Z" }),
      erase, iconButton("clear", "Clear", () => pad.clear(), { help: "Clear the paper", keys: "Delete" })),
    group(iconButton("zoomIn", "Zoom in", () => pad.viewport.zoom(ZOOM_STEP), { keys: "+" }),
      iconButton("zoomOut", "Zoom out", () => pad.viewport.zoom(1 / ZOOM_STEP), { keys: "-" }),
      iconButton("fit", "Fit", () => pad.fit(), { help: "Fit the drawing", keys: "0" }), move),
    group(points, pad.playback.toggle, pictureMenu({
      sheet: () => ({ drawings: pad.strokes.length ? [pad.inks] : [], columns: 1 }), report: (text) => pad.report(text),
      more: [["Save as JSON", () => download("drawing.json", new Blob([JSON.stringify(toSketch(pad.strokes))], { type: "application/json" }))]],
    }), screen));
  return {
    node,
    group,
    /** Show which tools are on. */
    update() {
      erase.setAttribute("aria-pressed", String(pad.erasing));
      points.setAttribute("aria-pressed", String(pad.showsModelInput));
      move.setAttribute("aria-pressed", String(pad.panning));
    },
  };
}
