/**
 * A pad for drawing with mouse, pen or touch. It has undo and an eraser, and can be zoomed and moved.
 * @module
 */
import { element, svgElement } from "../ui/controls.js";
import { say } from "../ui/words.js";
import { Gestures } from "./gestures.js";
import { inkOf, strokePaths } from "./ink.js";
import { boundsOf, fittedInto, pathData, simplify, toSegment } from "./strokes.js";
import { pathLength, strokesUpTo } from "./pen_path.js";
import { playback } from "./playback.js";
import { onShortcut, padToolbar } from "./toolbar.js";
import { Viewport } from "./viewport.js";

/** @typedef {import("./strokes.js").Point} Point */

/** What changed the drawing. @typedef {"draw" | "erase" | "undo" | "redo" | "clear" | "simplify" | "model" | "python"} Cause */

/** A square pad of `size` units with the strokes that are drawn on it. */
export class Pad {
  /**
   * @param {object} options
   * @param {string} options.label
   * @param {number} options.size width in units
   * @param {() => number} options.epsilon tolerance of the simplification, for a pad 255 units wide
   * @param {(strokes: Point[][], cause: Cause) => void} options.changed called when a gesture has ended
   * @param {boolean} [options.tools] whether the pad has buttons
   * @param {string} [options.hint] text on the empty pad
   */
  constructor({ label, size, epsilon, changed, tools = true, hint = "" }) {
    this.viewport = new Viewport(size, () => this.paintView());
    this.epsilon = epsilon;
    this.changed = changed;
    /**
     * While a stroke is being drawn, called once per frame with all strokes. If this stroke is dropped, called once with the other strokes.
     * @type {((strokes: Point[][], drawing: boolean) => void) | null}
     */
    this.onStroke = null;
    /** @type {Point[][]} */
    this.strokes = [];
    /** The points before simplification, for strokes drawn on this pad. @type {WeakMap<Point[], Point[]>} */
    this.unsimplified = new WeakMap();
    /** For the strokes of a model, the number of the turn in which the model drew them. @type {WeakMap<Point[], number>} */
    this.turns = new WeakMap();
    /** Called before a pointer draws or erases. @type {(erases: boolean) => void} */
    this.onGestureStart = () => {};
    /** Called before undo. @type {() => void} */
    this.onUndo = () => {};
    /** Called when the visible square has moved. @type {() => void} */
    this.onView = () => {};
    /** Further keyboard shortcuts by key, with the name of the button that they press. @type {Record<string, [string, (pad: Pad) => void]>} */
    this.shortcuts = {};
    /** Whether a button of the toolbar can be used. @type {(name: string) => boolean} */
    this.isUsable = () => true;
    /** Shows a message. @type {(text: string) => void} */
    this.report = () => {};
    /** The strokes before the current gesture, if `removeForGesture` has removed some of them. @type {Point[][] | null} */
    this.given = null;
    /** @type {Point[][][]} */
    this.past = [];
    /** @type {Point[][][]} */
    this.future = [];
    this.erasing = this.panning = false;
    this.showsModelInput = false;
    this.svg = svgElement("svg", {
      class: "sk-paper sk-pad", role: "application", tabindex: "0",
      "aria-label": `${say(label)}: ${say("draw with mouse, pen or touch. Ctrl+Z undoes. The plus and minus keys zoom, and the arrow keys move the paper.")}`,
    });
    this.underlay = svgElement("g", { class: "sk-behind" });
    this.ink = svgElement("g", {});
    this.live = svgElement("g", {});
    this.svg.append(this.underlay, this.ink, this.live);
    /** Strokes that an empty pad shows faintly. @type {Point[][]} */
    this.placeholder = [];
    this.gestures = new Gestures(this);
    this.svg.addEventListener("keydown", (event) => onShortcut(this, /** @type {KeyboardEvent} */ (event)));
    this.hint = element("div", { class: "sk-hint", "aria-hidden": "true" }, hint && say(hint));
    this.node = element("div", { class: "sk-column" }, element("div", { class: "sk-stage" }, this.svg, this.hint));
    this.playback = playback({
      drawings: () => [this.inks.map(({ points }) => points)],
      show: (position) => (position === null ? this.paint() : this.paintUpTo(position)),
      keys: "P",
    });
    if (tools) {
      this.toolbar = padToolbar(this, label);
      this.node.prepend(this.toolbar.node);
      this.node.append(this.playback.bar);
    }
    this.paintView();
  }

  /** Width of the pad in units. */
  get size() {
    return this.viewport.size;
  }

  /** The visible square: left, top and side. */
  get view() {
    return this.viewport.square;
  }

  /** The strokes that the user has drawn. */
  get userStrokes() {
    return this.strokes.filter((stroke) => !this.turns.has(stroke));
  }

  /** Scale of this pad: its width in units, divided by 255. */
  get unit() {
    return this.size / 255;
  }

  /** Repeat the simplification of the strokes drawn on this pad, with the current tolerance. @param {boolean} last whether the gesture has ended */
  resimplify(last) {
    const strokes = this.strokes.map((stroke) => {
      const drawn = this.unsimplified.get(stroke);
      if (!drawn) return stroke;
      const simplified = simplify(drawn, this.epsilon() * this.unit);
      this.unsimplified.set(simplified, drawn);
      return simplified;
    });
    this.strokes = strokes;
    if (last) this.notifyChange("simplify");
    else this.paint();
  }

  /** Replace the strokes as the result of a gesture. @param {Point[][]} strokes @param {Cause} [cause] */
  commit(strokes, cause = "draw") {
    this.replace(strokes);
    this.notifyChange(cause);
  }

  /** Replace the strokes without calling `changed`. Undo restores the earlier strokes. @param {Point[][]} strokes */
  replace(strokes) {
    this.past.push(this.given ?? this.strokes);
    this.future = [];
    this.given = null;
    this.strokes = strokes;
    this.paint();
  }

  /**
   * Remove strokes when the user starts to draw. Undo of the new stroke also restores the removed ones, and so does a canceled gesture.
   * @param {Point[][]} kept the strokes that stay
   */
  removeForGesture(kept) {
    this.given = this.strokes;
    this.strokes = kept;
    this.paint();
  }

  /** Restore the strokes that `removeForGesture` has removed. */
  restoreAfterGesture() {
    if (!this.given) return;
    this.strokes = this.given;
    this.given = null;
    this.paint();
  }

  /** @param {Cause} cause */
  notifyChange(cause) {
    this.paint();
    this.changed(this.strokes, cause);
  }

  /**
   * Replace the strokes, for example with strokes from Python, without calling `changed`. The user can undo this. Strokes that were
   * undone before can no longer be redone, because they would replace the new ones.
   * @param {Point[][]} strokes
   */
  setStrokes(strokes) {
    this.past.push(this.strokes);
    this.future = [];
    this.reset(strokes);
    this.gestures.keep(strokes);
  }

  /** Show strokes and fit the visible square to them. @param {Point[][]} strokes */
  reset(strokes) {
    this.given = null;
    this.strokes = strokes;
    this.viewport.jump(this.viewport.around(strokes.length ? boundsOf(strokes) : null));
    this.paint();
  }

  /** Fit the visible square to the drawing. */
  fit() {
    this.viewport.move(this.viewport.around(this.strokes.length ? boundsOf(this.strokes) : null));
  }

  /** Show strokes faintly while the pad is empty. @param {Point[][]} strokes */
  showPlaceholder(strokes) {
    this.placeholder = strokes;
    this.paint();
  }

  /**
   * Change the width in units; the strokes keep their apparent size.
   * @param {number} size
   * @returns {boolean} whether any strokes have changed
   */
  resize(size) {
    if (size === this.size) return false;
    const factor = size / this.size;
    /** @param {Point[]} stroke @returns {Point[]} */
    const scaled = (stroke) => stroke.map(([x, y, pressure]) => [x * factor, y * factor, pressure]);
    /** The scaled strokes of all undo states; a stroke that several states share is scaled once. @type {Map<Point[], Point[]>} */
    const all = new Map();
    /** @param {Point[][]} strokes */
    const scaledState = (strokes) => strokes.map((stroke) => {
      const made = all.get(stroke) ?? scaled(stroke), smooth = this.unsimplified.get(stroke), turn = this.turns.get(stroke);
      all.set(stroke, made);
      if (smooth) this.unsimplified.set(made, scaled(smooth));
      if (turn !== undefined) this.turns.set(made, turn);
      return made;
    });
    this.past = this.past.map(scaledState);
    this.future = this.future.map(scaledState);
    this.strokes = scaledState(this.strokes);
    this.given &&= scaledState(this.given);
    this.viewport.scale(factor);
    this.paint();
    return this.strokes.length > 0;
  }

  undo() {
    this.restoreAfterGesture();
    this.onUndo();
    const before = this.past.pop();
    if (!before) return;
    this.future.push(this.strokes);
    this.restore(before, "undo");
  }

  redo() {
    const after = this.future.pop();
    if (!after) return;
    this.past.push(this.strokes);
    this.restore(after, "redo");
  }

  /** @param {Point[][]} strokes @param {"undo" | "redo"} cause */
  restore(strokes, cause) {
    const isAnother = strokes.length > 0 && !strokes.some((stroke) => this.strokes.includes(stroke));
    this.strokes = strokes;
    if (isAnother && !this.viewport.contains(boundsOf(strokes))) this.fit();
    this.notifyChange(cause);
  }

  clear() {
    if (this.strokes.length) this.commit([], "clear");
    this.fit();
  }

  /** @param {boolean} on */
  erase(on) {
    [this.erasing, this.panning] = [on, false];
    this.showTool();
  }

  /** Set whether dragging moves the paper. @param {boolean} on */
  pan(on) {
    [this.erasing, this.panning] = [false, on];
    this.showTool();
  }

  showTool() {
    this.toolbar?.update();
    this.svg.classList.toggle("sk-erasing", this.erasing);
    this.svg.classList.toggle("sk-panning", this.panning);
  }

  /** Remove the strokes at a point while the eraser is down. @param {Point} point */
  eraseAt(point) {
    const radius = this.size * 0.03;
    const kept = this.strokes.filter((stroke) => !stroke.some((p, i) => toSegment(point, stroke[Math.max(i - 1, 0)], p) < radius));
    if (kept.length === this.strokes.length) return;
    this.strokes = kept;
    this.paint();
  }

  /** Show the model's input: the points that are left after simplification, and the pen-up moves. @param {boolean} on */
  showModelInput(on) {
    this.showsModelInput = on;
    this.toolbar?.update();
    this.paint();
  }

  /** The strokes as they were drawn. @returns {import("./ink.js").Ink[]} */
  get inks() {
    return this.strokes.map((stroke) => {
      const drawn = this.unsimplified.get(stroke);
      return { points: drawn ? inkOf(drawn, this.unit) : stroke, byModel: this.turns.has(stroke) };
    });
  }

  /** The strokes of the user as they were drawn, with pressure, in the form of the trait `ink`. @returns {Point[][]} */
  get drawnInk() {
    const rounded = (/** @type {number} */ x) => Math.round(x * 1000) / 1000;
    return this.inks.filter(({ byModel }) => !byModel).map(({ points }) => points.map(([x, y, pressure]) => [rounded(x), rounded(y), rounded(pressure)]));
  }

  /** Show the strokes of the user as they were drawn on the pad of another view. @param {Point[][]} ink */
  restoreInk(ink) {
    const strokes = this.userStrokes;
    if (ink.length !== strokes.length) return; // Python has replaced the drawing after the ink was drawn
    strokes.forEach((stroke, i) => ink[i].length > 1 && this.unsimplified.set(stroke, ink[i]));
    this.paint();
  }

  /** Paint lines, line i in the color of stroke i. There may be fewer lines than strokes. @param {Point[][]} lines */
  paintInk(lines) {
    this.ink.replaceChildren(...lines.flatMap((points, i) => strokePaths(points, this.turns.has(this.strokes[i]) ? "sk-model-ink" : "")));
  }

  /** Show what a pen has drawn at a position of the playback, from 0 to 1. @param {number} position */
  paintUpTo(position) {
    const lines = this.inks.map(({ points }) => points);
    this.paintInk(strokesUpTo(lines, position * pathLength(lines)));
  }

  paintView() {
    const [left, top, side] = this.view;
    this.svg.setAttribute("viewBox", `${left} ${top} ${side} ${side}`);
    this.onView();
  }

  paint() {
    const [left, top, side] = this.viewport.target;
    this.playback.close();
    this.paintInk(this.showsModelInput ? this.strokes : this.inks.map(({ points }) => points));
    this.hint.hidden = this.strokes.length > 0 || !this.hint.textContent;
    this.svg.dataset.strokes = String(this.userStrokes.length);
    this.svg.dataset.modelStrokes = String(this.strokes.length - this.userStrokes.length);
    this.underlay.replaceChildren();
    if (!this.strokes.length && this.placeholder.length) {
      // The placeholder is above the hint, which covers the lower part of the pad.
      const height = this.hint.hidden ? 1 : 1 - (this.hint.offsetHeight / this.svg.clientHeight || 0), share = Math.min(0.8, 0.94 * height);
      const fitted = fittedInto(this.placeholder, left + ((1 - share) / 2) * side, top + ((height - share) / 2) * side, share * side);
      this.underlay.append(svgElement("path", { class: "sk-ink sk-ghost", d: fitted.map(pathData).join("") }));
    }
    if (!this.showsModelInput) return;
    const radius = side / 110;
    const lifts = this.strokes.slice(1).map((stroke, i) => pathData([this.strokes[i][this.strokes[i].length - 1], stroke[0]]));
    const dots = this.strokes.flat().map(([x, y]) => `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0`);
    const drawn = this.strokes.map((stroke) => this.unsimplified.get(stroke)).filter((stroke) => stroke !== undefined);
    this.underlay.append(
      svgElement("path", { class: "sk-ink sk-faint", d: drawn.map(pathData).join("") }),
      svgElement("path", { class: "sk-ink sk-lift", d: lifts.join("") }),
      svgElement("path", { class: "sk-points", d: dots.join("") }));
  }
}
