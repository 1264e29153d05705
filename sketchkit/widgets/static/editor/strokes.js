/**
 * Conversion of drawings between strokes of absolute points, stroke-3 rows and SVG paths; simplification and distance.
 * @module
 */

/** @typedef {[number, number, number]} Point x, y, pressure 0 to 1 */
/** @typedef {{start: [number, number], rows: number[]}} Sketch stroke-3 rows in the drawing's units, three numbers for each point */

/**
 * Simplify a line with the Ramer-Douglas-Peucker algorithm.
 * @param {Point[]} points
 * @param {number} epsilon tolerance, in the units of the points
 * @returns {Point[]}
 */
export function simplify(points, epsilon) {
  if (points.length < 3) return points;
  const keep = new Uint8Array(points.length);
  keep[0] = keep[points.length - 1] = 1;
  const stack = [[0, points.length - 1]];
  for (let span = stack.pop(); span; span = stack.pop()) {
    const [a, b] = span;
    let worst = 0, farthest = -1;
    for (let i = a + 1; i < b; i++) {
      const distance = toSegment(points[i], points[a], points[b]);
      if (distance > worst) [worst, farthest] = [distance, i];
    }
    if (worst > epsilon) {
      keep[farthest] = 1;
      stack.push([a, farthest], [farthest, b]);
    }
  }
  return points.filter((_, i) => keep[i]);
}

/**
 * Distance of a point from the segment between two points.
 * @param {Point} p
 * @param {Point} a
 * @param {Point} b
 */
export function toSegment(p, a, b) {
  const dx = b[0] - a[0], dy = b[1] - a[1];
  const t = dx || dy ? Math.max(0, Math.min(1, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / (dx * dx + dy * dy))) : 0;
  return Math.hypot(p[0] - a[0] - t * dx, p[1] - a[1] - t * dy);
}

/** Round to six significant digits, as Python does, so that a value is unchanged by a round trip. @param {number} x */
const sixDigits = (x) => Number(x.toPrecision(6));

/**
 * Convert strokes to a sketch.
 * @param {Point[][]} strokes
 * @returns {Sketch}
 */
export function toSketch(strokes) {
  const filled = strokes.filter((stroke) => stroke.length);
  if (!filled.length) return { start: [0, 0], rows: [] };
  let [x, y] = filled[0][0];
  /** @type {Sketch} */
  const sketch = { start: [sixDigits(x), sixDigits(y)], rows: [] };
  filled.forEach((stroke, s) => {
    const points = s === 0 && stroke.length > 1 ? stroke.slice(1) : stroke;
    points.forEach((point, i) => {
      sketch.rows.push(sixDigits(point[0] - x), sixDigits(point[1] - y), i === points.length - 1 ? 1 : 0);
      [x, y] = point;
    });
  });
  return sketch;
}

/**
 * Convert a sketch to strokes of absolute points.
 * @param {Sketch} sketch
 * @returns {Point[][]}
 */
export function toStrokes({ start, rows }) {
  /** @type {Point[][]} */
  const strokes = [];
  let [x, y] = start;
  /** @type {Point[]} */
  let stroke = [[x, y, 0.5]];
  for (let i = 0; i + 2 < rows.length; i += 3) {
    x += rows[i];
    y += rows[i + 1];
    stroke.push([x, y, 0.5]);
    if (rows[i + 2]) {
      strokes.push(stroke);
      stroke = [];
    }
  }
  if (stroke.length && rows.length && !rows[rows.length - 1]) strokes.push(stroke);
  return strokes;
}

/**
 * Whether two sketches are equal up to rounding.
 * @param {Sketch} a
 * @param {Sketch} b
 */
export function sameSketch(a, b) {
  const [p, q] = [a, b].map(({ start, rows }) => [...start, ...rows]);
  return p.length === q.length && p.every((x, i) => Math.abs(x - q[i]) <= 1e-3 + 1e-5 * Math.abs(x));
}

/**
 * Bounds of strokes: left, top, right, bottom.
 * @param {Point[][]} strokes
 */
export function boundsOf(strokes) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const stroke of strokes) {
    for (const [x, y] of stroke) {
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    }
  }
  return box[0] <= box[2] ? box : [0, 0, 1, 1];
}

/**
 * Center strokes in a square, and scale them to its size without a change of their aspect ratio.
 * @param {Point[][]} strokes
 * @param {number} x left
 * @param {number} y top
 * @param {number} side
 * @returns {Point[][]}
 */
export function fittedInto(strokes, x, y, side) {
  const [left, top, right, bottom] = boundsOf(strokes);
  const scale = side / Math.max(right - left, bottom - top, 1e-6);
  const shift = [x + (side - scale * (left + right)) / 2, y + (side - scale * (top + bottom)) / 2];
  return strokes.map((stroke) => stroke.map((p) => [p[0] * scale + shift[0], p[1] * scale + shift[1], p[2]]));
}

/** Spacing of the points that `distance` samples along the strokes, relative to the longer side. */
const SPACING = 1 / 64;
/** Maximum number of points of a drawing that `distance` compares. */
const MAX_COMPARED = 4096;

/**
 * Distance between two drawings, computed as in `Sketch.chamfer_distance` in Python. The centers of the drawings are aligned.
 * The result is the mean distance from a point of one drawing to the nearest point of the other, averaged over both
 * directions, relative to the longer side of the first drawing.
 * @param {Point[][]} one
 * @param {Point[][]} other
 * @returns {number} NaN if one of the drawings is empty
 */
export function distance(one, other) {
  if (!one.length || !other.length) return NaN;
  const [left, top, right, bottom] = boundsOf(one);
  const side = Math.max(right - left, bottom - top) || 1;
  const [p, q] = [one, other].map((strokes) => {
    const [l, t, r, b] = boundsOf(strokes);
    return pointsAlong(strokes, side).map(([x, y]) => [(x - (l + r) / 2) / side, (y - (t + b) / 2) / side]);
  });
  /** @param {number[][]} a @param {number[][]} b */
  const meanNearest = (a, b) => {
    let sum = 0;
    for (const [x, y] of a) {
      let nearest = Infinity;
      for (const [u, v] of b) nearest = Math.min(nearest, (x - u) * (x - u) + (y - v) * (y - v));
      sum += Math.sqrt(nearest);
    }
    return sum / a.length;
  };
  return (meanNearest(p, q) + meanNearest(q, p)) / 2;
}

/**
 * Evenly spaced points along strokes, including both ends of each stroke.
 * @param {Point[][]} strokes
 * @param {number} side
 */
function pointsAlong(strokes, side) {
  /** @type {number[][]} */
  const points = [];
  for (const stroke of strokes) {
    points.push([stroke[0][0], stroke[0][1]]);
    for (let i = 1; i < stroke.length; i++) {
      const [a, b] = [stroke[i - 1], stroke[i]];
      const parts = Math.min(Math.max(Math.ceil(Math.hypot(b[0] - a[0], b[1] - a[1]) / (SPACING * side)), 1), 256);
      for (let k = 1; k <= parts; k++) points.push([a[0] + ((b[0] - a[0]) * k) / parts, a[1] + ((b[1] - a[1]) * k) / parts]);
    }
  }
  if (points.length <= MAX_COMPARED) return points;
  const stride = Math.ceil(points.length / MAX_COMPARED);
  return points.filter((_, i) => i % stride === 0);
}

/**
 * The SVG path of a stroke; a stroke of one point becomes a dot.
 * @param {Point[]} stroke
 */
export function pathData(stroke) {
  const at = (/** @type {Point} */ p) => `${round(p[0])} ${round(p[1])}`;
  if (stroke.length === 1) return `M${at(stroke[0])}h0.01`;
  return `M${stroke.map(at).join("L")}`;
}

/** @param {number} x */
const round = (x) => Math.round(x * 100) / 100;

/**
 * Convert stroke-3 rows from model units to drawing units.
 * @param {Float32Array} rows
 * @param {number} scale
 */
export function fromModel(rows, scale) {
  return Array.from(rows, (value, i) => (i % 3 === 2 ? value : sixDigits(value * scale)));
}

/**
 * Convert stroke-3 rows from drawing units to model units.
 * @param {number[]} rows
 * @param {number} scale
 */
export function toModel(rows, scale) {
  return Float32Array.from(rows, (value, i) => (i % 3 === 2 ? value : value / scale));
}
