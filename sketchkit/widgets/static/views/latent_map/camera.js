/**
 * The visible part of a map: pan, zoom, fit.
 * @module
 */

/** Duration of a transition, in ms. */
const TRANSITION_MS = 260;
/** Largest and smallest zoom, relative to the zoom at which the whole map fits. */
const MOST = 4000, LEAST = 0.4;
/** Margin around the drawings, relative to the view. */
const MARGIN = 0.08;

/** Converts between positions on the map and CSS pixels. */
export class Camera {
  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    this.x = this.y = 0; // position at the center of the view
    this.zoom = 1; // pixels per unit of the map
    this.width = this.height = 1; // size of the view, in pixels
    this.frame = 0;
  }

  /** Whether a transition is running. */
  get isMoving() {
    return this.frame !== 0;
  }

  /** Zoom at which a square from -1 to 1 fits. */
  get whole() {
    return Math.min(this.width, this.height) / 2;
  }

  /** @param {number} x @param {number} y @returns {[number, number]} pixels */
  toScreen(x, y) {
    return [(x - this.x) * this.zoom + this.width / 2, (y - this.y) * this.zoom + this.height / 2];
  }

  /** @param {number} px @param {number} py @returns {[number, number]} position */
  toMap(px, py) {
    return [(px - this.width / 2) / this.zoom + this.x, (py - this.height / 2) / this.zoom + this.y];
  }

  /** Set the size of the view, in pixels; the same part of the map stays visible. @param {number} width @param {number} height */
  resize(width, height) {
    const factor = Math.min(width, height) / Math.min(this.width, this.height);
    [this.width, this.height] = [width, height];
    this.zoom *= factor;
    this.changed();
  }

  /** @param {number} dx @param {number} dy pixels */
  pan(dx, dy) {
    this.stop();
    this.x -= dx / this.zoom;
    this.y -= dy / this.zoom;
    this.changed();
  }

  /** @param {number} factor @param {number} [px] @param {number} [py] pixel that stays where it is */
  zoomBy(factor, px = this.width / 2, py = this.height / 2) {
    this.stop();
    const [x, y] = this.toMap(px, py);
    this.zoom = this.limited(this.zoom * factor);
    this.x = x - (px - this.width / 2) / this.zoom;
    this.y = y - (py - this.height / 2) / this.zoom;
    this.changed();
  }

  /** @param {number} zoom */
  limited(zoom) {
    return Math.min(Math.max(zoom, LEAST * this.whole), MOST * this.whole);
  }

  /** Show a box of positions. @param {number[]} box left, top, right, bottom @param {boolean} [smooth] */
  fit([left, top, right, bottom], smooth = true) {
    const room = 1 - 2 * MARGIN;
    const zoom = Math.min((room * this.width) / Math.max(right - left, 1e-3), (room * this.height) / Math.max(bottom - top, 1e-3));
    this.go((left + right) / 2, (top + bottom) / 2, Math.min(zoom, 40 * this.whole), smooth);
  }

  /** Go to a position, unless it is already visible. @param {number} x @param {number} y */
  reveal(x, y) {
    const [px, py] = this.toScreen(x, y), edge = 24;
    if (px >= edge && py >= edge && px <= this.width - edge && py <= this.height - edge) return;
    this.go(x, y, this.zoom);
  }

  /** Go to a position, at once if the user prefers reduced motion. @param {number} x @param {number} y @param {number} zoom @param {boolean} [smooth] */
  go(x, y, zoom, smooth = true) {
    this.stop();
    zoom = this.limited(zoom);
    if (!smooth || matchMedia("(prefers-reduced-motion: reduce)").matches) {
      [this.x, this.y, this.zoom] = [x, y, zoom];
      return this.changed();
    }
    const from = [this.x, this.y, Math.log(this.zoom)], to = [x, y, Math.log(zoom)], startTime = performance.now();
    const step = () => {
      const t = Math.min((performance.now() - startTime) / TRANSITION_MS, 1), eased = t * (2 - t);
      const [a, b, c] = from.map((value, i) => value + (to[i] - value) * eased);
      [this.x, this.y, this.zoom] = [a, b, Math.exp(c)];
      this.frame = t < 1 ? requestAnimationFrame(step) : 0;
      this.changed();
    };
    this.frame = requestAnimationFrame(step);
  }

  /** End the transition where it is. */
  stop() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
  }
}
