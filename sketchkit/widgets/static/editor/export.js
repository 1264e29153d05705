/**
 * Drawings as files: SVG, animated SVG, PNG and GIF. Several drawings are shown in a grid.
 * @module
 */
import { GIFEncoder, applyPalette, quantize } from "../vendor/gifenc.js";
import { fileName } from "../ui/author.js";
import { runsOf } from "./ink.js";
import { pathLength, strokesUpTo } from "./pen_path.js";
import { fittedInto, pathData } from "./strokes.js";

/** @typedef {import("./strokes.js").Point} Point */
/** @typedef {import("./ink.js").Ink} Ink */

/**
 * Drawings in a grid. The files have dark ink on white paper, so that they look the same on light and on dark pages.
 * @typedef {object} Sheet
 * @property {Ink[][]} drawings
 * @property {number} columns
 */

/** Colors of the paper, of the user's strokes and of a model's strokes. */
const PAPER = "#fff", INK = "#1d2433", MODEL_INK = "#e8590c";
/** Duration of an animated drawing, in seconds, and the share of this time in which the pen is lifted between strokes. */
const PLAYED_SECONDS = 4, LIFTED_SHARE = 0.2;
/** Largest side of a cell, in pixels, and the margin of a cell relative to its side. */
const LARGEST_CELL = 512, MARGIN = 0.08;
/** Width of a line that a mouse draws, relative to the side of a cell, as on a pad 420 px wide; and its minimum in pixels. */
const LINE = 2.5 / 420, THINNEST = 1.25;
/** Largest side of a picture and of a GIF, in pixels. */
const PICTURE_SIZE = 1536, GIF_SIZE = 720;
/** Milliseconds between the frames of a GIF, milliseconds for which the finished drawing is shown, and number of colors. */
const GIF_FRAME_MS = 60, GIF_HOLD_MS = 1500, GIF_COLORS = 64;

/**
 * Download a file.
 * @param {string} name name of the file, to which the name of the person who draws is added
 * @param {Blob} blob
 */
export function download(name, blob) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName(name);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

/** @param {string} text */
export const svgFile = (text) => new Blob([text], { type: "image/svg+xml" });

/** Number of columns and rows of a sheet. @param {Sheet} sheet */
const gridOf = ({ drawings, columns }) => ({ columns: Math.min(columns, drawings.length), rows: Math.ceil(drawings.length / columns) });

/** The side of each cell, in pixels. @param {Sheet} sheet @param {number} largest maximum of the longer side of the picture, in pixels */
function cellOf(sheet, largest) {
  const { columns, rows } = gridOf(sheet);
  return Math.floor(Math.min(largest / Math.max(columns, rows), LARGEST_CELL));
}

/** Width of a line that a mouse draws, in pixels. @param {number} cell */
const lineWidth = (cell) => Math.max(LINE * cell, THINNEST);

/** @param {string} content @param {{columns: number, rows: number}} grid @param {number} cell */
const svgDocument = (content, { columns, rows }, cell) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${columns * cell} ${rows * cell}" width="${columns * cell}" height="${rows * cell}" ` +
  `style="background:${PAPER}" fill="none" stroke="${INK}" stroke-width="${lineWidth(cell).toFixed(2)}" stroke-linecap="round" stroke-linejoin="round">${content}</svg>`;

/**
 * The strokes of each drawing, moved into its cell.
 * @param {Sheet} sheet
 * @param {number} cell
 * @returns {Ink[][]}
 */
function placed({ drawings, columns }, cell) {
  const edge = MARGIN * cell;
  return drawings.map((inks, i) => {
    const fitted = fittedInto(inks.map(({ points }) => points), (i % columns) * cell + edge, Math.floor(i / columns) * cell + edge, cell - 2 * edge);
    return fitted.map((points, k) => ({ points, byModel: inks[k].byModel }));
  });
}

/** The lines of a stroke, one for each run of equal width. @param {Ink} ink */
const lines = ({ points, byModel }) => runsOf(points).map((run) => ({ ...run, data: pathData(run.points), color: byModel ? MODEL_INK : INK }));

/** The attributes of a line that differ from those of the document. @param {ReturnType<typeof lines>[number]} line @param {number} cell */
const attributes = ({ color, width, data }, cell) =>
  `${color === INK ? "" : ` stroke="${color}"`}${width === 1 ? "" : ` stroke-width="${(lineWidth(cell) * width).toFixed(2)}"`} d="${data}"`;

/** @param {Sheet} sheet */
export function svgOf(sheet) {
  const cell = cellOf(sheet, PICTURE_SIZE);
  return svgDocument(placed(sheet, cell).flat().flatMap(lines).map((line) => `<path${attributes(line, cell)}/>`).join(""), gridOf(sheet), cell);
}

/** An SVG in which a pen draws the strokes of each drawing one after the other. @param {Sheet} sheet */
export function playedSvg(sheet) {
  const style =
    // The strokes are visible without the animation, because some programs do not animate SVG.
    ".s{stroke-dasharray:1;animation:d linear both}" +
    "@keyframes d{from{opacity:0;stroke-dashoffset:1}0.1%{opacity:1}to{opacity:1;stroke-dashoffset:0}}" +
    "@media (prefers-reduced-motion:reduce){.s{animation:none}}";
  const cell = cellOf(sheet, PICTURE_SIZE);
  const drawn = placed(sheet, cell).map((inks) => {
    const lengths = inks.map(({ points }) => Math.max(pathLength([points]), 1));
    const total = lengths.reduce((a, b) => a + b, 0), pause = (LIFTED_SHARE * PLAYED_SECONDS) / inks.length;
    let begin = 0;
    return inks.map((ink, i) => {
      const runs = lines(ink), runLengths = runs.map(({ points }) => Math.max(pathLength([points]), 1e-3)), all = runLengths.reduce((a, b) => a + b, 0);
      const paths = runs.map((line, k) => {
        const seconds = ((1 - LIFTED_SHARE) * PLAYED_SECONDS * lengths[i] * runLengths[k]) / (total * all);
        const path = `<path class="s" pathLength="1" style="animation-duration:${seconds.toFixed(3)}s;animation-delay:${begin.toFixed(3)}s"${attributes(line, cell)}/>`;
        begin += seconds;
        return path;
      });
      begin += pause;
      return paths.join("");
    }).join("");
  });
  return svgDocument(`<style>${style}</style>${drawn.join("")}`, gridOf(sheet), cell);
}

/**
 * An SVG that plays drawings forward and backward in a loop. If the user prefers reduced motion, the SVG shows only the middle drawing.
 * @param {Ink[][]} drawings
 * @param {number} [seconds] duration from the first to the last drawing
 */
export function animatedSvg(drawings, seconds = 3) {
  const order = backAndForth(drawings.length);
  const frameSeconds = seconds / drawings.length, loopSeconds = order.length * frameSeconds;
  const visiblePercent = Math.round(10000 / order.length) / 100;
  const style =
    `.f{visibility:hidden;animation:f ${loopSeconds.toFixed(3)}s infinite step-end}` +
    `@keyframes f{0%{visibility:visible}${visiblePercent}%{visibility:hidden}}` +
    `@media (prefers-reduced-motion:reduce){.f{animation:none}.f.middle{visibility:visible}}`;
  const middle = drawings.length >> 1;
  const frames = order.map((drawing, i) => {
    const data = placed({ drawings: [drawings[drawing]], columns: 1 }, LARGEST_CELL).flat().flatMap(lines).map((line) => line.data).join("");
    return `<path class="f${i === middle ? " middle" : ""}" style="animation-delay:${(i * frameSeconds).toFixed(3)}s" d="${data}"/>`;
  });
  return svgDocument(`<style>${style}</style>${frames.join("")}`, { columns: 1, rows: 1 }, LARGEST_CELL);
}

/** The indices of drawings that are shown forward and backward. @param {number} count */
const backAndForth = (count) => [...Array(count).keys(), ...[...Array(count).keys()].slice(1, -1).reverse()];

/** A canvas for a sheet. @param {Sheet} sheet @param {number} largest maximum of the longer side, in pixels */
function canvasOf(sheet, largest) {
  const { columns, rows } = gridOf(sheet), cell = cellOf(sheet, largest);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [columns * cell, rows * cell];
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  context.lineCap = context.lineJoin = "round";
  return { canvas, context, cell };
}

/** Paint strokes that are placed in their cells. @param {CanvasRenderingContext2D} context @param {Ink[][]} drawings @param {number} cell */
function paint(context, drawings, cell) {
  context.fillStyle = PAPER;
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  for (const { data, color, width } of drawings.flat().flatMap(lines)) {
    context.strokeStyle = color;
    context.lineWidth = lineWidth(cell) * width;
    context.stroke(new Path2D(data));
  }
}

/** @param {Sheet} sheet @returns {Promise<Blob>} */
export function pngOf(sheet) {
  const { canvas, context, cell } = canvasOf(sheet, PICTURE_SIZE);
  paint(context, placed(sheet, cell), cell);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the browser could not create the PNG file"))), "image/png"));
}

/** A GIF in which a pen draws the strokes of each drawing one after the other. @param {Sheet} sheet */
export function gifOf(sheet) {
  const { context, cell } = canvasOf(sheet, GIF_SIZE), drawings = placed(sheet, cell), count = Math.round((1000 * PLAYED_SECONDS) / GIF_FRAME_MS);
  const strokes = drawings.map((inks) => inks.map(({ points }) => points)), lengths = strokes.map(pathLength);
  const frames = Array.from({ length: count }, (_, i) => () => {
    paint(context, drawings.map((inks, k) => strokesUpTo(strokes[k], (lengths[k] * (i + 1)) / count).map((points, s) => ({ ...inks[s], points }))), cell);
    return i === count - 1 ? GIF_HOLD_MS : GIF_FRAME_MS;
  });
  return gifFile(context, frames);
}

/** A GIF that plays drawings forward and backward. @param {Ink[][]} drawings @param {number} [seconds] duration from the first to the last drawing */
export function animatedGif(drawings, seconds = 3) {
  const { context, cell } = canvasOf({ drawings: drawings.slice(0, 1), columns: 1 }, GIF_SIZE / 2);
  return gifFile(context, backAndForth(drawings.length).map((drawing) => () => {
    paint(context, placed({ drawings: [drawings[drawing]], columns: 1 }, cell), cell);
    return (1000 * seconds) / drawings.length;
  }));
}

/**
 * Encode the frames of a canvas. The page stays responsive during the encoding.
 * @param {CanvasRenderingContext2D} context
 * @param {(() => number)[]} frames each paints a frame and returns its duration in ms
 */
async function gifFile(context, frames) {
  const { width, height } = context.canvas, gif = GIFEncoder();
  /** The pixels of the canvas after a frame has been painted. @param {number} i */
  const frame = (i) => ({ delay: frames[i](), pixels: context.getImageData(0, 0, width, height).data });
  const palette = quantize(frame(frames.length - 1).pixels, GIF_COLORS);
  for (let i = 0; i < frames.length; i++) {
    const { delay, pixels } = frame(i);
    gif.writeFrame(applyPalette(pixels, palette), width, height, { palette: i ? undefined : palette, delay });
    await new Promise((resolve) => setTimeout(resolve));
  }
  gif.finish();
  return new Blob([gif.bytes()], { type: "image/gif" });
}
