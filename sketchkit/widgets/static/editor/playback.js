/**
 * Playback of drawings, stroke by stroke: play, pause, and a slider for the position.
 * @module
 */
import { element } from "../ui/controls.js";
import { changeIcon, iconButton } from "../ui/icons.js";
import { say } from "../ui/words.js";
import { pathLength } from "./pen_path.js";
import { boundsOf } from "./strokes.js";

/** @typedef {import("./strokes.js").Point} Point */

/** Shortest and longest duration, and the time in which the pen covers a distance as long as the longer side of the drawing, in seconds. */
const DURATION_RANGE = [1.5, 8], SECONDS_PER_WIDTH = 0.7;

/** Keys that move a slider. */
const MOVING_KEYS = /^(Home|End|PageUp|PageDown|Arrow.*)$/;

/** Duration, in seconds, of playing several drawings at the same time. @param {Point[][][]} drawings */
function durationOf(drawings) {
  const widths = drawings.map((strokes) => {
    const [left, top, right, bottom] = boundsOf(strokes);
    return pathLength(strokes) / Math.max(right - left, bottom - top, 1e-6);
  });
  return Math.min(Math.max(SECONDS_PER_WIDTH * Math.max(...widths), DURATION_RANGE[0]), DURATION_RANGE[1]);
}

/**
 * @param {object} options
 * @param {() => Point[][][]} options.drawings the drawings, which are played at the same time
 * @param {(position: number | null) => void} options.show shows the drawings at a position from 0 to 1, or all of them (null)
 * @param {string} [options.label] name of the drawings
 * @param {string} [options.keys] keyboard shortcut
 */
export function playback({ drawings, show, label = "", keys = "" }) {
  /** Position from 0 to 1, and the time of the latest frame; the time is 0 while playback is paused. */
  let position = 0, time = 0, seconds = 1;
  const name = label ? say("Play back {label}", { label: say(label) }) : "Play back";
  const toggle = iconButton("play", name, () => (bar.hidden ? open() : end()), { help: "Show how this was drawn, stroke by stroke", keys, attributes: { "aria-expanded": "false" } });
  const go = iconButton("pause", "Pause", () => (time ? pause() : play()));
  const slider = /** @type {HTMLInputElement} */ (element("input", {
    type: "range", min: 0, max: 1, step: 0.001, "aria-label": "Position in the drawing",
    // Pressing the slider at its current position causes no input event, but must pause playback.
    pointerdown: () => pause(),
    keydown: (/** @type {KeyboardEvent} */ event) => MOVING_KEYS.test(event.key) && pause(),
    input: () => {
      pause();
      position = slider.valueAsNumber;
      paint();
    },
  }));
  const bar = element("div", { class: "sk-playback", role: "group", "aria-label": label ? say("Playback of {label}", { label: say(label) }) : "Playback" }, go, slider);
  bar.hidden = true;
  const paint = () => {
    slider.value = String(position);
    show(position);
  };
  const frame = () => {
    if (!time) return;
    const now = performance.now();
    position = Math.min(position + (now - time) / (1000 * seconds), 1);
    time = now;
    paint();
    if (position < 1) requestAnimationFrame(frame);
    else pause();
  };
  const play = () => {
    if (position >= 1) position = 0;
    seconds = durationOf(drawings());
    time = performance.now();
    changeIcon(go, "pause", "Pause", "Pause");
    frame();
  };
  const pause = () => {
    if (!time) return;
    time = 0;
    changeIcon(go, "play", "Play", "Play");
  };
  const open = () => {
    if (!drawings().some((strokes) => strokes.length)) return;
    bar.hidden = false;
    toggle.setAttribute("aria-expanded", "true");
    position = 0;
    play();
  };
  /** Stop playback because the drawing has changed. */
  const close = () => {
    if (bar.hidden) return;
    pause();
    bar.hidden = true;
    toggle.setAttribute("aria-expanded", "false");
  };
  const end = () => {
    close();
    show(null);
  };
  return { toggle, bar, close, press: () => toggle.click() };
}
