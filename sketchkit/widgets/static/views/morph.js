/**
 * The view of `Morph`: interpolation between two latent codes, or over the square between four.
 * @module
 */
import { button, element } from "../ui/controls.js";
import { Paper } from "../editor/paper.js";
import { animatedGif, animatedSvg, download, svgFile } from "../editor/export.js";
import { trackSlider } from "../ui/scheduling.js";
import { buttonRow, settingsColumn, withSettings } from "../ui/settings.js";
import { say } from "../ui/words.js";
import { toStrokes } from "../editor/strokes.js";
import { exemplarChoice, knownCategories, startingCode, reportErrors, fromModelRows, range, fittedRows, linkedPad, modelChoice, variationButton, randomCode, toolsOf, whenModelReady,
  temperatureSlider, traitSlider } from "../ui/bindings.js";

/** @typedef {import("../runtime/model_link.js").Link} Link */
/** @typedef {import("../editor/strokes.js").Sketch} Sketch */

/** Number of drawings in the strip between two drawings, and along a side of the square. */
const FRAMES = 9, SIDE = 5;
/** For each segment of a path through several drawings: number of drawings in the strip, and in the animation. */
const PATH_FRAMES = 4, PATH_ANIMATION_FRAMES = 12;
/** Number of drawings in the animation. */
const ANIMATION_FRAMES = 24;
/** Number of drawings in one request to the engine. */
const BATCH = 9;
/** Seconds of the animation from one end to the other. */
const PLAY_SECONDS = 4;

/**
 * Interpolate between two codes.
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 * @param {number} t
 * @param {string} interpolation slerp or lerp
 */
export function interpolate(a, b, t, interpolation) {
  const dot = (/** @type {ArrayLike<number>} */ p, /** @type {ArrayLike<number>} */ q) => {
    let sum = 0;
    for (let i = 0; i < p.length; i++) sum += p[i] * q[i];
    return sum;
  };
  let [u, v] = [1 - t, t];
  const norms = Math.sqrt(dot(a, a) * dot(b, b));
  const angle = norms ? Math.acos(Math.max(-1, Math.min(1, dot(a, b) / norms))) : 0;
  if (interpolation === "slerp" && angle > 1e-4 && angle < Math.PI - 1e-4) {
    u = Math.sin((1 - t) * angle) / Math.sin(angle);
    v = Math.sin(t * angle) / Math.sin(angle);
  }
  return Float32Array.from(a, (x, i) => u * x + v * b[i]);
}

/** @param {Link} link @param {HTMLElement} root */
export function morphView(link, root) {
  const square = link.get("square");
  const ends = square ? ["a", "b", "c", "d"] : ["a", "b"];
  /** Number of segments of a path through several drawings; 0 if there is none. */
  const segments = Math.max((link.get("path")?.length ?? 0) - 1, 0);
  const frames = segments ? PATH_FRAMES * segments + 1 : FRAMES, animationFrames = segments ? PATH_ANIMATION_FRAMES * segments + 1 : ANIMATION_FRAMES;
  /** Position [t, u] of each small drawing. @type {[number, number][]} */
  const places = square
    ? range(SIDE * SIDE).map((i) => [(i % SIDE) / (SIDE - 1), Math.floor(i / SIDE) / (SIDE - 1)])
    : range(frames).map((i) => [i / (frames - 1), 0]);
  const main = new Paper("Interpolated drawing");
  const film = places.map(([t, u]) => new Paper(say("Drawing at {place}", { place: square ? `${t.toFixed(2)}, ${u.toFixed(2)}` : t.toFixed(2) })));
  /** @type {Sketch[]} */
  let strip = [];
  const here = () => /** @type {[number, number]} */ ([link.get("t"), square ? link.get("u") : 0]);

  /** Codes at positions, or null if one of the codes a to d has not been computed yet. @param {number[][]} positions */
  const codesAt = (positions) => {
    const path = link.get("path") ?? [], z = path.length ? path : ends.map((end) => link.get(`z_${end}`));
    if (z.some((/** @type {number[]} */ code) => code?.length !== link.card.z_size)) return null;
    const interpolation = link.get("interpolation");
    return positions.map(([t, u]) => {
      const last = square ? 1 : z.length - 1, segment = Math.max(0, Math.min(Math.floor(t * last), last - 1));
      const upper = interpolate(z[segment], z[segment + 1], t * last - segment, interpolation);
      return square ? interpolate(upper, interpolate(z[2], z[3], t, interpolation), u, interpolation) : upper;
    });
  };
  /** @param {number[][]} positions */
  const ask = async (positions) => {
    const codes = codesAt(positions);
    const result = codes && (await link.draw({ variants: codes.map(() => 0), codes }, undefined, "one"));
    return result && codes.map((z, i) => ({ z, sketch: fromModelRows(link, result.sketches[i]) }));
  };
  const show = (/** @type {{z: Float32Array, sketch: Sketch}} */ { z, sketch }, /** @type {boolean} */ last) => {
    if (link.closed) return;
    main.show(toStrokes(sketch));
    root.dataset.frames = String(Number(root.dataset.frames ?? 0) + 1);
    if (last || link.shouldSync) link.update({ z: Array.from(z), sketch });
  };
  /** @param {number[][]} positions @param {string} part */
  const drawAt = async (positions, part) => {
    const codes = codesAt(positions) ?? [];
    const batches = range(Math.ceil(codes.length / BATCH)).map((i) => codes.slice(i * BATCH, (i + 1) * BATCH));
    const results = await Promise.all(batches.map((batch, i) => link.draw({ variants: batch.map(() => 0), codes: batch }, undefined, `${part}-${i}`)));
    if (link.closed || results.includes(null)) return null;
    return results.flatMap(({ sketches }) => sketches.map((/** @type {Float32Array} */ rows) => fromModelRows(link, rows)));
  };
  const drawStrip = async () => {
    const sketches = await drawAt(places, "strip");
    if (!sketches?.length) return;
    strip = sketches;
    strip.forEach((sketch, i) => film[i].show(toStrokes(sketch)));
    const last = places.length - 1;
    const cornerIndices = square ? [0, SIDE - 1, last - SIDE + 1, last] : [0, last];
    corners.forEach(({ pad }, i) => pad.showPlaceholder(toStrokes(strip[cornerIndices[i]])));
  };
  const follow = trackSlider({ position: here, ask, show });
  const schedule = () => void reportErrors(link, follow.schedule);
  const flush = () => reportErrors(link, follow.flush);
  const all = () => flush().then(() => reportErrors(link, drawStrip));
  const moved = (/** @type {number} */ _, /** @type {boolean} */ last) => void (last ? flush() : schedule());
  const across = traitSlider(link, "t", square ? "Across" : "Morph", { min: 0, max: 1, step: 0.005 }, moved);
  if (square) across.input.dir = "ltr"; // the same direction as in the square, also in right-to-left pages
  const down = square ? traitSlider(link, "u", "Down", { min: 0, max: 1, step: 0.005 }, moved) : null;
  /** @param {number} t @param {number} u @param {boolean} last */
  const go = (t, u, last) => {
    if (down) link.model.set("u", u);
    across.move(t, last && !down);
    down?.move(u, last);
    moveMarker();
  };

  const marker = element("div", { class: "sk-marker" });
  const moveMarker = () => {
    const [t, u] = here();
    marker.style.left = `${(100 * (t * (SIDE - 1) + 0.5)) / SIDE}%`;
    marker.style.top = `${(100 * (u * (SIDE - 1) + 0.5)) / SIDE}%`;
  };
  const map = square ? plane(film, marker, go, here) : filmstrip(film, places, go);
  for (const trait of ["t", "u"]) link.on(`change:${trait}`, moveMarker);
  moveMarker();

  const corners = (segments ? [] : ends).map((end, index) => endControl(link, end, index, () => void all()));
  const play = playButton(link, (phase, last) => {
    if (square) go(0.5 - 0.5 * Math.cos(Math.PI * phase), 0.5 - 0.5 * Math.sin(Math.PI * phase), last);
    else go(phase < 1 ? phase : 2 - phase, 0, last);
  }, PLAY_SECONDS * Math.max(segments / 2, 1));
  for (const control of [across.node, down?.node, map]) { // stop the animation when the user chooses a position
    control?.addEventListener("pointerdown", play.stop);
    control?.addEventListener("keydown", ({ key }) => key !== "Tab" && play.stop());
  }
  for (const trait of ["seed", "interpolation"]) link.on(`change:${trait}`, () => void all());
  /** The drawings of an animation between the left and the right end. */
  const animation = async () => {
    const sketches = await drawAt(range(animationFrames).map((i) => [i / (animationFrames - 1), here()[1]]), "animation");
    return (sketches ?? []).map((sketch) => toStrokes(sketch).map((points) => ({ points, byModel: false })));
  };
  /** @type {[string, () => any][]} */
  const animated = [
    ["Save morph as animated SVG", async () => download("morph-animation.svg", svgFile(animatedSvg(await animation())))],
    ["Save morph as GIF", async () => download("morph-animation.gif", await animatedGif(await animation()))],
  ];
  const middle = element("div", { class: "sk-column" }, main.node, toolsOf(link, "the drawing", () => [main]));
  const position = [across.node, ...(down ? [down.node] : []),
    buttonRow(play.node, toolsOf(link, "the morph", () => film, { columns: () => (square ? SIDE : frames), more: animated, plays: false }))];
  const settings = [temperatureSlider(link, (_, last) => void (last ? all() : schedule())), ...(segments ? [] : [modelChoice(link), knownCategories(link)]), // the codes of a path belong to one model
    buttonRow(variationButton(link, () => {}))];
  if (segments) root.append(withSettings(middle, ...position, ...settings), map);
  else if (square) root.append(element("div", { class: "sk-split" }, map, middle), element("div", { class: "sk-corners" }, ...corners.map(({ node }) => node)));
  else root.append(element("div", { class: "sk-triple" }, corners[0].node, middle, corners[1].node), map);
  if (!segments) root.append(withSettings(settingsColumn(...position), ...settings));
  whenModelReady(link, async () => {
    for (const [index, end] of segments ? [] : ends.entries()) {
      const sketch = link.get(`sketch_${end}`);
      if (link.get(`z_${end}`)?.length === link.card.z_size) continue;
      const z = sketch?.rows.length ? await link.encode(fittedRows(link, toStrokes(sketch)).rows, `encode-${end}`) : await startingCode(link, { index, part: end });
      if (z) link.update({ [`z_${end}`]: Array.from(z) });
    }
    await all();
  });
}

/**
 * The controls of one of the drawings a, b, c and d: a pad, and buttons that clear it and choose a random code. If the pad is cleared,
 * the end takes the code that the seed selects, and the pad faintly shows the drawing that is decoded from it.
 * @param {Link} link
 * @param {string} end
 * @param {number} index
 * @param {() => void} changed
 */
function endControl(link, end, index, changed) {
  /** True while `replace` clears the pad; the callback of the pad then keeps the code that `replace` sets. */
  let replacing = false;
  const pad = linkedPad(link, `sketch_${end}`, say("End {end}", { end }), (strokes, cause) => {
    if (replacing || (!strokes.length && cause === "python")) return;
    void reportErrors(link, async () => {
      const z = strokes.length ? await link.encode(fittedRows(link, strokes).rows, `encode-${end}`) : await startingCode(link, { index, part: end });
      if (z) link.update({ [`z_${end}`]: Array.from(z) });
    });
  }, { tools: false, hint: "Draw here." });
  const replace = (/** @type {number[]} */ z) => {
    replacing = true;
    pad.clear();
    replacing = false;
    link.update({ [`z_${end}`]: z });
  };
  const random = button("Random", () => {
    const before = pad.strokes; // a stroke that the user draws before the code has arrived stays
    void randomCode(link, (z) => pad.strokes === before && replace(z), end);
  },
    { "aria-label": say("Random end {end}", { end }), title: "Replace this drawing with a drawing that is decoded from a random latent code" });
  const clear = /** @type {HTMLButtonElement} */ (button("Clear", () => {
    pad.clear();
    pad.svg.focus({ preventScroll: true }); // the focused button becomes disabled
  }, { "aria-label": say("Clear end {end}", { end }), title: "Remove your drawing; a drawing by the model takes its place" }));
  new MutationObserver(() => (clear.disabled = !pad.strokes.length)).observe(pad.svg, { attributeFilter: ["data-strokes"] });
  clear.disabled = !pad.strokes.length;
  link.on(`change:z_${end}`, changed);
  return { pad, node: element("div", { class: "sk-column sk-end" }, pad.node, element("div", { class: "sk-row" }, random, clear),
    exemplarChoice(link, `z_${end}`, replace, { label: say("Category {end}", { end }), listed: false })) };
}

/**
 * A strip of small drawings; a click on a drawing moves the slider to its position.
 * @param {Paper[]} film
 * @param {[number, number][]} places
 * @param {(t: number, u: number, last: boolean) => void} go
 */
function filmstrip(film, places, go) {
  return element("div", { class: "sk-strip", role: "group", "aria-label": "Drawings from end a to end b" }, ...film.map((paper, i) => {
    const target = button("", () => go(places[i][0], 0, true), { class: "sk-choice", "aria-label": say("Go to {place}", { place: places[i][0].toFixed(2) }) });
    target.append(paper.node);
    return target;
  }));
}

/**
 * A square of small drawings with a marker that the user drags.
 * @param {Paper[]} film
 * @param {HTMLElement} marker
 * @param {(t: number, u: number, last: boolean) => void} go
 * @param {() => [number, number]} here
 */
function plane(film, marker, go, here) {
  const clamp = (/** @type {number} */ x) => Math.max(0, Math.min(1, x));
  const node = element("div", { class: "sk-plane", tabindex: "0", role: "application",
    "aria-label": "Square between the four ends: drag, or use the arrow keys" }, ...film.map((paper) => paper.node), marker);
  /** Id of the pointer that drags the marker. */
  let dragging = NaN;
  const moveTo = (/** @type {PointerEvent} */ event, /** @type {boolean} */ last) => {
    const box = node.getBoundingClientRect();
    const along = (/** @type {number} */ share) => clamp((share * SIDE - 0.5) / (SIDE - 1));
    go(along((event.clientX - box.left) / box.width), along((event.clientY - box.top) / box.height), last);
  };
  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !Number.isNaN(dragging)) return;
    dragging = event.pointerId;
    node.setPointerCapture(event.pointerId);
    moveTo(event, false);
  });
  node.addEventListener("pointermove", (event) => event.pointerId === dragging && moveTo(event, false));
  for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) {
    node.addEventListener(name, (event) => {
      if (event.pointerId !== dragging) return;
      dragging = NaN;
      moveTo(event, true);
    });
  }
  node.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    const [t, u] = here();
    go(clamp(t + step[0] * 0.05), clamp(u + step[1] * 0.05), true);
  });
  return node;
}

/**
 * A button that plays the interpolation back and forth, and a function that stops the animation. If the user prefers reduced motion, the
 * animation consists of a few still drawings.
 * @param {Link} link
 * @param {(phase: number, last: boolean) => void} go phase: 0 to 1 forward, 1 to 2 back
 * @param {number} seconds from one end to the other
 */
function playButton(link, go, seconds) {
  let startTime = -1, phase = 0;
  const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const stop = () => {
    if (startTime < 0) return;
    startTime = -1;
    node.textContent = say("Play morph");
    go(phase, true);
  };
  const node = button("Play morph", () => {
    if (startTime >= 0) return stop();
    startTime = performance.now();
    node.textContent = say("Stop");
    frame();
  }, { title: "Play the interpolation back and forth" });
  const frame = () => {
    if (startTime < 0 || link.closed) return;
    phase = ((performance.now() - startTime) / (1000 * seconds)) % 2;
    if (reducedMotion) phase = Math.round(phase * 4) / 4;
    go(phase, false);
    if (reducedMotion) setTimeout(frame, (1000 * seconds) / 4);
    else requestAnimationFrame(frame);
  };
  return { node, stop };
}
