/**
 * Drawings that the model decodes from codes of a map: at a position, and between two selected drawings.
 * @module
 */
import { fromModelRows, range, reportErrors } from "../../ui/bindings.js";
import { toStrokes } from "../../editor/strokes.js";
import { trackSlider } from "../../ui/scheduling.js";

/** @typedef {import("../../runtime/model_link.js").Link} Link */
/** @typedef {{place: number[], codeOf: (x: number, y: number) => Float32Array | null, isPosition: boolean}} Wanted */
/** @typedef {{code: Float32Array, sketch: import("../../editor/strokes.js").Sketch}} Decoded */

/** Number of drawings in the filmstrip of a morph. */
export const FRAMES = 9;

/** Follows the pointer, or the slider of the morph. */
export class Decoder {
  /**
   * @param {Link} link
   * @param {HTMLElement} root element whose `data-decode-ms` is the time from a movement to the drawing, in ms
   * @param {import("../../editor/paper.js").Paper} paper
   * @param {() => import("./layout.js").MapLayout | null} layout
   */
  constructor(link, root, paper, layout) {
    this.link = link;
    this.root = root;
    this.paper = paper;
    this.layout = layout;
    /** What is decoded: the code that `codeOf` returns for `place`, which is a position on the map (`isPosition`) or in a morph. @type {Wanted} */
    this.wanted = { place: [0, 0], codeOf: () => null, isPosition: false };
    this.movedAt = 0;
    /** Key of the model that is in the engine. */
    this.loaded = "";
    this.follow = trackSlider({
      position: () => this.wanted.place,
      ask: (/** @type {number[][]} */ places) => this.decode(places.map(([x, y]) => this.wanted.codeOf(x, y)), "one"),
      show: (/** @type {Decoded} */ decoded, /** @type {boolean} */ last) => this.show(decoded, last),
    });
  }

  /** Decode the code at a position of the map. @param {number} x @param {number} y @param {boolean} last whether the gesture has ended */
  at(x, y, last) {
    return this.move({ place: [x, y], codeOf: (x, y) => this.layout()?.codeAt(x, y) ?? null, isPosition: true }, last);
  }

  /** Decode a code between the codes of two drawings. @param {[number, number]} pair @param {number} t 0 to 1 @param {boolean} last */
  morph(pair, t, last) {
    return this.move({ place: [t, 0], codeOf: (t) => this.between(pair, t), isPosition: false }, last);
  }

  /** Decode the mean code of drawings. @param {number[]} indices */
  mean(indices) {
    return this.move({ place: [0, 0], codeOf: () => this.layout()?.meanCode(indices) ?? null, isPosition: false }, true);
  }

  /** The code at `t` on the line between the codes of two drawings. @param {[number, number]} pair @param {number} t */
  between(pair, t) {
    const [a, b] = pair.map((index) => this.layout()?.meanCode([index]) ?? null);
    return a && b && a.map((value, d) => value + (b[d] - value) * t);
  }

  /** @param {Wanted} wanted @param {boolean} last */
  move(wanted, last) {
    this.wanted = wanted;
    this.movedAt = performance.now();
    return reportErrors(this.link, () => (last ? this.follow.flush() : this.follow.schedule()));
  }

  /** @param {(Float32Array | null)[]} codes @param {string} part @returns {Promise<Decoded[] | null>} null if superseded, or if the codes have not arrived */
  async decode(codes, part) {
    const { link } = this, known = codes.filter((code) => code !== null);
    if (known.length < codes.length) return null;
    if (this.loaded !== link.card.key) {
      await link.ready(); // only for a new model, because this call clears the status
      this.loaded = link.card.key;
    }
    const result = await link.draw({ variants: known.map(() => 0), codes: known }, undefined, part);
    return result && known.map((code, i) => ({ code, sketch: fromModelRows(link, result.sketches[i]) }));
  }

  /** @param {Decoded} decoded @param {boolean} last */
  show({ code, sketch }, last) {
    const { link, wanted } = this;
    if (link.closed) return;
    this.paper.show(toStrokes(sketch));
    this.root.dataset.decodeMs = (performance.now() - this.movedAt).toFixed(1);
    this.root.dataset.decoded = String(Number(this.root.dataset.decoded ?? 0) + 1);
    if (!last && !link.shouldSync) return;
    const position = wanted.isPosition ? this.layout()?.toPython(wanted.place[0], wanted.place[1]) ?? [] : [];
    link.update({ z: Array.from(code), sketch, position });
  }

  /** The drawings at equally spaced positions of a morph. @param {[number, number]} pair */
  frames(pair) {
    return this.decode(range(FRAMES).map((k) => this.between(pair, k / (FRAMES - 1))), "strip");
  }
}
