/**
 * Drawings as files: SVG, a grid of several, an animated SVG, PNG.
 * @module
 */
import { pathLength } from "./pen_path.js";
import { fittedInto, pathData } from "./strokes.js";

/** @typedef {import("./strokes.js").Point} Point */
/** @typedef {import("./ink.js").Ink} Ink */

/** Colors of the strokes of the user and of a model. */
const INK = "#1d2433", MODEL_INK = "#e8590c";
/** Duration of an animated drawing, in seconds, and the part of it in which the pen is lifted between strokes. */
const PLAYED_SECONDS = 4, LIFTED_SHARE = 0.2;
const CELL = 120;
const MARGIN = 0.08;

/**
 * Download a file.
 * @param {string} name
 * @param {Blob} blob
 */
export function download(name, blob) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

/** @param {string} text */
export const svgFile = (text) => new Blob([text], { type: "image/svg+xml" });

/**
 * The path of a drawing in a square cell.
 * @param {Point[][]} strokes
 * @param {number} x
 * @param {number} [y]
 * @param {number} [cell]
 */
function placed(strokes, x, y = 0, cell = CELL) {
  const edge = MARGIN * cell;
  return fittedInto(strokes, x + edge, y + edge, cell - 2 * edge).map(pathData).join("");
}

/** @param {string} content @param {number} width @param {number} [height] */
const svgDocument = (content, width, height = CELL) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" fill="none" ` +
  `stroke="${INK}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${content}</svg>`;

/**
 * The strokes of a drawing in a square cell, as SVG paths with their colors.
 * @param {Ink[]} inks
 * @param {number} cell
 */
function inkPaths(inks, cell) {
  const edge = MARGIN * cell, fitted = fittedInto(inks.map(({ points }) => points), edge, edge, cell - 2 * edge);
  return fitted.map((points, i) => ({ points, data: pathData(points), color: inks[i].byModel ? MODEL_INK : INK }));
}

/** One drawing. @param {Ink[]} inks */
export function svgOf(inks) {
  const paths = inkPaths(inks, CELL).map(({ data, color }) => `<path${color === INK ? "" : ` stroke="${color}"`} d="${data}"/>`);
  return svgDocument(paths.join(""), CELL);
}

/** An SVG in which a pen draws the strokes one after the other. @param {Ink[]} inks */
export function playedSvg(inks) {
  const style =
    ".s{stroke-dasharray:1;opacity:0;animation:d linear forwards}" +
    "@keyframes d{from{opacity:1;stroke-dashoffset:1}to{opacity:1;stroke-dashoffset:0}}" +
    "@media (prefers-reduced-motion:reduce){.s{animation:none;opacity:1}}";
  const paths = inkPaths(inks, CELL), lengths = paths.map(({ points }) => Math.max(pathLength([points]), 1));
  const total = lengths.reduce((a, b) => a + b, 0), pause = (LIFTED_SHARE * PLAYED_SECONDS) / paths.length;
  let begin = 0;
  const drawn = paths.map(({ data, color }, i) => {
    const seconds = ((1 - LIFTED_SHARE) * PLAYED_SECONDS * lengths[i]) / total;
    const path = `<path class="s" pathLength="1" stroke="${color}" style="animation-duration:${seconds.toFixed(3)}s;animation-delay:${begin.toFixed(3)}s" d="${data}"/>`;
    begin += seconds + pause;
    return path;
  });
  return svgDocument(`<style>${style}</style>${drawn.join("")}`, CELL);
}

/**
 * Drawings side by side, `columns` in a row.
 * @param {Point[][][]} drawings
 * @param {number} [columns]
 */
export function svgStrip(drawings, columns = drawings.length) {
  const paths = drawings.map((strokes, i) => `<path d="${placed(strokes, (i % columns) * CELL, Math.floor(i / columns) * CELL)}"/>`);
  return svgDocument(paths.join(""), columns * CELL, Math.ceil(drawings.length / columns) * CELL);
}

/**
 * An SVG that plays drawings forward and backward in a loop. If the user prefers reduced motion, it shows only the middle one.
 * @param {Point[][][]} drawings
 * @param {number} [seconds] duration from the first to the last drawing
 */
export function animatedSvg(drawings, seconds = 3) {
  const order = [...drawings.keys(), ...[...drawings.keys()].slice(1, -1).reverse()];
  const frameSeconds = seconds / drawings.length, loopSeconds = order.length * frameSeconds;
  const visiblePercent = Math.round(10000 / order.length) / 100;
  const style =
    `.f{visibility:hidden;animation:f ${loopSeconds.toFixed(3)}s infinite step-end}` +
    `@keyframes f{0%{visibility:visible}${visiblePercent}%{visibility:hidden}}` +
    `@media (prefers-reduced-motion:reduce){.f{animation:none}.f.middle{visibility:visible}}`;
  const middle = drawings.length >> 1;
  const frames = order.map((drawing, i) =>
    `<path class="f${i === middle ? " middle" : ""}" style="animation-delay:${(i * frameSeconds).toFixed(3)}s" d="${placed(drawings[drawing], 0)}"/>`);
  return svgDocument(`<style>${style}</style>${frames.join("")}`, CELL);
}

/**
 * A drawing as a PNG image on white.
 * @param {Ink[]} inks
 * @param {number} [size]
 * @returns {Promise<Blob>}
 */
export function pngOf(inks, size = 512) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = "#fff";
  context.fillRect(0, 0, size, size);
  context.lineWidth = size / 85;
  context.lineCap = context.lineJoin = "round";
  for (const { data, color } of inkPaths(inks, size)) {
    context.strokeStyle = color;
    context.stroke(new Path2D(data));
  }
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the browser could not create the PNG file"))), "image/png"));
}
