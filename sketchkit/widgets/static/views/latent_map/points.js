/**
 * Points of a map, written into the pixels of a canvas. For thousands of points this is many times faster than canvas paths.
 * @module
 */
import { mix } from "./colors.js";

/** @typedef {import("./colors.js").Rgb} Rgb */

/** Share of the paper's color in the points of drawings that are not highlighted. */
const DIM = 0.82;

/** Pixels of a disc around its center: offset, and share of the pixel that is covered, 0 to 255. @param {number} radius */
function disc(radius) {
  const reach = Math.ceil(radius), pixels = [];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const covered = Math.round(255 * Math.min(Math.max(radius + 0.5 - Math.hypot(dx, dy), 0), 1));
      if (covered) pixels.push([dx, dy, covered]);
    }
  }
  return { reach, pixels };
}

/** Paints points. */
export class Points {
  /** @param {CanvasRenderingContext2D} context */
  constructor(context) {
    this.context = context;
    /** @type {ImageData | null} */
    this.image = null;
  }

  /**
   * Fill the canvas with the color of paper, and paint the drawings as points.
   * @param {import("./layout.js").MapLayout} layout
   * @param {import("./camera.js").Camera} camera
   * @param {import("./colors.js").Coloring} colors
   * @param {Rgb} paper
   * @param {number} ratio pixels of the canvas per CSS pixel
   * @param {number} radius of a point, in CSS pixels
   */
  paint(layout, camera, colors, paper, ratio, radius) {
    const { width, height } = this.context.canvas;
    if (this.image?.width !== width || this.image.height !== height) this.image = this.context.createImageData(width, height);
    const pixels = new Uint32Array(this.image.data.buffer), bytes = this.image.data;
    const packed = ([r, g, b] = /** @type {number[]} */ ([])) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
    pixels.fill(packed(paper));
    const shape = disc(radius * ratio), { reach } = shape;
    const offsets = Int32Array.from(shape.pixels, ([dx, dy]) => dy * width + dx), covered = Int32Array.from(shape.pixels, ([, , share]) => share);
    const scale = camera.zoom * ratio, left = (camera.width / 2 - camera.x * camera.zoom) * ratio, top = (camera.height / 2 - camera.y * camera.zoom) * ratio;
    const anyDim = layout.active.includes(0);
    for (const active of anyDim ? [0, 1] : [1]) {
      const palette = colors.palette.map((color) => (active ? color : mix(color, paper, DIM))), values = palette.map(packed);
      for (let i = 0; i < layout.count; i++) {
        if (layout.active[i] !== active) continue;
        const x = Math.round(layout.x[i] * scale + left), y = Math.round(layout.y[i] * scale + top);
        if (!(x >= reach && y >= reach && x < width - reach && y < height - reach)) continue;
        const at = y * width + x, k = colors.which[i], [r, g, b] = palette[k], value = values[k];
        for (let p = 0; p < offsets.length; p++) {
          const share = covered[p], pixel = at + offsets[p];
          if (share === 255) {
            pixels[pixel] = value;
          } else {
            const byte = 4 * pixel;
            bytes[byte] += ((r - bytes[byte]) * share) / 255;
            bytes[byte + 1] += ((g - bytes[byte + 1]) * share) / 255;
            bytes[byte + 2] += ((b - bytes[byte + 2]) * share) / 255;
          }
        }
      }
    }
    this.context.putImageData(this.image, 0, 0);
  }
}
