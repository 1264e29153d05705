/**
 * A pad for drawing with mouse, pen or touch, with undo and an eraser.
 * @module
 */
import { button, element, squareAround, svgElement } from "../ui/controls.js";
import { throttleToFrame } from "../ui/scheduling.js";
import { boundsOf, fittedInto, pathData, simplify, toSegment } from "./strokes.js";

/** @typedef {import("./strokes.js").Point} Point */

/** Number of points of an unfinished stroke that are simplified together, to limit the memory of long strokes. */
const CHUNK = 1024;
/** Tolerance of that first simplification on a box of 255 units; its effect is invisible. */
const INVISIBLE_EPSILON = 0.15;
/** Number of line widths for pen pressure. */
const PRESSURE_LEVELS = 8;
/** A touch that has moved less than this, in CSS pixels, may be a resting palm. */
const PALM_MOVE_PX = 10;
/** The `button` of the eraser end of a pen, and its bit in `buttons`. */
const ERASER_BUTTON = 5, ERASER_BUTTONS = 32;

/**
 * A pointer on the pad.
 * @typedef {object} Contact
 * @property {boolean} touch
 * @property {boolean} erases
 * @property {[number, number]} from position where it started, in CSS pixels
 * @property {boolean} leads whether it draws or erases; other pointers are then ignored
 * @property {Point[][]} before strokes before it started
 * @property {Point[]} settled points that have been simplified once
 * @property {Point[]} recent points that have not been simplified yet
 * @property {SVGElement} ink the stroke on the screen
 * @property {SVGElement} path the part of the stroke with the recent points
 */

/** A square pad of `size` units with the strokes that are drawn on it. */
export class Pad {
  /**
   * @param {object} options
   * @param {string} options.label
   * @param {number} options.size width in units
   * @param {() => number} options.epsilon tolerance of the simplification, on a box of 255 units
   * @param {(strokes: Point[][]) => void} options.changed called when a gesture has ended
   * @param {boolean} [options.tools] whether the pad has buttons
   */
  constructor({ label, size, epsilon, changed, tools = true }) {
    this.size = size;
    this.epsilon = epsilon;
    this.changed = changed;
    /**
     * Called once per frame with all strokes while one of them is being drawn, and once without that stroke if it is removed.
     * @type {((strokes: Point[][], drawing: boolean) => void) | null}
     */
    this.onStroke = null;
    /** @type {Point[][]} */
    this.strokes = [];
    /** The points before simplification, for strokes drawn on this pad. @type {WeakMap<Point[], Point[]>} */
    this.unsimplified = new WeakMap();
    /** @type {Point[][][]} */
    this.past = [];
    /** @type {Point[][][]} */
    this.future = [];
    this.erasing = false;
    this.showsModelInput = false;
    /**
     * Pointers on the pad. If there are several touches, the first one that moves or is lifted draws, and the others
     * are removed. @type {Map<number, Contact>}
     */
    this.contacts = new Map();
    this.svg = svgElement("svg", {
      class: "sk-paper sk-pad", role: "application", tabindex: "0",
      "aria-label": `${label}: draw with mouse, pen or touch; Ctrl+Z to undo`,
    });
    this.underlay = svgElement("g", { class: "sk-behind" });
    this.ink = svgElement("g", {});
    this.live = svgElement("g", {});
    this.svg.append(this.underlay, this.ink, this.live);
    /** The visible square: left, top and side. */
    this.view = [0, 0, size];
    /** Strokes that an empty pad shows faintly. @type {Point[][]} */
    this.placeholder = [];
    const listeners = /** @type {const} */ ([["pointerdown", "onPointerDown"], ["pointermove", "onPointerMove"], ["pointerup", "onPointerUp"], ["pointercancel", "onPointerCancel"], ["lostpointercapture", "onPointerUp"]]);
    for (const [name, act] of listeners) {
      this.svg.addEventListener(name, (event) => this[act](/** @type {PointerEvent} */ (event)));
    }
    this.svg.addEventListener("keydown", (event) => this.onKeyDown(/** @type {KeyboardEvent} */ (event)));
    this.paintLive = throttleToFrame(() => {
      for (const contact of this.contacts.values()) {
        if (contact.erases) continue;
        showLive(contact);
        if (contact.leads) this.onStroke?.([...this.strokes, simplify([...contact.settled, ...contact.recent], this.epsilon() * this.unit)], true);
      }
    });
    this.node = element("div", { class: "sk-column" }, this.svg);
    if (tools) {
      this.eraser = button("Erase", () => this.erase(!this.erasing), { "aria-pressed": "false", title: "Erase strokes: click them or drag over them" });
      this.node.append(element("div", { class: "sk-row", role: "toolbar", "aria-label": `${label} tools` },
        button("Undo", () => this.undo()), button("Redo", () => this.redo()), button("Clear", () => this.clear()), this.eraser));
    }
  }

  /** Units of this pad per unit of a box of 255. */
  get unit() {
    return this.size / 255;
  }

  /** The position of a pointer in the units of the pad, and its pressure. @param {PointerEvent} event @returns {Point} */
  pointAt(event) {
    const box = this.svg.getBoundingClientRect();
    const pressure = event.pointerType === "pen" ? event.pressure : 0.5;
    const [left, top, side] = this.view;
    return [left + ((event.clientX - box.left) / box.width) * side, top + ((event.clientY - box.top) / box.height) * side, pressure];
  }

  /** @param {PointerEvent} event */
  onPointerDown(event) {
    const eraser = event.button === ERASER_BUTTON || (event.buttons & ERASER_BUTTONS) !== 0;
    if (event.button !== 0 && !eraser) return;
    const touch = event.pointerType === "touch";
    if (this.contacts.has(event.pointerId)) this.onPointerUp(event); // its end event was lost
    const leader = [...this.contacts.values()].find(({ leads }) => leads);
    if (leader && (touch || !leader.touch)) return; // a palm or a second finger
    event.preventDefault();
    if (!touch) for (const id of [...this.contacts.keys()]) this.drop(id); // touches, such as the palm of the hand with the pen
    this.svg.focus();
    try {
      this.svg.setPointerCapture(event.pointerId);
    } catch {
      // the pointer has been removed already
    }
    const ink = svgElement("g", {}), path = svgElement("path", { class: "sk-ink" });
    ink.append(path);
    this.live.append(ink);
    const contact = {
      touch, erases: this.erasing || eraser, from: /** @type {[number, number]} */ ([event.clientX, event.clientY]), leads: !touch,
      before: this.strokes, settled: [], recent: [this.pointAt(event)], ink, path,
    };
    this.contacts.set(event.pointerId, contact);
    if (!contact.erases) showLive(contact);
    else if (contact.leads) this.eraseAt(contact.recent[0]);
  }

  /** Ignore a pointer from now on and undo what it drew or erased. @param {number} id */
  drop(id) {
    const contact = this.contacts.get(id);
    if (!contact) return;
    this.contacts.delete(id);
    contact.ink.remove();
    if (contact.erases && this.strokes !== contact.before) {
      this.strokes = contact.before;
      this.paint();
    } else if (contact.leads) {
      this.onStroke?.(this.strokes, false);
    }
  }

  /** Let one pointer draw and ignore all others. @param {number} id @param {Contact} contact */
  lead(id, contact) {
    contact.leads = true;
    for (const other of [...this.contacts.keys()]) if (other !== id) this.drop(other);
  }

  /** @param {PointerEvent} event */
  onPointerMove(event) {
    const contact = this.contacts.get(event.pointerId);
    if (!contact) return;
    if (!contact.leads) {
      if (Math.hypot(event.clientX - contact.from[0], event.clientY - contact.from[1]) >= PALM_MOVE_PX) this.lead(event.pointerId, contact);
    }
    const events = event.getCoalescedEvents?.() ?? [];
    for (const coalesced of events.length ? events : [event]) {
      contact.recent.push(this.pointAt(coalesced));
      if (contact.recent.length < CHUNK || contact.erases) continue;
      showLive(contact);
      contact.settled.push(...simplify(contact.recent, INVISIBLE_EPSILON * this.unit).slice(0, -1));
      contact.recent = [this.pointAt(coalesced)];
      contact.path = svgElement("path", { class: "sk-ink" });
      contact.ink.append(contact.path);
    }
    if (!contact.erases) return this.paintLive();
    if (!contact.leads) return;
    for (const point of contact.recent) this.eraseAt(point);
    contact.recent = contact.recent.slice(-1);
  }

  /** @param {PointerEvent} event */
  onPointerUp(event) {
    const contact = this.contacts.get(event.pointerId);
    if (!contact) return;
    this.lead(event.pointerId, contact);
    this.contacts.delete(event.pointerId);
    contact.ink.remove();
    if (contact.erases) {
      for (const point of contact.recent) this.eraseAt(point);
      if (this.strokes === contact.before) return;
      this.past.push(contact.before);
      this.future = [];
      this.notifyChange();
      return;
    }
    const drawn = [...contact.settled, ...contact.recent];
    const stroke = simplify(drawn, this.epsilon() * this.unit);
    this.unsimplified.set(stroke, drawn);
    this.commit([...this.strokes, stroke]);
  }

  /** The system canceled the pointer: remove a touch, which was a palm or a system gesture; keep the stroke of a pen or mouse. @param {PointerEvent} event */
  onPointerCancel(event) {
    if (this.contacts.get(event.pointerId)?.touch) this.drop(event.pointerId);
    else this.onPointerUp(event);
  }

  /** Simplify the strokes drawn on this pad again, with the current tolerance. @param {boolean} last whether the gesture has ended */
  resimplify(last) {
    const strokes = this.strokes.map((stroke) => {
      const drawn = this.unsimplified.get(stroke);
      if (!drawn) return stroke;
      const simplified = simplify(drawn, this.epsilon() * this.unit);
      this.unsimplified.set(simplified, drawn);
      return simplified;
    });
    this.strokes = strokes;
    if (last) this.notifyChange();
    else this.paint();
  }

  /** @param {KeyboardEvent} event */
  onKeyDown(event) {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    if (event.shiftKey) this.redo();
    else this.undo();
  }

  /** Replace the strokes as the result of a gesture. @param {Point[][]} strokes */
  commit(strokes) {
    this.past.push(this.strokes);
    this.future = [];
    this.strokes = strokes;
    this.notifyChange();
  }

  notifyChange() {
    this.paint();
    this.changed(this.strokes);
  }

  /**
   * Replace the strokes, for example by those from Python, without a call of `changed`. The user can undo this. Strokes that were
   * undone before can no longer be redone, because they would replace the new ones.
   * @param {Point[][]} strokes
   */
  setStrokes(strokes) {
    this.past.push(this.strokes);
    this.future = [];
    this.reset(strokes);
    for (const contact of this.contacts.values()) contact.before = strokes;
  }

  /** Show strokes and fit the visible square to them. @param {Point[][]} strokes */
  reset(strokes) {
    this.strokes = strokes;
    const [left, top, right, bottom] = boundsOf(strokes);
    const inside = left >= 0 && top >= 0 && right <= this.size && bottom <= this.size;
    const small = Math.max(right - left, bottom - top) <= this.size;
    if (!strokes.length || inside) this.view = [0, 0, this.size];
    else if (small) this.view = [(left + right - this.size) / 2, (top + bottom - this.size) / 2, this.size];
    else this.view = squareAround([left, top, right, bottom]);
    this.paint();
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
    this.size = size;
    this.view = this.view.map((x) => x * factor);
    this.past = this.past.map((strokes) => strokes.map(scaled));
    this.future = this.future.map((strokes) => strokes.map(scaled));
    this.strokes = this.strokes.map(scaled);
    this.paint();
    return this.strokes.length > 0;
  }

  undo() {
    const before = this.past.pop();
    if (!before) return;
    this.future.push(this.strokes);
    this.strokes = before;
    this.notifyChange();
  }

  redo() {
    const after = this.future.pop();
    if (!after) return;
    this.past.push(this.strokes);
    this.strokes = after;
    this.notifyChange();
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
    this.paint();
  }

  paint() {
    const [left, top, side] = this.view;
    this.svg.setAttribute("viewBox", `${left} ${top} ${side} ${side}`);
    this.ink.replaceChildren(...this.strokes.flatMap(strokePaths));
    this.svg.dataset.strokes = String(this.strokes.length);
    this.underlay.replaceChildren();
    if (!this.strokes.length && this.placeholder.length) {
      const fitted = fittedInto(this.placeholder, left + 0.1 * side, top + 0.1 * side, 0.8 * side);
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

/** Show the recent points of an unfinished stroke. @param {Contact} contact */
function showLive({ path, recent }) {
  path.setAttribute("d", pathData(recent));
  path.style.strokeWidth = inkWidth(recent[recent.length - 1][2]);
}

/** @param {number} pressure */
const inkWidth = (pressure) => String(1 + 3 * (Math.round(pressure * PRESSURE_LEVELS) / PRESSURE_LEVELS));

/**
 * The SVG paths of a stroke, one for each run of equal width.
 * @param {Point[]} stroke
 * @returns {SVGElement[]}
 */
function strokePaths(stroke) {
  /** @type {SVGElement[]} */
  const paths = [];
  /** @type {Point[]} */
  let run = [];
  stroke.forEach((point, i) => {
    run.push(point);
    const next = stroke[i + 1];
    if (next && (run.length === 1 || inkWidth(next[2]) === inkWidth(point[2]))) return;
    const path = svgElement("path", { class: "sk-ink", d: pathData(run) });
    path.style.strokeWidth = inkWidth(point[2]);
    paths.push(path);
    run = [point];
  });
  return paths;
}
