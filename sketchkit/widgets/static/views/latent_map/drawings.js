/**
 * The drawings of a map, packed: points on a grid of 256 x 256.
 * @module
 */

/** @typedef {import("../../runtime/arrays.js").NumberArray} NumberArray */
/** @typedef {import("../../editor/strokes.js").Point} Point */

/** Largest coordinate of a point. */
export const SIDE = 255;

/** Drawings that map_layout.py has packed. */
export class PackedDrawings {
  /** @param {Record<string, NumberArray>} arrays the part `drawings` */
  constructor({ starts, points, lifts }) {
    this.starts = starts;
    this.points = points;
    this.lifts = lifts;
  }

  /**
   * Call a function for each point of a drawing, in the order in which the points were drawn.
   * @param {number} index
   * @param {(x: number, y: number, isFirst: boolean) => void} pen `isFirst`: a stroke begins at this point
   */
  trace(index, pen) {
    let isFirst = true;
    for (let i = this.starts[index]; i < this.starts[index + 1]; i++) {
      pen(this.points[2 * i], this.points[2 * i + 1], isFirst);
      isFirst = ((this.lifts[i >> 3] >> (i & 7)) & 1) === 1;
    }
  }

  /** The strokes of a drawing. @param {number} index */
  strokes(index) {
    /** @type {Point[][]} */
    const strokes = [];
    this.trace(index, (x, y, isFirst) => {
      if (isFirst) strokes.push([]);
      strokes[strokes.length - 1].push([x, y, 0.5]);
    });
    return strokes;
  }
}
