/**
 * The way from one drawing to another, or the square between four.
 * @module
 */
import { Paper, button, element } from "../ui/controls.js";
import { download, svgFile, svgMoving } from "../editor/export.js";
import { trackSlider } from "../ui/scheduling.js";
import { toStrokes } from "../editor/strokes.js";
import { reportErrors, fromModelRows, range, fittedRows, linkedPad, modelChoice, noiseButton, randomCode, saveButton, whenModelReady,
  temperatureSlider, traitSlider } from "../ui/bindings.js";

/** @typedef {import("../runtime/model_link.js").Link} Link */
/** @typedef {import("../editor/strokes.js").Sketch} Sketch */

/** Pictures of the strip; and along a side of the square. */
const FRAMES = 9, SIDE = 5;
/** Pictures of the moving file. */
const MOVING = 24;
/** Drawings that the engine makes together. */
const BATCH = 9;
/** Seconds of a walk from one end to the other. */
const WALK = 4;

/**
 * A point on the way between two codes.
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 * @param {number} t
 * @param {string} way slerp or lerp
 */
export function between(a, b, t, way) {
  const dot = (/** @type {ArrayLike<number>} */ p, /** @type {ArrayLike<number>} */ q) => {
    let sum = 0;
    for (let i = 0; i < p.length; i++) sum += p[i] * q[i];
    return sum;
  };
  let [u, v] = [1 - t, t];
  const norms = Math.sqrt(dot(a, a) * dot(b, b));
  const angle = norms ? Math.acos(Math.max(-1, Math.min(1, dot(a, b) / norms))) : 0;
  if (way === "slerp" && angle > 1e-4 && angle < Math.PI - 1e-4) {
    u = Math.sin((1 - t) * angle) / Math.sin(angle);
    v = Math.sin(t * angle) / Math.sin(angle);
  }
  return Float32Array.from(a, (x, i) => u * x + v * b[i]);
}

/** @param {Link} link @param {HTMLElement} root */
export function morphView(link, root) {
  const square = link.get("square");
  const ends = square ? ["a", "b", "c", "d"] : ["a", "b"];
  /** Where the small pictures lie: [t, u]. @type {[number, number][]} */
  const places = square
    ? range(SIDE * SIDE).map((i) => [(i % SIDE) / (SIDE - 1), Math.floor(i / SIDE) / (SIDE - 1)])
    : range(FRAMES).map((i) => [i / (FRAMES - 1), 0]);
  const main = new Paper("The drawing in between");
  const film = places.map(([t, u]) => new Paper(square ? `At ${t.toFixed(2)}, ${u.toFixed(2)}` : `At ${t.toFixed(2)}`));
  /** @type {Sketch[]} */
  let strip = [];
  const here = () => /** @type {[number, number]} */ ([link.get("t"), square ? link.get("u") : 0]);

  /** Codes at some places, or nothing while an end is missing. @param {number[][]} wanted */
  const codesAt = (wanted) => {
    const z = ends.map((end) => link.get(`z_${end}`));
    if (z.some((code) => code?.length !== link.card.z_size)) return null;
    const way = link.get("interpolation");
    return wanted.map(([t, u]) => {
      const upper = between(z[0], z[1], t, way);
      return square ? between(upper, between(z[2], z[3], t, way), u, way) : upper;
    });
  };
  /** @param {number[][]} wanted */
  const ask = async (wanted) => {
    const codes = codesAt(wanted);
    const result = codes && (await link.draw({ variants: codes.map(() => 0), codes }, undefined, "one"));
    return result && codes.map((z, i) => ({ z, sketch: fromModelRows(link, result.sketches[i]) }));
  };
  const show = (/** @type {{z: Float32Array, sketch: Sketch}} */ { z, sketch }, /** @type {boolean} */ last) => {
    if (link.closed) return;
    main.show(toStrokes(sketch));
    root.dataset.frames = String(Number(root.dataset.frames ?? 0) + 1);
    if (last || link.shouldSync) link.update({ z: Array.from(z), sketch });
  };
  /** @param {number[][]} wanted @param {string} part */
  const drawAt = async (wanted, part) => {
    const codes = codesAt(wanted) ?? [];
    const batches = range(Math.ceil(codes.length / BATCH)).map((i) => codes.slice(i * BATCH, (i + 1) * BATCH));
    const results = await Promise.all(batches.map((some, i) => link.draw({ variants: some.map(() => 0), codes: some }, undefined, `${part}-${i}`)));
    if (link.closed || results.includes(null)) return null;
    return results.flatMap(({ sketches }) => sketches.map((/** @type {Float32Array} */ rows) => fromModelRows(link, rows)));
  };
  const drawStrip = async () => {
    const sketches = await drawAt(places, "strip");
    if (!sketches?.length) return;
    strip = sketches;
    strip.forEach((sketch, i) => film[i].show(toStrokes(sketch)));
    const last = places.length - 1;
    const cornersOfStrip = square ? [0, SIDE - 1, last - SIDE + 1, last] : [0, last];
    corners.forEach(({ pad }, i) => pad.showPlaceholder(toStrokes(strip[cornersOfStrip[i]])));
  };
  const follow = trackSlider({ position: here, ask, show });
  const schedule = () => void reportErrors(link, follow.schedule);
  const flush = () => reportErrors(link, follow.flush);
  const all = () => flush().then(() => reportErrors(link, drawStrip));
  const moved = (/** @type {number} */ _, /** @type {boolean} */ last) => void (last ? flush() : schedule());
  const across = traitSlider(link, "t", square ? "Across" : "Morph", { min: 0, max: 1, step: 0.005 }, moved);
  const down = square ? traitSlider(link, "u", "Down", { min: 0, max: 1, step: 0.005 }, moved) : null;
  /** @param {number} t @param {number} u @param {boolean} last */
  const go = (t, u, last) => {
    if (down) link.model.set("u", u);
    across.move(t, last && !down);
    down?.move(u, last);
    mark();
  };

  const marker = element("div", { class: "sk-marker" });
  const mark = () => {
    const [t, u] = here();
    marker.style.left = `${(100 * (t * (SIDE - 1) + 0.5)) / SIDE}%`;
    marker.style.top = `${(100 * (u * (SIDE - 1) + 0.5)) / SIDE}%`;
  };
  const map = square ? plane(film, marker, go, here) : filmstrip(film, places, go);
  for (const trait of ["t", "u"]) link.on(`change:${trait}`, mark);
  mark();

  const corners = ends.map((end) => endOf(link, end, () => void all()));
  const walk = walking(link, (phase, last) => {
    if (square) go(0.5 - 0.5 * Math.cos(Math.PI * phase), 0.5 - 0.5 * Math.sin(Math.PI * phase), last);
    else go(phase < 1 ? phase : 2 - phase, 0, last);
  });
  for (const trait of ["seed", "interpolation"]) link.on(`change:${trait}`, () => void all());
  const moving = button("Animation", () => void reportErrors(link, async () => {
    const sketches = await drawAt(range(MOVING).map((i) => [i / (MOVING - 1), here()[1]]), "moving");
    if (sketches?.length) download("morph-animation.svg", svgFile(svgMoving(sketches.map(toStrokes))));
  }), { title: "Save the way as an SVG that moves" });
  const middle = element("div", { class: "sk-column" }, main.node, across.node, ...(down ? [down.node] : []));
  root.append(
    ...(square
      ? [element("div", { class: "sk-split" }, map, middle), element("div", { class: "sk-corners" }, ...corners.map(({ node }) => node))]
      : [element("div", { class: "sk-triple" }, corners[0].node, middle, corners[1].node), map]),
    temperatureSlider(link, (_, last) => void (last ? all() : schedule())),
    element("div", { class: "sk-row" }, walk, noiseButton(link, () => {}), saveButton(link, "morph", () => strip.map(toStrokes), square ? SIDE : FRAMES), moving),
    modelChoice(link));
  whenModelReady(link, async () => {
    for (const end of ends) {
      const sketch = link.get(`sketch_${end}`);
      if (link.get(`z_${end}`)?.length === link.card.z_size) continue;
      const z = sketch?.rows.length ? await link.encode(fittedRows(link, toStrokes(sketch)).rows, `encode-${end}`) : randomCode(link.card.z_size);
      if (z) link.update({ [`z_${end}`]: Array.from(z) });
    }
    await all();
  });
}

/**
 * An end: a pad to draw it on, or a code that nobody drew.
 * @param {Link} link
 * @param {string} end
 * @param {() => void} changed
 */
function endOf(link, end, changed) {
  const pad = linkedPad(link, `sketch_${end}`, `End ${end}`, (strokes) => {
    if (!strokes.length) return;
    void reportErrors(link, async () => {
      const z = await link.encode(fittedRows(link, strokes).rows, `encode-${end}`);
      if (z) link.update({ [`z_${end}`]: Array.from(z) });
    });
  }, false);
  const random = button("Random", () => {
    pad.clear();
    link.update({ [`z_${end}`]: randomCode(link.card.z_size) });
  }, { "aria-label": `Random end ${end}` });
  const clear = button("Clear", () => pad.clear(), { "aria-label": `Clear end ${end}` });
  link.on(`change:z_${end}`, changed);
  return { pad, node: element("div", { class: "sk-column sk-end" }, pad.node, element("div", { class: "sk-row" }, random, clear)) };
}

/**
 * Small pictures of the way; a click goes there.
 * @param {Paper[]} film
 * @param {[number, number][]} places
 * @param {(t: number, u: number, last: boolean) => void} go
 */
function filmstrip(film, places, go) {
  return element("div", { class: "sk-strip", role: "group", "aria-label": "From one end to the other" }, ...film.map((paper, i) => {
    const there = button("", () => go(places[i][0], 0, true), { class: "sk-choice", "aria-label": `Go to ${places[i][0].toFixed(2)}` });
    there.append(paper.node);
    return there;
  }));
}

/**
 * A square of small pictures to drag in.
 * @param {Paper[]} film
 * @param {HTMLElement} marker
 * @param {(t: number, u: number, last: boolean) => void} go
 * @param {() => [number, number]} here
 */
function plane(film, marker, go, here) {
  const bounded = (/** @type {number} */ x) => Math.max(0, Math.min(1, x));
  const node = element("div", { class: "sk-plane", tabindex: "0", role: "application",
    "aria-label": "The square between four ends: drag, or use the arrow keys" }, ...film.map((paper) => paper.node), marker);
  /** The pointer that drags. */
  let dragging = NaN;
  const to = (/** @type {PointerEvent} */ event, /** @type {boolean} */ last) => {
    const box = node.getBoundingClientRect();
    const along = (/** @type {number} */ share) => bounded((share * SIDE - 0.5) / (SIDE - 1));
    go(along((event.clientX - box.left) / box.width), along((event.clientY - box.top) / box.height), last);
  };
  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !Number.isNaN(dragging)) return;
    dragging = event.pointerId;
    node.setPointerCapture(event.pointerId);
    to(event, false);
  });
  node.addEventListener("pointermove", (event) => event.pointerId === dragging && to(event, false));
  for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) {
    node.addEventListener(name, (event) => {
      if (event.pointerId !== dragging) return;
      dragging = NaN;
      to(event, true);
    });
  }
  node.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    const [t, u] = here();
    go(bounded(t + step[0] * 0.05), bounded(u + step[1] * 0.05), true);
  });
  return node;
}

/**
 * A button that walks to and fro; where motion is not wanted, in a few still steps.
 * @param {Link} link
 * @param {(phase: number, last: boolean) => void} go phase 0 to 2, there and back
 */
function walking(link, go) {
  let began = -1;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const play = button("Play", () => {
    if (began >= 0) {
      began = -1;
      play.textContent = "Play";
      go(phase, true);
      return;
    }
    began = performance.now();
    play.textContent = "Stop";
    frame();
  });
  let phase = 0;
  const frame = () => {
    if (began < 0 || link.closed) return;
    phase = ((performance.now() - began) / (1000 * WALK)) % 2;
    if (still) phase = Math.round(phase * 4) / 4;
    go(phase, false);
    if (still) setTimeout(frame, (1000 * WALK) / 4);
    else requestAnimationFrame(frame);
  };
  return play;
}
