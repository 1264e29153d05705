/**
 * The path of a pen along the strokes of a drawing, to draw it gradually.
 * @module
 */

/** @typedef {import("./strokes.js").Point} Point */

/** Length of a move with a lifted pen, relative to a line between the same points. */
const LIFTED = 0.3;

/** @param {Point} a @param {Point} b */
const gap = (a, b) => Math.hypot(b[0] - a[0], b[1] - a[1]);

/**
 * The length of the path, including the moves with a lifted pen.
 * @param {Point[][]} strokes
 */
export function pathLength(strokes) {
  let length = 0;
  /** @type {Point | undefined} */
  let pen;
  for (const stroke of strokes) {
    if (pen) length += LIFTED * gap(pen, stroke[0]);
    for (let i = 1; i < stroke.length; i++) length += gap(stroke[i - 1], stroke[i]);
    pen = stroke[stroke.length - 1];
  }
  return length;
}

/**
 * The strokes that a pen has drawn after a distance along the path; the last one may be unfinished.
 * @param {Point[][]} strokes
 * @param {number} distance
 * @returns {Point[][]}
 */
export function strokesUpTo(strokes, distance) {
  /** @type {Point[][]} */
  const drawn = [];
  /** @type {Point | undefined} */
  let pen;
  for (const stroke of strokes) {
    if (pen) distance -= LIFTED * gap(pen, stroke[0]);
    if (distance < 0) break;
    const part = [stroke[0]];
    drawn.push(part);
    for (let i = 1; i < stroke.length; i++) {
      const [a, b] = [stroke[i - 1], stroke[i]], length = gap(a, b);
      if (length > distance) {
        const t = distance / length;
        part.push([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2])]);
        return drawn;
      }
      distance -= length;
      part.push(b);
    }
    pen = stroke[stroke.length - 1];
  }
  return drawn;
}
