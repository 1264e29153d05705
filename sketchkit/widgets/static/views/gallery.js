/**
 * The view of `Gallery`: drawings in a grid, and the playback of one or of all.
 * @module
 */
import { button, element, slider } from "../ui/controls.js";
import { Paper } from "../editor/paper.js";
import { say } from "../ui/words.js";
import { pictureMenu } from "../editor/picture_menu.js";
import { toStrokes } from "../editor/strokes.js";

/** @typedef {import("../runtime/model_link.js").Link} Link */

/** Duration of a playback in seconds. */
const SECONDS = 4;

/** @param {Link} link @param {HTMLElement} root */
export function galleryView(link, root) {
  /** @type {Paper[]} */
  let cells = [];
  /** Indices of the drawings that are played. @type {number[]} */
  let played = [];
  /** Position of the playback from 0 to 1, and the time of the latest frame; the time is 0 while it is paused. */
  let position = 1, time = 0;

  const paint = () => {
    cells.forEach((paper, i) => paper.showUpTo(played.includes(i) ? position : 1));
    place.set(100 * position);
    go.textContent = say(time ? "Pause" : "Play all");
  };
  const frame = () => {
    if (!time || link.closed) return;
    const now = performance.now();
    position = Math.min(position + (now - time) / (1000 * SECONDS), 1);
    time = position < 1 ? now : 0;
    paint();
    requestAnimationFrame(frame);
  };
  /** @param {number[]} which */
  const play = (which) => {
    if (position >= 1 || which.length !== played.length || which.some((i) => !played.includes(i))) position = 0;
    played = which;
    time = performance.now();
    frame();
  };
  const go = button("Play all", () => {
    if (!time) return play([...cells.keys()]);
    time = 0;
    paint();
  }, { title: "Show how the drawings were drawn, or pause" });
  const place = slider("Position", { min: 0, max: 100, step: 1, value: 100 }, (value) => {
    if (time || !played.length) played = played.length ? played : [...cells.keys()];
    [time, position] = [0, value / 100];
    paint();
  }, "Part of the drawing that is shown, in percent");
  const grid = element("div", { class: "sk-gallery", role: "list", "aria-label": "Drawings" });
  const none = element("p", {}, say("There are no drawings yet."));
  const show = () => {
    const names = link.get("names"), byModel = link.get("by_model") ?? [];
    cells = link.get("drawings").map((/** @type {any} */ sketch, /** @type {number} */ i) => {
      const paper = new Paper(names[i]), isByModel = (/** @type {number} */ k) => byModel[i]?.[k] ?? false;
      paper.showInks(toStrokes(sketch).map((points, k) => ({ points, byModel: isByModel(k) })), toStrokes(sketch).map((_, k) => isByModel(k)));
      return paper;
    });
    if (!time) [position, played] = [1, []];
    grid.replaceChildren(...cells.map((paper, i) => {
      const start = button("", () => play([i]), { class: "sk-choice", "aria-label": say("Play {name}", { name: names[i] }), title: "Show how it was drawn" });
      paper.given.setAttribute("class", "sk-ink sk-model-ink");
      start.append(paper.node);
      return element("div", { role: "listitem" }, start, element("span", { class: "sk-caption" }, names[i]));
    }));
    none.hidden = cells.length > 0;
    for (const part of [tools, place.node]) part.hidden = !cells.length;
    paint();
  };
  const menu = pictureMenu({
    label: "the drawings", name: "drawings", report: (text) => link.showStatus(text),
    sheet: () => ({ drawings: cells.map(({ inks }) => inks).filter((inks) => inks.length), columns: 5 }),
  });
  const tools = element("div", { class: "sk-row sk-toolbar" }, go, menu);
  root.append(tools, place.node, grid, none);
  link.on("change:drawings", show);
  show();
}
