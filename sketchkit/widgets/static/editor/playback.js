/**
 * Playback of a drawing, stroke by stroke: play, pause, and a slider for the position.
 * @module
 */
import { element } from "../ui/controls.js";
import { changeIcon, iconButton } from "../ui/icons.js";
import { pathLength, strokesUpTo } from "./pen_path.js";

/** @typedef {import("./strokes.js").Point} Point */

/** Shortest and longest duration, and the duration per width of the drawing, in seconds. */
const DURATION_RANGE = [1.5, 8], SECONDS_PER_WIDTH = 0.7;

/**
 * @param {object} options
 * @param {() => {strokes: Point[][], size: number}} options.drawing the drawing and its width
 * @param {(strokes: Point[][] | null) => void} options.show shows a part of the drawing, or all of it (null)
 */
export function playback({ drawing, show }) {
  /** Position from 0 to 1, and the time of the latest frame; the time is 0 while playback is paused. */
  let position = 0, time = 0;
  const toggle = iconButton("play", "Play back", () => (bar.hidden ? open() : end()), { help: "Show how the drawing was drawn", keys: "P", attributes: { "aria-expanded": "false" } });
  const go = iconButton("pause", "Pause", () => (time ? pause() : play()));
  const slider = /** @type {HTMLInputElement} */ (element("input", {
    type: "range", min: 0, max: 1, step: 0.001, "aria-label": "Position in the drawing",
    input: () => {
      pause();
      position = slider.valueAsNumber;
      paint();
    },
  }));
  const bar = element("div", { class: "sk-playback", role: "group", "aria-label": "Playback" }, go, slider);
  bar.hidden = true;
  const paint = () => {
    const { strokes } = drawing();
    slider.value = String(position);
    show(strokesUpTo(strokes, position * pathLength(strokes)));
  };
  const frame = () => {
    if (!time) return;
    const now = performance.now(), { strokes, size } = drawing();
    const seconds = Math.min(Math.max((SECONDS_PER_WIDTH * pathLength(strokes)) / size, DURATION_RANGE[0]), DURATION_RANGE[1]);
    position = Math.min(position + (now - time) / (1000 * seconds), 1);
    time = now;
    paint();
    if (position < 1) requestAnimationFrame(frame);
    else pause();
  };
  const play = () => {
    if (position >= 1) position = 0;
    time = performance.now();
    changeIcon(go, "pause", "Pause", "Pause");
    frame();
  };
  const pause = () => {
    time = 0;
    changeIcon(go, "play", "Play", "Play");
  };
  const open = () => {
    if (!drawing().strokes.length) return;
    bar.hidden = false;
    toggle.setAttribute("aria-expanded", "true");
    position = 0;
    play();
  };
  /** Stop playback because the drawing has changed. */
  const close = () => {
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
