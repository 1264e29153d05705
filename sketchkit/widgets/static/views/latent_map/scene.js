/**
 * The canvas of a map: points, thumbnails and marks.
 * @module
 */
import { element } from "../../ui/controls.js";
import { isDark, toRgba } from "../../ui/theme.js";
import { say } from "../../ui/words.js";
import { throttleToFrame } from "../../ui/scheduling.js";
import { Camera } from "./camera.js";
import { coloring, css } from "./colors.js";
import { Points } from "./points.js";
import { Thumbnails } from "./thumbnails.js";

/** Height of the canvas relative to its width, and its largest height in CSS pixels. */
const ASPECT = 0.72, MOST_HEIGHT = 560;
/** Height of the parts around the canvas in full screen, in CSS pixels. */
const FULL_REST = 190;
/** Largest number of pixels of the canvas per CSS pixel. */
const MOST_RATIO = 2;
/** Radius of the mark around a drawing, in CSS pixels. */
const MARK_PX = 7;
/** Largest number of selected drawings that are marked by rings; if more are selected, all are marked by dots. */
const MOST_RINGS = 200;
/** Maximum distance of the mouse from the point that it selects, in CSS pixels: over a thumbnail, and elsewhere. */
const EXACT_PX = 3, NEAR_PX = 10;

/** @typedef {import("./layout.js").MapLayout} MapLayout */

/** Paints a map on a canvas, once per frame after something has changed. */
export class Scene {
  /** @param {HTMLElement} root element with the colors of the theme, whose `data-frames` counts the painted frames */
  constructor(root) {
    this.root = root;
    this.canvas = /** @type {HTMLCanvasElement} */ (element("canvas", { class: "sk-map-canvas", "aria-hidden": "true" }));
    this.node = element("div", { class: "sk-map", tabindex: "0", role: "application", "aria-roledescription": say("map of drawings") }, this.canvas);
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d", { alpha: false }));
    this.points = new Points(this.context);
    this.paint = throttleToFrame(() => this.draw());
    this.camera = new Camera(this.paint);
    this.ratio = 1;
    /** @type {MapLayout | null} */
    this.layout = null;
    /** @type {Thumbnails | null} */
    this.thumbnails = null;
    this.showsThumbnails = true;
    this.colorBy = "category";
    /** @type {import("./colors.js").Coloring | null} */
    this.colors = null;
    /** Colors of the theme. @type {import("./colors.js").Rgb} */
    this.paper = [255, 255, 255];
    /** @type {import("./colors.js").Rgb} */
    this.ink = [0, 0, 0];
    /** @type {import("./colors.js").Rgb} */
    this.accent = [0, 0, 255];
    this.hovered = -1;
    /** @type {number[]} */
    this.selection = [];
    /** The position whose code is decoded. @type {[number, number] | null} */
    this.here = null;
    /** Positions of the lasso. @type {[number, number][]} */
    this.lasso = [];
    this.hasFitted = false;
    /** Called after the colors have changed. */
    this.recolored = () => {};
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.node);
    this.theme = matchMedia("(prefers-color-scheme: dark)");
    this.onTheme = () => this.recolor();
    this.theme.addEventListener("change", this.onTheme);
    // JupyterLab and other pages change their theme with an attribute of the page. The widget changes its color scheme with its own style.
    this.themeObserver = new MutationObserver(this.onTheme);
    for (const whole of [document.documentElement, document.body]) {
      this.themeObserver.observe(whole, { attributeFilter: ["data-jp-theme-light", "data-theme", "class"] });
    }
    this.themeObserver.observe(root, { attributeFilter: ["style"] });
  }

  close() {
    this.resizing.disconnect();
    this.themeObserver.disconnect();
    this.theme.removeEventListener("change", this.onTheme);
    this.camera.stop();
  }

  /** Show drawings as points. @param {MapLayout} layout */
  show(layout) {
    this.layout = layout;
    this.thumbnails = null;
    this.recolor();
    this.resize();
    this.camera.fit(layout.bounds(), false);
  }

  /** Show the pictures of the drawings too. @param {import("./drawings.js").PackedDrawings} drawings */
  showDrawings(drawings) {
    if (this.layout) this.thumbnails = new Thumbnails(this.context, this.layout, drawings);
    this.paint();
  }

  /** Compute the colors again, after the theme or the coloring has changed. */
  recolor() {
    const probe = element("span", { hidden: true });
    this.root.append(probe);
    const color = (/** @type {string} */ name) => {
      probe.style.color = `var(${name})`;
      const [r, g, b] = toRgba(getComputedStyle(probe).color || "#888"); // the color is empty while the widget is not in the page
      return /** @type {import("./colors.js").Rgb} */ ([r, g, b]);
    };
    [this.paper, this.ink, this.accent] = [color("--sk-paper"), color("--sk-ink"), color("--sk-accent")];
    probe.remove();
    this.colors = this.layout && coloring(this.layout, this.colorBy, isDark(this.paper));
    this.thumbnails?.clear();
    this.recolored();
    this.paint();
  }

  /** Highlight a category, or all drawings for an index below 0. @param {number} category */
  highlight(category) {
    this.layout?.highlight(category);
    this.thumbnails?.levels.reset();
    this.paint();
  }

  /** The drawing at a pixel: a thumbnail, or a point nearby; -1 if there is none. @param {number} px @param {number} py */
  pick(px, py) {
    const { layout, camera } = this;
    if (!layout) return -1;
    const [x, y] = camera.toMap(px, py), [near] = layout.nearest(x, y), distance = near ? Math.sqrt(near.square) * camera.zoom : Infinity;
    if (distance <= EXACT_PX) return near.index;
    const thumbnail = this.showsThumbnails ? this.thumbnails?.at(px, py) ?? -1 : -1;
    return thumbnail >= 0 ? thumbnail : distance <= NEAR_PX ? near.index : -1;
  }

  resize() {
    const width = this.node.clientWidth, isFull = document.fullscreenElement === this.root;
    if (!width) return; // the widget is not visible
    const height = Math.round(isFull ? Math.min(innerHeight - FULL_REST, 1.2 * width) : Math.min(ASPECT * width, MOST_HEIGHT));
    this.ratio = Math.min(devicePixelRatio || 1, MOST_RATIO);
    const [across, down] = [Math.round(width * this.ratio), Math.round(height * this.ratio)];
    if (this.canvas.width === across && this.canvas.height === down) return;
    [this.canvas.width, this.canvas.height] = [across, down];
    this.canvas.style.height = `${height}px`;
    this.camera.resize(width, height);
    if (!this.hasFitted && this.layout) this.camera.fit(this.layout.bounds(), false);
    this.hasFitted ||= this.layout !== null;
    this.draw(); // a canvas is empty after its size has changed
  }

  draw() {
    const { layout, colors, camera, ratio, context, paper } = this;
    if (!layout || !colors || camera.width < 2) return;
    const radius = Math.min(Math.max((1.1 * Math.sqrt(camera.zoom / camera.whole) * 60) / Math.sqrt(layout.count), 1.3), 4);
    this.points.paint(layout, camera, colors, paper, ratio, radius);
    if (this.thumbnails && this.showsThumbnails && !this.thumbnails.paint(camera, colors, paper, this.ink, ratio)) this.paint();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.drawMarks();
    context.setTransform(1, 0, 0, 1, 0, 0);
    this.root.dataset.frames = String(Number(this.root.dataset.frames ?? 0) + 1);
  }

  drawMarks() {
    const { context, camera, layout } = this;
    if (!layout) return;
    const ring = (/** @type {number} */ i, /** @type {string} */ color, /** @type {number} */ width) => {
      const [x, y] = camera.toScreen(layout.x[i], layout.y[i]);
      for (const [stroke, extra] of /** @type {[string, number][]} */ ([[css(this.paper), 2.5], [color, 0]])) {
        context.beginPath();
        context.arc(x, y, MARK_PX, 0, 2 * Math.PI);
        context.strokeStyle = stroke;
        context.lineWidth = width + extra;
        context.stroke();
      }
    };
    const accent = css(this.accent), ink = css(this.ink);
    if (this.selection.length === 2) this.drawLine(ink);
    if (this.selection.length > MOST_RINGS) {
      context.fillStyle = ink;
      for (const i of this.selection) {
        const [x, y] = camera.toScreen(layout.x[i], layout.y[i]);
        context.fillRect(x - 1.5, y - 1.5, 3, 3);
      }
    } else {
      for (const i of this.selection) ring(i, ink, 2.5);
    }
    if (this.hovered >= 0) ring(this.hovered, accent, 2);
    if (this.here) this.drawHere(accent);
    if (this.lasso.length > 1) {
      context.beginPath();
      for (const [x, y] of this.lasso) context.lineTo(...camera.toScreen(x, y));
      context.closePath();
      context.fillStyle = `rgba(${this.accent.join(",")},0.12)`;
      context.fill();
      context.strokeStyle = accent;
      context.lineWidth = 1.5;
      context.stroke();
    }
  }

  /** Draw a line between the two selected drawings. @param {string} color */
  drawLine(color) {
    const { context, camera, layout } = this;
    if (!layout) return;
    context.beginPath();
    for (const i of this.selection) context.lineTo(...camera.toScreen(layout.x[i], layout.y[i]));
    context.strokeStyle = color;
    context.lineWidth = 1.5;
    context.setLineDash([4, 4]);
    context.stroke();
    context.setLineDash([]);
  }

  /** Draw a cross at the position whose code is decoded. @param {string} color */
  drawHere(color) {
    const { context, camera, here } = this;
    if (!here) return;
    const [x, y] = camera.toScreen(...here);
    for (const [stroke, width] of /** @type {[string, number][]} */ ([[css(this.paper), 6], [color, 2.5]])) {
      context.beginPath();
      context.moveTo(x - 9, y);
      context.lineTo(x + 9, y);
      context.moveTo(x, y - 9);
      context.lineTo(x, y + 9);
      context.strokeStyle = stroke;
      context.lineWidth = width;
      context.stroke();
    }
  }
}
