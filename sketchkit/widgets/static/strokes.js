/**
 * Drawings in the page: strokes of absolute points, stroke-3 rows, simplification, and their way into SVG.
 * @module
 */

/** @typedef {[number, number, number]} Point x, y, pressure 0 to 1 */
/** @typedef {{start: [number, number], rows: number[]}} Sketch stroke-3 rows in the drawing's units, three numbers a point */

/**
 * Points of a line that simplification keeps (Ramer, Douglas and Peucker).
 * @param {Point[]} points
 * @param {number} epsilon in the points' units
 * @returns {Point[]}
 */
export function simplify(points, epsilon) {
  if (points.length < 3) return points;
  const keep = new Uint8Array(points.length);
  keep[0] = keep[points.length - 1] = 1;
  const stack = [[0, points.length - 1]];
  for (let span = stack.pop(); span; span = stack.pop()) {
    const [a, b] = span;
    let worst = 0, at = -1;
    for (let i = a + 1; i < b; i++) {
      const distance = toSegment(points[i], points[a], points[b]);
      if (distance > worst) [worst, at] = [distance, i];
    }
    if (worst > epsilon) {
      keep[at] = 1;
      stack.push([a, at], [at, b]);
    }
  }
  return points.filter((_, i) => keep[i]);
}

/** @param {Point} p @param {Point} a @param {Point} b */
function toSegment(p, a, b) {
  const dx = b[0] - a[0], dy = b[1] - a[1];
  const t = dx || dy ? Math.max(0, Math.min(1, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / (dx * dx + dy * dy))) : 0;
  return Math.hypot(p[0] - a[0] - t * dx, p[1] - a[1] - t * dy);
}

/**
 * Strokes as a sketch.
 * @param {Point[][]} strokes
 * @returns {Sketch}
 */
export function toSketch(strokes) {
  const filled = strokes.filter((stroke) => stroke.length);
  if (!filled.length) return { start: [0, 0], rows: [] };
  let [x, y] = filled[0][0];
  /** @type {Sketch} */
  const sketch = { start: [x, y], rows: [] };
  filled.forEach((stroke, s) => {
    const points = s === 0 && stroke.length > 1 ? stroke.slice(1) : stroke;
    points.forEach((point, i) => {
      sketch.rows.push(point[0] - x, point[1] - y, i === points.length - 1 ? 1 : 0);
      [x, y] = point;
    });
  });
  return sketch;
}

/**
 * A sketch as strokes of absolute points.
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
 * The path of a stroke; a lone point is a dot.
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
 * Stroke-3 rows of the model, in its units, as rows of the drawing.
 * @param {Float32Array} rows
 * @param {number} scale
 */
export function fromModel(rows, scale) {
  return Array.from(rows, (value, i) => (i % 3 === 2 ? value : value * scale));
}

/**
 * Rows of a drawing in the model's units.
 * @param {number[]} rows
 * @param {number} scale
 */
export function toModel(rows, scale) {
  return Float32Array.from(rows, (value, i) => (i % 3 === 2 ? value : value / scale));
}
