/**
 * The visible square of a pad: fit, zoom and pan.
 * @module
 */
import { squareAround } from "../ui/controls.js";

/** Duration of a transition, in ms. */
const TRANSITION_MS = 220;
/** The smallest and largest side of the visible square, relative to the paper. */
const ZOOM_RANGE = [0.05, 40];
/** Width of the edge of the paper, relative to the width of the paper. Lines on the edge would be cut off. */
const EDGE = 0.01;

/** @typedef {[number, number, number]} Square left, top and side */

/** A visible square that moves smoothly. A gesture ends the current transition. */
export class Viewport {
  /**
   * @param {number} size side of the paper, which is the visible square at first
   * @param {() => void} changed called when the square has moved
   */
  constructor(size, changed) {
    this.size = size;
    this.changed = changed;
    /** @type {Square} */
    this.square = [0, 0, size];
    /** The square at the end of the current transition. @type {Square} */
    this.target = this.square;
    this.frame = 0;
  }

  /** Move at once. @param {Square} square */
  jump(square) {
    cancelAnimationFrame(this.frame);
    this.square = this.target = square;
    this.changed();
  }

  /** Move in a transition, or at once if the user prefers reduced motion. @param {Square} square */
  move(square) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.jump(square);
    cancelAnimationFrame(this.frame);
    const from = this.square, startTime = performance.now();
    this.target = square;
    const step = () => {
      const t = Math.min((performance.now() - startTime) / TRANSITION_MS, 1), eased = t * (2 - t);
      this.square = /** @type {Square} */ (from.map((x, i) => x + (square[i] - x) * eased));
      this.changed();
      if (t < 1) this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  /** End the transition where it is, because a gesture starts. */
  hold() {
    cancelAnimationFrame(this.frame);
    this.target = this.square;
  }

  /** The paper, or a square around the drawing if the drawing reaches the edge of the paper or is larger than the paper. @param {number[] | null} bounds left, top, right, bottom @returns {Square} */
  around(bounds) {
    const { size } = this;
    if (!bounds) return [0, 0, size];
    const [left, top, right, bottom] = bounds;
    const edge = EDGE * size, far = size - edge;
    if (left >= edge && top >= edge && right <= far && bottom <= far) return [0, 0, size];
    if (Math.max(right - left, bottom - top) <= far - edge) return [(left + right - size) / 2, (top + bottom - size) / 2, size];
    return squareAround(bounds);
  }

  /** Whether the square contains a box. @param {number[]} bounds left, top, right, bottom */
  contains([left, top, right, bottom]) {
    const [x, y, side] = this.target;
    return left >= x && top >= y && right <= x + side && bottom <= y + side;
  }

  /** Enlarge the square until it contains a box. @param {number[]} bounds left, top, right, bottom */
  reveal([left, top, right, bottom]) {
    const [x, y, side] = this.target;
    if (this.contains([left, top, right, bottom])) return;
    this.move(squareAround([Math.min(left, x), Math.min(top, y), Math.max(right, x + side), Math.max(bottom, y + side)], 0.04));
  }

  /** @param {number} factor above 1 enlarges the drawing @param {number[]} [center] point that stays where it is, in shares of the side of the square */
  zoom(factor, [u, v] = [0.5, 0.5]) {
    const [x, y, side] = this.target;
    const [least, most] = ZOOM_RANGE.map((share) => share * this.size);
    const smaller = Math.min(Math.max(side / factor, least), most);
    this.move([x + u * (side - smaller), y + v * (side - smaller), smaller]);
  }

  /** @param {number} u @param {number} v distances in shares of the side of the square */
  pan(u, v) {
    const [x, y, side] = this.target;
    this.move([x + u * side, y + v * side, side]);
  }

  /** Change the units of the paper. @param {number} factor */
  scale(factor) {
    this.size *= factor;
    this.jump(/** @type {Square} */ (this.target.map((x) => x * factor)));
  }
}
