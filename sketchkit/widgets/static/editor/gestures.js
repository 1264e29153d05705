/**
 * Pointers on a pad: mouse, pen and touch draw, erase, or move the paper.
 * @module
 */
import { svgElement } from "../ui/controls.js";
import { throttleToFrame } from "../ui/scheduling.js";
import { INVISIBLE_EPSILON, inkWidth } from "./ink.js";
import { pathData, simplify } from "./strokes.js";

/** @typedef {import("./strokes.js").Point} Point */

/** An unfinished stroke is simplified in parts of this many points, to limit the memory that long strokes need. */
const CHUNK = 1024;
/** A touch that has moved less than this, in CSS pixels, may be a resting palm. */
const PALM_MOVE_PX = 10;
/** The `button` of the eraser end of a pen, and its bit in `buttons`. */
const ERASER_BUTTON = 5, ERASER_BUTTONS = 32;
/** The `button` of the mouse wheel: dragging with the wheel pressed moves the paper. */
const WHEEL_BUTTON = 1;

/**
 * A pointer on the pad.
 * @typedef {object} Contact
 * @property {boolean} touch
 * @property {boolean} erases
 * @property {[number, number]} from position where it started, in CSS pixels
 * @property {boolean} leads whether it draws or erases; other pointers are then ignored
 * @property {Point[][]} before strokes on the pad before the pointer started
 * @property {Point[]} settled points that have been simplified once
 * @property {Point[]} recent points that have not been simplified yet
 * @property {SVGElement} ink the stroke on the screen
 * @property {SVGElement} path the part of `ink` that shows the recent points
 */

/** The pointers on a pad. */
export class Gestures {
  /** @param {import("./pad.js").Pad} pad */
  constructor(pad) {
    this.pad = pad;
    /**
     * Pointers on the pad. If there are several touches, the first one that moves or is lifted draws, and the others are ignored.
     * @type {Map<number, Contact>}
     */
    this.contacts = new Map();
    /** The pointer that moves the paper, and its last position. @type {{id: number, x: number, y: number} | null} */
    this.mover = null;
    const listeners = /** @type {const} */ ([["pointerdown", "onPointerDown"], ["pointermove", "onPointerMove"], ["pointerup", "onPointerUp"], ["pointercancel", "onPointerCancel"], ["lostpointercapture", "onPointerUp"]]);
    for (const [name, act] of listeners) {
      pad.svg.addEventListener(name, (event) => this[act](/** @type {PointerEvent} */ (event)));
    }
    // Pinching on a touchpad sends wheel events with the Ctrl key. Without the Ctrl key, the wheel scrolls the page.
    pad.svg.addEventListener("wheel", (event) => this.onWheel(/** @type {WheelEvent} */ (event)), { passive: false });
    this.paintLive = throttleToFrame(() => {
      for (const contact of this.contacts.values()) {
        if (contact.erases) continue;
        showLive(contact);
        if (contact.leads) pad.onStroke?.([...pad.strokes, simplify([...contact.settled, ...contact.recent], pad.epsilon() * pad.unit)], true);
      }
    });
  }

  /** The position of a pointer in the units of the pad, and its pressure. @param {PointerEvent} event @returns {Point} */
  pointAt(event) {
    const { pad } = this;
    const box = pad.svg.getBoundingClientRect();
    const pressure = event.pointerType === "pen" ? event.pressure : 0.5;
    const [left, top, side] = pad.view;
    return [left + ((event.clientX - box.left) / box.width) * side, top + ((event.clientY - box.top) / box.height) * side, pressure];
  }

  /** @param {PointerEvent} event */
  onPointerDown(event) {
    const { pad } = this;
    if (event.button === WHEEL_BUTTON || (pad.panning && event.button === 0)) return this.startMoving(event);
    const eraser = event.button === ERASER_BUTTON || (event.buttons & ERASER_BUTTONS) !== 0;
    if (event.button !== 0 && !eraser) return;
    const touch = event.pointerType === "touch";
    if (this.contacts.has(event.pointerId)) this.onPointerUp(event); // the event that ended the previous contact of this pointer was lost
    const leader = [...this.contacts.values()].find(({ leads }) => leads);
    if (leader && (touch || !leader.touch)) return; // ignore a palm or a second finger
    event.preventDefault();
    if (!touch) for (const id of [...this.contacts.keys()]) this.drop(id); // drop touches, such as the palm of the hand that holds the pen
    pad.viewport.hold();
    pad.hint.hidden = true;
    this.capture(event);
    if (!touch) pad.onGestureStart(pad.erasing || eraser);
    const ink = svgElement("g", {}), path = svgElement("path", { class: "sk-ink" });
    ink.append(path);
    pad.live.append(ink);
    const contact = {
      touch, erases: pad.erasing || eraser, from: /** @type {[number, number]} */ ([event.clientX, event.clientY]), leads: !touch,
      before: pad.strokes, settled: [], recent: [this.pointAt(event)], ink, path,
    };
    this.contacts.set(event.pointerId, contact);
    if (!contact.erases) showLive(contact);
    else if (contact.leads) pad.eraseAt(contact.recent[0]);
  }

  /** Receive all events of a pointer. @param {PointerEvent} event */
  capture(event) {
    const { pad } = this;
    pad.svg.focus({ preventScroll: true });
    try {
      pad.svg.setPointerCapture(event.pointerId);
    } catch {
      // the pointer has been removed already
    }
  }

  /** @param {PointerEvent} event */
  startMoving(event) {
    event.preventDefault();
    this.pad.viewport.hold();
    this.capture(event);
    this.mover = { id: event.pointerId, x: event.clientX, y: event.clientY };
  }

  /** @param {WheelEvent} event */
  onWheel(event) {
    const { pad } = this;
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = pad.svg.getBoundingClientRect();
    pad.viewport.zoom(Math.exp(-event.deltaY / 200), [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
  }

  /** Ignore a pointer from now on and undo what it drew or erased. @param {number} id */
  drop(id) {
    const { pad } = this;
    const contact = this.contacts.get(id);
    if (!contact) return;
    this.contacts.delete(id);
    contact.ink.remove();
    if (contact.erases && pad.strokes !== contact.before) {
      pad.strokes = contact.before;
      pad.paint();
    } else if (contact.leads) {
      pad.restoreAfterGesture();
      pad.onStroke?.(pad.strokes, false);
    }
  }

  /** Make one pointer the one that draws, and ignore all others. @param {number} id @param {Contact} contact */
  lead(id, contact) {
    const { pad } = this;
    if (!contact.leads) {
      pad.onGestureStart(contact.erases);
      contact.before = pad.strokes;
    }
    contact.leads = true;
    for (const other of [...this.contacts.keys()]) if (other !== id) this.drop(other);
  }

  /** @param {PointerEvent} event */
  onPointerMove(event) {
    const { pad } = this;
    if (this.mover?.id === event.pointerId) {
      const { x, y } = this.mover, box = pad.svg.getBoundingClientRect(), [left, top, side] = pad.view;
      pad.viewport.jump([left - ((event.clientX - x) / box.width) * side, top - ((event.clientY - y) / box.height) * side, side]);
      this.mover = { id: event.pointerId, x: event.clientX, y: event.clientY };
      return;
    }
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
      contact.settled.push(...simplify(contact.recent, INVISIBLE_EPSILON * pad.unit).slice(0, -1));
      contact.recent = [this.pointAt(coalesced)];
      contact.path = svgElement("path", { class: "sk-ink" });
      contact.ink.append(contact.path);
    }
    if (!contact.erases) return this.paintLive();
    if (!contact.leads) return;
    for (const point of contact.recent) pad.eraseAt(point);
    contact.recent = contact.recent.slice(-1);
  }

  /** @param {PointerEvent} event */
  onPointerUp(event) {
    const { pad } = this;
    if (this.mover?.id === event.pointerId) this.mover = null;
    const contact = this.contacts.get(event.pointerId);
    if (!contact) return;
    this.lead(event.pointerId, contact);
    this.contacts.delete(event.pointerId);
    contact.ink.remove();
    if (contact.erases) {
      for (const point of contact.recent) pad.eraseAt(point);
      if (pad.strokes === contact.before) return;
      pad.past.push(contact.before);
      pad.future = [];
      return pad.notifyChange("erase");
    }
    const drawn = [...contact.settled, ...contact.recent];
    const stroke = simplify(drawn, pad.epsilon() * pad.unit);
    pad.unsimplified.set(stroke, drawn);
    pad.commit([...pad.strokes, stroke]);
  }

  /** The system canceled the pointer: drop a touch (a palm or a system gesture), but keep the stroke of a pen or mouse. @param {PointerEvent} event */
  onPointerCancel(event) {
    if (this.contacts.get(event.pointerId)?.touch) this.drop(event.pointerId);
    else this.onPointerUp(event);
  }

  /** Set the strokes that are restored if an active pointer is dropped. @param {Point[][]} strokes */
  keep(strokes) {
    for (const contact of this.contacts.values()) contact.before = strokes;
  }
}

/** Show the recent points of an unfinished stroke. @param {Contact} contact */
function showLive({ path, recent }) {
  path.setAttribute("d", pathData(recent));
  path.style.strokeWidth = inkWidth(recent[recent.length - 1][2]);
}
