/**
 * Thumbnails of a map: which drawings have room for a thumbnail at each zoom, and the pictures.
 * @module
 */
import { css, mix } from "./colors.js";
import { SIDE } from "./drawings.js";

/** @typedef {import("./colors.js").Rgb} Rgb */

/** Smallest room for a thumbnail (side of a square), in CSS pixels; the largest room is twice as large. */
const ROOM_PX = 42;
/** Side of a thumbnail relative to its room. */
const SHARE = 0.78;
/** Share of the color of the ink in the color of the lines, so that the lines look different from the points. */
const INK = 0.3;
/** Number of levels; the room, in units of the map, halves from one level to the next. */
const LEVELS = 18;
/** Milliseconds that a frame spends on new pictures; further pictures follow in the next frames. */
const BUDGET_MS = 5;
/** Number of pictures that are kept. */
const MOST_PICTURES = 1500;
/** Sides of the pictures in pixels of the canvas. */
const SIDES = [48, 96, 192];

/**
 * The level from which each drawing has a thumbnail. A drawing gets a thumbnail at a level if no other thumbnail of this level is closer,
 * both horizontally and vertically, than the room of a thumbnail. Drawings that have a thumbnail keep it when the map is enlarged.
 */
export class Levels {
  /** @param {import("./layout.js").MapLayout} layout */
  constructor(layout) {
    this.layout = layout;
    /** The level from which each drawing has a thumbnail; 255: not yet known. */
    this.first = new Uint8Array(layout.count);
    /** Number of levels for which the thumbnails are known. */
    this.known = 0;
    /** Drawings without a thumbnail so far, in the order in which they are placed, and drawings with a thumbnail. @type {number[]} */
    this.waiting = [];
    /** @type {number[]} */
    this.placed = [];
    this.reset();
  }

  /** Start again, after the highlighted drawings have changed. */
  reset() {
    const { count, active } = this.layout;
    this.first.fill(255);
    this.known = 0;
    // The order is random, so that no category is preferred, but it is always the same.
    let state = 1;
    const order = Array.from({ length: count }, (_, i) => i).filter((i) => active[i]);
    for (let i = order.length - 1; i > 0; i--) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const j = state % (i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    this.waiting = order;
    this.placed = [];
  }

  /** Find the drawings with a thumbnail up to a level. @param {number} level */
  upTo(level) {
    for (; this.known <= level && this.known < LEVELS; this.known++) {
      const room = 2 ** -this.known, across = Math.ceil(4 / room) + 4;
      /** The thumbnail in each cell of a grid; a cell has room for at most one. @type {Map<number, number>} */
      const cells = new Map();
      const { x, y } = this.layout;
      const cellOf = (/** @type {number} */ i) => Math.floor((y[i] + 2) / room) * across + Math.floor((x[i] + 2) / room);
      for (const i of this.placed) cells.set(cellOf(i), i);
      const isFree = (/** @type {number} */ i, /** @type {number} */ cell) => {
        for (const row of [-across, 0, across]) {
          for (const column of [-1, 0, 1]) {
            const other = cells.get(cell + row + column);
            if (other !== undefined && Math.abs(x[other] - x[i]) < room && Math.abs(y[other] - y[i]) < room) return false;
          }
        }
        return true;
      };
      this.waiting = this.waiting.filter((i) => {
        const cell = cellOf(i);
        if (!isFree(i, cell)) return true;
        cells.set(cell, i);
        this.placed.push(i);
        this.first[i] = this.known;
        return false;
      });
    }
  }
}

/** Paints thumbnails. */
export class Thumbnails {
  /** @param {CanvasRenderingContext2D} context @param {import("./layout.js").MapLayout} layout @param {import("./drawings.js").PackedDrawings} drawings */
  constructor(context, layout, drawings) {
    this.context = context;
    this.layout = layout;
    this.drawings = drawings;
    this.levels = new Levels(layout);
    /** Pictures by drawing and side. @type {Map<number, HTMLCanvasElement>} */
    this.pictures = new Map();
    /** Side of the thumbnails in the latest frame, in CSS pixels, and their indices and centers. */
    this.side = 0;
    /** @type {[number, number, number][]} */
    this.shown = [];
  }

  /** Discard the pictures, after the colors have changed. */
  clear() {
    this.pictures.clear();
  }

  /**
   * Paint the thumbnails that have room.
   * @param {import("./camera.js").Camera} camera
   * @param {import("./colors.js").Coloring} colors
   * @param {Rgb} paper
   * @param {Rgb} ink
   * @param {number} ratio pixels of the canvas per CSS pixel
   * @returns {boolean} whether all of them have a picture
   */
  paint(camera, colors, paper, ink, ratio) {
    const { layout, context } = this;
    const level = Math.min(Math.max(Math.floor(Math.log2(camera.zoom / ROOM_PX)), 0), LEVELS - 1);
    this.levels.upTo(level);
    const side = this.side = SHARE * Math.min(camera.zoom * 2 ** -level, 4 * ROOM_PX), half = side / 2;
    const size = SIDES.findIndex((pixels) => pixels >= side * ratio), sizeIndex = size < 0 ? SIDES.length - 1 : size;
    const deadline = performance.now() + BUDGET_MS;
    let isComplete = true;
    this.shown = [];
    for (let i = 0; i < layout.count; i++) {
      if (this.levels.first[i] > level) continue;
      const [x, y] = camera.toScreen(layout.x[i], layout.y[i]);
      if (x < -half || y < -half || x > camera.width + half || y > camera.height + half) continue;
      let picture = this.pictures.get(i * SIDES.length + sizeIndex);
      if (!picture) {
        if (performance.now() > deadline) {
          isComplete = false;
          picture = this.anySize(i);
          if (!picture) continue;
        } else {
          picture = this.draw(i, SIDES[sizeIndex], mix(colors.palette[colors.which[i]], ink, INK), paper);
          this.keep(i * SIDES.length + sizeIndex, picture);
        }
      }
      this.shown.push([i, x, y]);
      context.drawImage(picture, Math.round((x - half) * ratio), Math.round((y - half) * ratio), Math.round(side * ratio), Math.round(side * ratio));
    }
    return isComplete;
  }

  /** The thumbnail at a pixel, -1 if there is none. @param {number} px @param {number} py */
  at(px, py) {
    let best = -1, least = this.side / 2;
    for (const [i, x, y] of this.shown) {
      const distance = Math.max(Math.abs(x - px), Math.abs(y - py));
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  }

  /** A picture of a drawing, in any size in which it has been painted. @param {number} i */
  anySize(i) {
    for (let k = 0; k < SIDES.length; k++) {
      const picture = this.pictures.get(i * SIDES.length + k);
      if (picture) return picture;
    }
    return undefined;
  }

  /** @param {number} key @param {HTMLCanvasElement} picture */
  keep(key, picture) {
    if (this.pictures.size >= MOST_PICTURES) {
      let oldest = MOST_PICTURES / 4;
      for (const each of this.pictures.keys()) {
        if (oldest-- <= 0) break;
        this.pictures.delete(each);
      }
    }
    this.pictures.set(key, picture);
  }

  /** Draw a thumbnail: the lines over wider lines in the color of paper, which separate it from the points below. @param {number} i @param {number} pixels @param {Rgb} color @param {Rgb} paper */
  draw(i, pixels, color, paper) {
    const picture = document.createElement("canvas");
    picture.width = picture.height = pixels;
    const pen = /** @type {CanvasRenderingContext2D} */ (picture.getContext("2d"));
    const edge = pixels * 0.08, scale = (pixels - 2 * edge) / SIDE;
    pen.lineCap = pen.lineJoin = "round";
    pen.beginPath();
    this.drawings.trace(i, (x, y, isFirst) => {
      if (isFirst) {
        pen.moveTo(edge + x * scale, edge + y * scale);
        pen.lineTo(edge + x * scale + 0.01, edge + y * scale); // a stroke of one point is a dot
      } else {
        pen.lineTo(edge + x * scale, edge + y * scale);
      }
    });
    const line = Math.max(pixels / 34, 1.2);
    pen.strokeStyle = css(paper);
    pen.globalAlpha = 0.9;
    pen.lineWidth = line + pixels * 0.15;
    pen.stroke();
    pen.globalAlpha = 1;
    pen.strokeStyle = css(color);
    pen.lineWidth = line;
    pen.stroke();
    return picture;
  }
}
