/**
 * The classifier of a model, which names the category of a drawing; the same as `sketchkit.model.classifier` in Python.
 * @module
 */

/** @typedef {import("./cells.js").Weights} Weights */

/** Width and height of a picture, and the empty margin around the drawing, in pixels. */
const SIDE = 32, MARGIN = 2;
/** Maximum distance between neighboring samples on a line, and the length of a line that adds as much gray as the dot at the start of a stroke, in pixels. */
const SPACING = 0.25, DOT = 0.5;
/** Number of convolutions. */
const LAYERS = 4;

/**
 * The gray picture of a drawing; the drawing fills it up to the margin.
 * @param {Float32Array} rows stroke-3, one or more points
 */
export function picture(rows) {
  const count = rows.length / 3, xs = new Float64Array(count), ys = new Float64Array(count);
  for (let i = 0, x = 0, y = 0; i < count; i++) {
    xs[i] = x += rows[3 * i];
    ys[i] = y += rows[3 * i + 1];
  }
  const bounds = (/** @type {Float64Array} */ values) => values.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity]);
  const [left, right] = bounds(xs), [top, bottom] = bounds(ys), extent = Math.max(right - left, bottom - top);
  const scale = extent > 0 ? (SIDE - 1 - 2 * MARGIN) / extent : 0;
  for (let i = 0; i < count; i++) {
    xs[i] = (xs[i] - (left + right) / 2) * scale + (SIDE - 1) / 2;
    ys[i] = (ys[i] - (top + bottom) / 2) * scale + (SIDE - 1) / 2;
  }
  const gray = new Float64Array(SIDE * SIDE);
  /** Distribute ink among the four pixels around a position. @param {number} x @param {number} y @param {number} ink */
  const add = (x, y, ink) => {
    const column = Math.floor(x), row = Math.floor(y), u = x - column, v = y - row, at = row * SIDE + column;
    gray[at] += (1 - v) * (1 - u) * ink;
    gray[at + 1] += (1 - v) * u * ink;
    gray[at + SIDE] += v * (1 - u) * ink;
    gray[at + SIDE + 1] += v * u * ink;
  };
  for (let i = 0; i < count; i++) {
    const starts = i === 0 || rows[3 * i - 1] > 0.5;
    if (starts) add(xs[i], ys[i], DOT);
    if (i + 1 === count || rows[3 * i + 2] > 0.5) continue;
    const dx = xs[i + 1] - xs[i], dy = ys[i + 1] - ys[i], length = Math.hypot(dx, dy);
    const samples = Math.max(Math.ceil(length / SPACING), 1);
    for (let k = 0; k < samples; k++) {
      const share = (k + 0.5) / samples;
      add(xs[i] + share * dx, ys[i] + share * dy, length / samples);
    }
  }
  return Float32Array.from(gray, (value) => Math.min(value, 1));
}

/** A classifier. */
export class Classifier {
  /** @param {Weights} weights tensors by their names in the folder of the model */
  constructor(weights) {
    this.weights = weights;
    let channels = 1;
    for (let layer = 0; layer < LAYERS; layer++) {
      const width = this.tensor(`conv${layer}/b`).length;
      this.expect(`conv${layer}/w`, 9 * channels * width);
      channels = width;
    }
    this.categories = this.tensor("dense/b").length;
    this.expect("dense/w", (SIDE >> (LAYERS - 1)) ** 2 * channels * this.categories);
  }

  /** @param {string} name */
  tensor(name) {
    if (!this.weights[name]?.length) throw new Error(`tensor classifier/${name} is missing`);
    return this.weights[name];
  }

  /** @param {string} name @param {number} count */
  expect(name, count) {
    const { length } = this.tensor(name);
    if (length !== count) throw new Error(`tensor classifier/${name}: expected ${count} numbers, got ${length}`);
  }

  /**
   * The probability of each category.
   * @param {Float32Array} rows stroke-3, in any units
   */
  probabilities(rows) {
    let x = picture(rows), side = SIDE;
    for (let layer = 0; layer < LAYERS; layer++) {
      x = convolve(x, side, this.tensor(`conv${layer}/w`), this.tensor(`conv${layer}/b`));
      if (layer === LAYERS - 1) break;
      x = pool(x, side);
      side /= 2;
    }
    const w = this.tensor("dense/w"), logits = Float64Array.from(this.tensor("dense/b")), count = this.categories;
    for (let i = 0; i < x.length; i++) {
      if (x[i]) for (let c = 0; c < count; c++) logits[c] += x[i] * w[i * count + c];
    }
    return softmax(logits);
  }
}

/**
 * A 3 x 3 convolution of a picture that is padded with zeros, followed by ReLU.
 * @param {Float32Array} x (side, side, channels)
 * @param {number} side
 * @param {Float32Array} w (3, 3, channels, width)
 * @param {Float32Array} b (width)
 */
function convolve(x, side, w, b) {
  const width = b.length, channels = x.length / (side * side), y = new Float32Array(side * side * width), sum = new Float64Array(width);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      sum.set(b);
      for (let tap = 0; tap < 9; tap++) {
        const r = row + Math.floor(tap / 3) - 1, c = column + (tap % 3) - 1;
        if (r < 0 || c < 0 || r >= side || c >= side) continue;
        for (let channel = 0; channel < channels; channel++) {
          const value = x[(r * side + c) * channels + channel], at = (tap * channels + channel) * width;
          if (value) for (let k = 0; k < width; k++) sum[k] += value * w[at + k];
        }
      }
      const out = (row * side + column) * width;
      for (let k = 0; k < width; k++) y[out + k] = Math.max(sum[k], 0);
    }
  }
  return y;
}

/**
 * Max pooling: the largest value of every 2 x 2 pixels.
 * @param {Float32Array} x (side, side, channels)
 * @param {number} side
 */
function pool(x, side) {
  const channels = x.length / (side * side), half = side / 2, y = new Float32Array(half * half * channels);
  for (let i = 0; i < y.length; i++) {
    const channel = i % channels, pixel = (i - channel) / channels, row = 2 * Math.floor(pixel / half), column = 2 * (pixel % half);
    const at = (row * side + column) * channels + channel;
    y[i] = Math.max(x[at], x[at + channels], x[at + side * channels], x[at + (side + 1) * channels]);
  }
  return y;
}

/** Probabilities from logits. @param {Float64Array} logits */
export function softmax(logits) {
  const top = Math.max(...logits), exps = logits.map((x) => Math.exp(x - top)), sum = exps.reduce((a, b) => a + b, 0);
  return Float32Array.from(exps, (x) => x / sum);
}
