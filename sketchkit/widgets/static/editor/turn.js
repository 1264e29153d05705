/**
 * The model's turn on a pad: strokes that appear on the paper as if the model drew them with a pen.
 * @module
 */
import { svgElement } from "../ui/controls.js";
import { pathLength, strokesUpTo } from "./pen_path.js";
import { boundsOf, pathData } from "./strokes.js";

/** @typedef {import("./strokes.js").Point} Point */

/** Maximum time, in ms, for which the pen advances in one frame. After the page has been hidden, the time since the last frame can be long. */
const MAX_FRAME_MS = 100;

/** Strokes that arrive from the model and are drawn at the speed of a pen. */
export class Turn {
  /**
   * @param {import("./pad.js").Pad} pad
   * @param {object} options
   * @param {() => number} options.speed widths of the pad per second; Infinity draws at once
   * @param {(strokes: Point[][]) => void} options.ended called with the strokes when the last one is on the paper
   * @param {() => void} [options.started] called when the first ink is on the paper
   */
  constructor(pad, { speed, ended, started = () => {} }) {
    this.pad = pad;
    this.speed = speed;
    this.ended = ended;
    this.started = started;
    this.path = svgElement("path", { class: "sk-ink sk-model-ink" });
    this.tip = svgElement("circle", { class: "sk-pen-tip" });
    pad.ink.after(this.path, this.tip);
    /** Number of the turn, so that strokes of an earlier turn that arrive late are ignored. */
    this.number = 0;
    this.frame = 0;
    /** Time of the latest frame. */
    this.time = 0;
    this.active = this.complete = false;
    /** All strokes received so far. @type {Point[][]} */
    this.strokes = [];
    /** The strokes that are on the paper. @type {Point[][]} */
    this.drawn = [];
    /** Distance that the pen has moved. */
    this.distance = 0;
  }

  clear() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.active = this.complete = false;
    this.strokes = this.drawn = [];
    this.distance = 0;
    this.path.setAttribute("d", "");
    this.tip.setAttribute("r", "0");
    delete this.pad.svg.dataset.turn;
  }

  /** Start a turn, and remove the strokes of the previous one. @returns {number} number of the turn */
  begin() {
    this.clear();
    this.active = true;
    this.pad.svg.dataset.turn = "drawing";
    return ++this.number;
  }

  /**
   * Receive the strokes that the model has drawn so far.
   * @param {number} number of the turn
   * @param {Point[][]} strokes
   * @param {boolean} complete whether no more strokes will follow
   */
  receive(number, strokes, complete) {
    if (!this.active || number !== this.number) return;
    [this.strokes, this.complete] = [strokes, complete];
    if (strokes.length) this.pad.viewport.reveal(boundsOf(strokes));
    if (!Number.isFinite(this.speed())) this.distance = pathLength(strokes);
    if (this.frame) return;
    this.time = performance.now() - 1000 / 60;
    this.frame = requestAnimationFrame(() => this.advance());
  }

  /** Show strokes at once. The turn does not end. @param {number} number @param {Point[][]} strokes */
  preview(number, strokes) {
    if (!this.active || number !== this.number) return;
    this.strokes = strokes;
    if (strokes.length) this.pad.viewport.reveal(boundsOf(strokes));
    this.show(strokes, false);
  }

  advance() {
    const now = performance.now();
    const elapsed = Math.min(now - this.time, MAX_FRAME_MS);
    this.time = now;
    const length = pathLength(this.strokes);
    this.distance = Math.min(this.distance + (elapsed / 1000) * Math.min(this.speed(), 1e6) * this.pad.size, length);
    const first = !this.drawn.length;
    this.show(strokesUpTo(this.strokes, this.distance), true);
    if (first && this.drawn.length) this.started();
    if (this.complete && this.distance >= length) this.finish(this.strokes);
    else this.frame = requestAnimationFrame(() => this.advance());
  }

  /** @param {Point[][]} strokes @param {boolean} moving whether to show the tip of the pen */
  show(strokes, moving) {
    this.drawn = strokes;
    this.path.setAttribute("d", strokes.map(pathData).join(""));
    const tip = strokes.at(-1)?.at(-1);
    this.tip.setAttribute("r", moving && tip ? String(this.pad.view[2] / 110) : "0");
    if (tip) for (const [i, name] of ["cx", "cy"].entries()) this.tip.setAttribute(name, String(tip[i]));
  }

  /** End the turn with these strokes. @param {Point[][]} strokes */
  finish(strokes) {
    this.clear();
    this.ended(strokes);
  }

  /** End the turn with the strokes that the pen has drawn so far. */
  stop() {
    if (this.active) this.finish(this.drawn);
  }

  /** Remove the strokes of the turn. */
  drop() {
    this.clear();
    this.number++;
  }
}
