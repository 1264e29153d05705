/**
 * A pad to draw on with mouse, pen or touch, with undo and an eraser.
 * @module
 */
import { button, element } from "./controls.js";
import { pathData, simplify } from "./strokes.js";

/** @typedef {import("./strokes.js").Point} Point */

const SVG_NS = "http://www.w3.org/2000/svg";
/** A stroke keeps no more points than this while it is drawn. */
const MOST_POINTS = 20000;

/** Strokes being drawn, in a square box of `size` units. */
export class Pad {
  /**
   * @param {object} options
   * @param {string} options.label
   * @param {number} options.size units across
   * @param {() => number} options.epsilon simplification on a box of 255 units
   * @param {(strokes: Point[][]) => void} options.changed when a gesture has ended
   * @param {boolean} [options.tools] with buttons
   */
  constructor({ label, size, epsilon, changed, tools = true }) {
    this.size = size;
    this.epsilon = epsilon;
    this.changed = changed;
    /** @type {Point[][]} */
    this.strokes = [];
    /** @type {Point[][][]} */
    this.past = [];
    /** @type {Point[][][]} */
    this.future = [];
    this.erasing = false;
    /** @type {{id: number, points: Point[]} | null} */
    this.drawing = null;
    this.svg = document.createElementNS(SVG_NS, "svg");
    this.svg.setAttribute("class", "sk-paper sk-pad");
    this.svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
    this.svg.setAttribute("role", "application");
    this.svg.setAttribute("aria-label", `${label}: draw with mouse, pen or touch; ctrl-z takes back`);
    this.svg.setAttribute("tabindex", "0");
    this.behind = document.createElementNS(SVG_NS, "g");
    this.ink = document.createElementNS(SVG_NS, "g");
    this.svg.append(this.behind, this.ink);
    this.svg.addEventListener("pointerdown", (event) => this.down(event));
    this.svg.addEventListener("pointermove", (event) => this.move(event));
    this.svg.addEventListener("pointerup", (event) => this.up(event));
    this.svg.addEventListener("pointercancel", (event) => this.up(event));
    this.svg.addEventListener("keydown", (event) => this.key(event));
    this.node = element("div", { class: "sk-column" }, this.svg);
    if (tools) {
      this.eraser = button("Erase", () => this.erase(!this.erasing), { "aria-pressed": "false", title: "Click strokes away" });
      this.node.append(element("div", { class: "sk-row", role: "toolbar", "aria-label": `${label} tools` },
        button("Undo", () => this.undo()), button("Redo", () => this.redo()), button("Clear", () => this.clear()), this.eraser));
    }
  }

  /** @param {PointerEvent} event @returns {Point} */
  at(event) {
    const box = this.svg.getBoundingClientRect();
    const pressure = event.pointerType === "pen" ? event.pressure : 0.5;
    return [((event.clientX - box.left) / box.width) * this.size, ((event.clientY - box.top) / box.height) * this.size, pressure];
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (this.drawing || event.button !== 0) return;
    event.preventDefault();
    this.svg.focus();
    try {
      this.svg.setPointerCapture(event.pointerId);
    } catch {
      // a pointer that is gone already
    }
    if (this.erasing) {
      this.eraseAt(this.at(event));
      return;
    }
    this.drawing = { id: event.pointerId, points: [this.at(event)] };
    this.paint();
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (!this.drawing || event.pointerId !== this.drawing.id) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) {
      if (this.drawing.points.length < MOST_POINTS) this.drawing.points.push(this.at(each));
    }
    this.paint();
  }

  /** @param {PointerEvent} event */
  up(event) {
    if (!this.drawing || event.pointerId !== this.drawing.id) return;
    const stroke = simplify(this.drawing.points, (this.epsilon() * this.size) / 255);
    this.drawing = null;
    this.commit([...this.strokes, stroke]);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    if (event.shiftKey) this.redo();
    else this.undo();
  }

  /** @param {Point[][]} strokes */
  commit(strokes) {
    this.past.push(this.strokes);
    this.future = [];
    this.strokes = strokes;
    this.settle();
  }

  settle() {
    this.paint();
    this.changed(this.strokes);
  }

  /** Show other strokes, as from Python: no gesture, so nobody is told. @param {Point[][]} strokes */
  replace(strokes) {
    this.past.push(this.strokes);
    this.strokes = strokes;
    this.paint();
  }

  undo() {
    const before = this.past.pop();
    if (!before) return;
    this.future.push(this.strokes);
    this.strokes = before;
    this.settle();
  }

  redo() {
    const after = this.future.pop();
    if (!after) return;
    this.past.push(this.strokes);
    this.strokes = after;
    this.settle();
  }

  clear() {
    if (this.strokes.length) this.commit([]);
  }

  /** @param {boolean} on */
  erase(on) {
    this.erasing = on;
    this.eraser?.setAttribute("aria-pressed", String(on));
    this.svg.classList.toggle("sk-erasing", on);
  }

  /** @param {Point} point */
  eraseAt([x, y]) {
    const reach = this.size * 0.03;
    const kept = this.strokes.filter((stroke) => !stroke.some((p, i) => {
      const [a, b] = [stroke[Math.max(i - 1, 0)], p];
      const dx = b[0] - a[0], dy = b[1] - a[1], length = dx * dx + dy * dy;
      const t = length ? Math.max(0, Math.min(1, ((x - a[0]) * dx + (y - a[1]) * dy) / length)) : 0;
      return Math.hypot(x - a[0] - t * dx, y - a[1] - t * dy) < reach;
    }));
    if (kept.length < this.strokes.length) this.commit(kept);
  }

  paint() {
    const all = this.drawing ? [...this.strokes, this.drawing.points] : this.strokes;
    this.ink.replaceChildren(...all.map((stroke) => {
      const path = document.createElementNS(SVG_NS, "path");
      path.setAttribute("class", "sk-ink");
      path.setAttribute("d", pathData(stroke));
      const pressure = stroke.reduce((sum, p) => sum + p[2], 0) / stroke.length;
      path.style.strokeWidth = String(1 + 3 * pressure);
      return path;
    }));
    this.svg.dataset.strokes = String(all.length);
  }

  /** Draw something under the ink, faint. @param {Point[][]} strokes */
  under(strokes) {
    this.behind.replaceChildren(...strokes.map((stroke) => {
      const path = document.createElementNS(SVG_NS, "path");
      path.setAttribute("class", "sk-ink sk-faint");
      path.setAttribute("d", pathData(stroke));
      return path;
    }));
  }
}
