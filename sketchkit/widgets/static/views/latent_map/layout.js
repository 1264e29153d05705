/**
 * The drawings of a map: positions, labels, values and codes, and searches among the positions.
 * @module
 */

/** Largest coordinate of a position in the received arrays. */
const GRID = 32767;
/** Number of nearest drawings whose codes are averaged for a position, and the power of the inverse distance in their weights; as in map_layout.py. */
const NUM_NEIGHBORS = 3, WEIGHT_POWER = 8;
/** An arrow key goes only to drawings whose sideways distance is at most this multiple of their distance in the direction of the key. */
const CONE = 1;

/** @typedef {import("../../runtime/arrays.js").NumberArray} NumberArray */

/** Positions are in a square from -1 to 1, with y pointing down. */
export class MapLayout {
  /**
   * @param {Record<string, NumberArray>} arrays the part `layout`
   * @param {{categories: string[], values: string[], unit: number}} about
   */
  constructor(arrays, { categories, values, unit }) {
    this.count = arrays.labels.length;
    this.unit = unit;
    this.categories = categories;
    this.labels = arrays.labels;
    this.axes = arrays.axes;
    this.indices = arrays.indices;
    /** Values by which drawings can be colored. @type {Record<string, NumberArray>} */
    this.values = Object.fromEntries(values.map((name) => [name, arrays[`value/${name}`]]));
    this.x = new Float32Array(this.count);
    this.y = new Float32Array(this.count);
    for (let i = 0; i < this.count; i++) {
      this.x[i] = arrays.positions[2 * i] / GRID;
      this.y[i] = -arrays.positions[2 * i + 1] / GRID;
    }
    /** Codes of all drawings, once they have arrived. @type {NumberArray | null} */
    this.codes = null;
    /** For each drawing, whether it is highlighted. */
    this.active = new Uint8Array(this.count).fill(1);
  }

  /** Highlight a category, or all drawings for an index below 0. @param {number} category */
  highlight(category) {
    for (let i = 0; i < this.count; i++) this.active[i] = category < 0 || this.labels[i] === category ? 1 : 0;
  }

  /** Bounds of the highlighted drawings: left, top, right, bottom. */
  bounds() {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < this.count; i++) {
      if (!this.active[i]) continue;
      box[0] = Math.min(box[0], this.x[i]);
      box[1] = Math.min(box[1], this.y[i]);
      box[2] = Math.max(box[2], this.x[i]);
      box[3] = Math.max(box[3], this.y[i]);
    }
    return box[0] <= box[2] ? box : [-1, -1, 1, 1];
  }

  /** The drawings nearest to a position, the nearest first. @param {number} x @param {number} y @param {number} [wanted] */
  nearest(x, y, wanted = 1) {
    /** @type {[number, number][]} squared distance and index */
    const found = [];
    for (let i = 0; i < this.count; i++) {
      const square = (this.x[i] - x) ** 2 + (this.y[i] - y) ** 2;
      if (found.length === wanted && square >= found[wanted - 1][0]) continue;
      let at = found.length;
      while (at > 0 && found[at - 1][0] > square) at--;
      found.splice(at, 0, [square, i]);
      if (found.length > wanted) found.pop();
    }
    return found.map(([square, index]) => ({ index, square }));
  }

  /** The nearest highlighted drawing in a direction from another one; -1 if there is none. @param {number} from @param {number} dx @param {number} dy */
  inDirection(from, dx, dy) {
    let best = -1, least = Infinity;
    for (let i = 0; i < this.count; i++) {
      if (i === from || !this.active[i]) continue;
      const x = this.x[i] - this.x[from], y = this.y[i] - this.y[from];
      const along = x * dx + y * dy, across = Math.abs(x * dy - y * dx);
      if (along <= 0 || across > CONE * along) continue;
      const square = x * x + y * y;
      if (square < least) [best, least] = [i, square];
    }
    return best;
  }

  /** The highlighted drawing before or after another one; the last one is followed by the first one. @param {number} from @param {number} step 1 or -1 */
  next(from, step) {
    for (let k = 1; k <= this.count; k++) {
      const i = (((from + k * step) % this.count) + this.count) % this.count;
      if (this.active[i]) return i;
    }
    return from;
  }

  /** The highlighted drawings inside a polygon. @param {[number, number][]} polygon */
  inside(polygon) {
    const xs = polygon.map(([x]) => x), ys = polygon.map(([, y]) => y);
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const found = [];
    for (let i = 0; i < this.count; i++) {
      const x = this.x[i], y = this.y[i];
      if (!this.active[i] || x < left || x > right || y < top || y > bottom) continue;
      let isInside = false;
      for (let a = 0, b = polygon.length - 1; a < polygon.length; b = a++) {
        if (ys[a] > y !== ys[b] > y && x < ((xs[b] - xs[a]) * (y - ys[a])) / (ys[b] - ys[a]) + xs[a]) isInside = !isInside;
      }
      if (isInside) found.push(i);
    }
    return found;
  }

  /** The mean code of drawings; null until the codes have arrived. @param {number[]} indices */
  meanCode(indices) {
    const { codes } = this;
    if (!codes || !indices.length) return null;
    const size = codes.length / this.count, sum = new Float64Array(size);
    for (const index of indices) for (let d = 0; d < size; d++) sum[d] += codes[index * size + d];
    return Float32Array.from(sum, (value) => value / indices.length);
  }

  /**
   * An approximate code at a position, the same as `MapLayout.code_at` in Python; null until the codes have arrived.
   * @param {number} x
   * @param {number} y
   */
  codeAt(x, y) {
    const { codes } = this;
    if (!codes) return null;
    const size = codes.length / this.count, code = new Float64Array(size);
    const near = this.nearest(x, y, NUM_NEIGHBORS);
    const weights = near.map(({ square }) => (square + 1e-12) ** (-WEIGHT_POWER / 2));
    const total = weights.reduce((a, b) => a + b, 0);
    near.forEach(({ index }, k) => {
      const weight = weights[k] / total, dx = (x - this.x[index]) * this.unit, dy = -(y - this.y[index]) * this.unit;
      for (let d = 0; d < size; d++) {
        code[d] += weight * (codes[index * size + d] + dx * this.axes[d] + dy * this.axes[size + d]);
      }
    });
    return Float32Array.from(code);
  }

  /** A position in the units of Python. @param {number} x @param {number} y @returns {[number, number]} */
  toPython(x, y) {
    return [x * this.unit, -y * this.unit];
  }
}
