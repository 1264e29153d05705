/**
 * Colors of the drawings on a map: by category, or by a value.
 * @module
 */

/** @typedef {[number, number, number]} Rgb */

/** Colors of the categories, on light and on dark paper. */
const CATEGORIES = [
  ["#2f62c9", "#d9622b", "#1f8a4c", "#b8328f", "#8a6d00", "#0b7f8c", "#7a4fd0", "#c2293c", "#5b7a1f", "#6b6f76"],
  ["#74a3ff", "#ff9a66", "#5fd38d", "#f07fd0", "#d9b94a", "#4fc7d6", "#b69cff", "#ff7d8a", "#a5c761", "#b4bac2"],
];
/** Colors from the smallest to the largest value: the ramp of the package's pictures, and a lighter ramp for dark paper. */
const RAMPS = [
  ["#2f3195", "#6a369c", "#9d3f91", "#c84e78", "#e66954", "#f28f29"],
  ["#5a66c7", "#a068c7", "#d86fae", "#fe8385", "#ffa65b", "#fed252"],
];
/** Number of colors of a ramp. */
const STEPS = 64;
/** Quantiles of the values that get the first and the last color of a ramp, so that a few extreme values do not hide the differences between the other values. */
const ENDS = [0.01, 0.99];

/** @param {string} hex */
const fromHex = (hex) => /** @type {Rgb} */ ([1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)));

/** @param {Rgb} a @param {Rgb} b @param {number} t */
export const mix = (a, b, t) => /** @type {Rgb} */ (a.map((value, i) => Math.round(value + (b[i] - value) * t)));

/** @param {Rgb} color */
export const css = (color) => `rgb(${color.join(",")})`;

/**
 * What the colors of a map show.
 * @typedef {object} Coloring
 * @property {Rgb[]} palette
 * @property {Uint16Array} which for each drawing, the index of its color in the palette
 * @property {[number, number] | null} range the values that get the first and the last color of the ramp; null for categories
 */

/** @param {import("./layout.js").MapLayout} layout @param {string} by `category`, or the name of a value @param {boolean} dark @returns {Coloring} */
export function coloring(layout, by, dark) {
  const values = layout.values[by], which = new Uint16Array(layout.count);
  if (!values) {
    const palette = CATEGORIES[Number(dark)].map(fromHex);
    for (let i = 0; i < layout.count; i++) which[i] = layout.labels[i] % palette.length;
    return { palette, which, range: null };
  }
  const stops = RAMPS[Number(dark)].map(fromHex), last = stops.length - 1;
  const palette = Array.from({ length: STEPS }, (_, k) => {
    const at = (k / (STEPS - 1)) * last, i = Math.min(Math.floor(at), last - 1);
    return mix(stops[i], stops[i + 1], at - i);
  });
  palette.push(mix(stops[0], dark ? [255, 255, 255] : [128, 128, 128], 0.7)); // drawings without a value
  const sorted = Float32Array.from(values).filter(Number.isFinite).sort();
  const [low, high] = sorted.length ? ENDS.map((share) => sorted[Math.round(share * (sorted.length - 1))]) : [0, 0];
  for (let i = 0; i < layout.count; i++) {
    const share = high > low ? (values[i] - low) / (high - low) : 0.5;
    which[i] = Number.isFinite(values[i]) ? Math.round(Math.min(Math.max(share, 0), 1) * (STEPS - 1)) : STEPS;
  }
  return { palette, which, range: [low, high] };
}

/** A CSS gradient of a palette. @param {Coloring} shown */
export const gradient = ({ palette }) => `linear-gradient(to right, ${palette.slice(0, STEPS).filter((_, i) => i % 7 === 0).map(css).join(", ")})`;
