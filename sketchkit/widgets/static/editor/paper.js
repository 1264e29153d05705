/**
 * Paper that shows one drawing.
 * @module
 */
import { squareAround, svgElement } from "../ui/controls.js";
import { pathLength, strokesUpTo } from "./pen_path.js";
import { boundsOf, pathData } from "./strokes.js";

/** @typedef {import("./strokes.js").Point} Point */
/** @typedef {import("./ink.js").Ink} Ink */

/** An image of one drawing, given as strokes of absolute points. Some of its strokes can have another color. */
export class Paper {
  /** @param {string} label text for screen readers */
  constructor(label) {
    this.node = svgElement("svg", { class: "sk-paper", role: "img", "aria-label": label });
    this.under = svgElement("g", {});
    this.path = svgElement("path", { class: "sk-ink" });
    this.given = svgElement("path", { class: "sk-ink sk-given" });
    this.node.append(this.under, this.path, this.given);
    /** The drawing. @type {Ink[]} */
    this.inks = [];
    /** For each stroke, whether it is shown in the other color. @type {boolean[]} */
    this.marked = [];
    /** Called before another drawing is shown. @type {() => void} */
    this.changes = () => {};
  }

  /** Show a drawing in one color. @param {Point[][]} strokes */
  show(strokes) {
    this.showInks(strokes.map((points) => ({ points, byModel: false })), strokes.map(() => false));
  }

  /** @param {Ink[]} inks @param {boolean[]} marked whether each stroke is shown in the other color */
  showInks(inks, marked) {
    this.changes();
    [this.inks, this.marked] = [inks, marked];
    const lines = inks.map(({ points }) => points), [x, y, size] = squareAround(boundsOf(lines));
    this.node.setAttribute("viewBox", `${x} ${y} ${size} ${size}`);
    this.paint(lines);
  }

  /** Show what a pen has drawn at a position of the playback, from 0 to 1. @param {number} position */
  showUpTo(position) {
    const lines = this.inks.map(({ points }) => points);
    this.paint(position < 1 ? strokesUpTo(lines, position * pathLength(lines)) : lines);
  }

  /** Paint lines, line i in the color of stroke i. There may be fewer lines than strokes. @param {Point[][]} lines */
  paint(lines) {
    this.path.setAttribute("d", lines.filter((_, i) => !this.marked[i]).map(pathData).join(""));
    this.mark(lines.filter((_, i) => this.marked[i]));
  }

  /** Show strokes in the other color, for example over the drawing. @param {Point[][]} strokes */
  mark(strokes) {
    this.given.setAttribute("d", strokes.map(pathData).join(""));
  }
}
