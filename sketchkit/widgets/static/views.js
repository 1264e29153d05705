/**
 * The widgets: each builds its view and keeps it in step with the kernel's traits.
 * @module
 */
import { Paper, button, element, slider } from "./controls.js";
import { Link } from "./link.js";
import { Pad } from "./pad.js";
import { normals } from "./noise.js";
import { fromModel, toModel, toSketch, toStrokes } from "./strokes.js";

/** @typedef {import("./strokes.js").Sketch} Sketch */
/** @typedef {import("./strokes.js").Point} Point */

const PAD_SIZE = 255;
const MESSAGE_EVERY = 50; // ms between messages during a gesture: at most 20 a second

/** @param {{model: any, el: HTMLElement}} context */
export function render({ model, el }) {
  const status = element("div", { class: "sk-status", role: "status", "aria-live": "polite" });
  const root = element("div", { class: "sk-widget", keydown: (/** @type {Event} */ event) => event.stopPropagation() });
  const link = new Link(model, status);
  /** @type {Record<string, (link: Link, root: HTMLElement) => void>} */
  const views = { pad: padView, complete: completeView, reconstruct: reconstructView, morph: morphView, temperature: temperatureView };
  views[model.get("_view")](link, root);
  root.append(status);
  el.append(root);
  root.dataset.ready = "true";
  return () => link.close();
}

/** @param {Link} link */
const sizeOf = (link) => (link.card?.size > 0 ? link.card.size : PAD_SIZE);

/** @param {number} count */
const firstNumbers = (count) => Array.from({ length: count }, (_, i) => i);

/** A number nobody chose, 0 to 2^32 - 1. */
const freshSeed = () => Math.floor(Math.random() * 2 ** 32);

/**
 * What the model drew, in the units of the drawing.
 * @param {Link} link
 * @param {Float32Array} rows
 * @returns {Sketch}
 */
const drawn = (link, rows) => ({ start: [0, 0], rows: fromModel(rows, link.card.scale) });

/**
 * Do something that may fail, and say so in the widget.
 * @param {Link} link
 * @param {() => Promise<any>} act
 */
const attempt = (link, act) => act().catch((error) => link.fail(error));

/** @param {Sketch} a @param {Sketch} b */
const sameSketch = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/**
 * Draw at most one frame's worth of work at a time.
 * @param {() => void} act
 */
function oncePerFrame(act) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      act();
    });
  };
}

/**
 * Run one at a time; asked again meanwhile, run once more, with what is newest then. A drag so draws as often as it can.
 * @param {() => Promise<void>} act
 */
function oneAtATime(act) {
  let running = false, again = false;
  return async () => {
    again = true;
    if (running) return;
    running = true;
    while (again) {
      again = false;
      await act();
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    running = false;
  };
}

/**
 * A pad that is kept in step with a sketch trait.
 * @param {Link} link
 * @param {string} trait
 * @param {string} label
 * @param {(strokes: Point[][]) => void} changed
 * @param {boolean} [tools]
 */
function linkedPad(link, trait, label, changed, tools = true) {
  const pad = new Pad({
    label, size: sizeOf(link), tools,
    epsilon: () => link.get("epsilon") ?? 2,
    changed: (strokes) => {
      link.tell({ [trait]: toSketch(strokes) });
      changed(strokes);
    },
  });
  pad.strokes = toStrokes(link.get(trait) ?? { start: [0, 0], rows: [] });
  pad.paint();
  link.on(`change:${trait}`, () => {
    const sketch = link.get(trait);
    if (sameSketch(sketch, toSketch(pad.strokes))) return;
    pad.replace(toStrokes(sketch));
    changed(pad.strokes);
  });
  return pad;
}

/** @param {Link} link @param {(value: number, last: boolean) => void} changed */
function temperatureSlider(link, changed) {
  let own = link.get("temperature"); // what this view has set itself is no news to it
  const control = slider("Temperature", { min: 0, max: 1.5, step: 0.01, value: own }, (value, last) => {
    own = value;
    link.model.set("temperature", value);
    if (last) link.model.save_changes();
    changed(value, last);
  });
  link.on("change:temperature", () => {
    if (link.get("temperature") === own) return;
    own = link.get("temperature");
    control.set(link.get("temperature"));
    changed(link.get("temperature"), true);
  });
  return control.node;
}

/** @param {Link} link @param {() => void} changed */
function noiseButton(link, changed) {
  link.on("change:seed", changed);
  return button("New noise", () => {
    link.tell({ seed: freshSeed() });
  }, { title: "Other random numbers, everything else as it is" });
}

/**
 * Offer text as a file.
 * @param {string} name
 * @param {string} text
 * @param {string} type
 */
function download(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  element("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

// SketchPad ----------------------------------------------------------------------------------------

/** @param {Link} link @param {HTMLElement} root */
function padView(link, root) {
  let seeing = false;
  const showSeen = () => {
    pad.under(seeing ? pad.strokes : []);
    pad.svg.classList.toggle("sk-points", seeing);
    const points = pad.strokes.reduce((sum, stroke) => sum + stroke.length, 0);
    link.say(pad.strokes.length ? `${pad.strokes.length} strokes, ${points} points` : "");
  };
  const pad = linkedPad(link, "sketch", "Sketch pad", showSeen);
  const epsilon = slider("Simplify", { min: 0, max: 8, step: 0.1, value: link.get("epsilon") }, (value, last) => {
    link.model.set("epsilon", value);
    if (last) link.model.save_changes();
  });
  const seen = button("What the model sees", () => {
    seeing = !seeing;
    seen.setAttribute("aria-pressed", String(seeing));
    showSeen();
  }, { "aria-pressed": "false" });
  const svgText = () => {
    const copy = /** @type {SVGElement} */ (pad.svg.cloneNode(true));
    for (const path of copy.querySelectorAll("path")) {
      path.setAttribute("style", `${path.getAttribute("style") ?? ""};fill:none;stroke:#1d2433;stroke-linecap:round;stroke-linejoin:round`);
    }
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    return new XMLSerializer().serializeToString(copy);
  };
  root.append(pad.node, epsilon.node, element("div", { class: "sk-row" }, seen,
    button("SVG", () => download("sketch.svg", svgText(), "image/svg+xml")),
    button("JSON", () => download("sketch.json", JSON.stringify(toSketch(pad.strokes)), "application/json"))));
  showSeen();
}

// Complete -----------------------------------------------------------------------------------------

/** @param {Link} link @param {HTMLElement} root */
function completeView(link, root) {
  const grid = element("div", { class: "sk-grid", role: "group", "aria-label": "Ways to go on" });
  /** @type {Paper[]} */
  let papers = [];
  /** @type {Float32Array[]} */
  let latest = [];
  const whole = (/** @type {Float32Array} */ rows) => {
    const begun = toSketch(pad.strokes);
    return { start: begun.start, rows: [...begun.rows, ...fromModel(rows, link.card.scale)] };
  };
  const show = (/** @type {Float32Array[]} */ sketches) => {
    latest = sketches;
    const given = pad.strokes;
    sketches.forEach((rows, i) => papers[i]?.show(toStrokes(whole(rows)).slice(given.length), { given }));
  };
  const lay = () => {
    papers = firstNumbers(link.get("variants")).map((i) => new Paper(`Variant ${i + 1}`));
    grid.replaceChildren(...papers.map((paper, i) => {
      const take = button("", () => accept(i), { class: "sk-choice", "aria-label": `Accept variant ${i + 1}` });
      take.append(paper.node);
      return take;
    }));
  };
  const accept = (/** @type {number} */ i) => {
    if (latest[i]) pad.commit(toStrokes(whole(latest[i])));
  };
  const draw = async () => {
    try {
      const variants = firstNumbers(link.get("variants"));
      const beginning = toModel(toSketch(pad.strokes).rows, link.card.scale);
      const began = performance.now();
      let first = true;
      const result = await link.draw({ variants, beginning }, (sketches) => {
        if (first) root.dataset.firstMs = String(performance.now() - began);
        first = false;
        show(sketches);
      });
      if (!result || link.closed) return;
      show(result.sketches);
      root.dataset.doneMs = String(performance.now() - began);
      link.tell({ drawings: result.sketches.map(whole) });
      const nothing = result.sketches.every((/** @type {Float32Array} */ rows) => !rows.length);
      link.say(nothing ? "The model takes this drawing to be finished." : "");
    } catch (error) {
      link.fail(error);
    }
  };
  const pad = linkedPad(link, "sketch", "Begin a drawing", () => void draw());
  padBeside(link, root, pad, grid, lay, draw);
}

/**
 * Put a pad beside the pictures that follow it.
 * @param {Link} link
 * @param {HTMLElement} root
 * @param {Pad} pad
 * @param {HTMLElement} grid
 * @param {() => void} lay make the pictures anew
 * @param {() => Promise<void>} draw
 */
function padBeside(link, root, pad, grid, lay, draw) {
  const soon = oncePerFrame(() => void draw());
  link.on("change:variants", () => {
    lay();
    soon();
  });
  lay();
  const tools = element("div", { class: "sk-row" }, noiseButton(link, soon));
  const left = element("div", { class: "sk-column" }, pad.node, temperatureSlider(link, soon), tools);
  root.append(element("div", { class: "sk-split" }, left, grid));
  startWith(link, draw);
}

/**
 * Have the model, then draw; and again when the model is another.
 * @param {Link} link
 * @param {() => any} draw
 */
function startWith(link, draw) {
  const begin = () => attempt(link, () => link.ready().then(draw));
  link.on("change:_card", begin);
  void begin();
}

// Reconstruct --------------------------------------------------------------------------------------

/** @param {Link} link @param {HTMLElement} root */
function reconstructView(link, root) {
  const grid = element("div", { class: "sk-grid", role: "group", "aria-label": "Redrawn" });
  /** @type {Paper[]} */
  let papers = [];
  const lay = () => {
    papers = firstNumbers(link.get("variants")).map((i) => new Paper(`Redrawn, variant ${i + 1}`));
    grid.replaceChildren(...papers.map((paper) => paper.node));
  };
  const show = (/** @type {Float32Array[]} */ sketches) =>
    sketches.forEach((rows, i) => papers[i]?.show(toStrokes(drawn(link, rows))));
  const draw = async () => {
    try {
      if (!pad.strokes.length) {
        papers.forEach((paper) => paper.show([]));
        return;
      }
      const z = await link.encode(toModel(toSketch(pad.strokes).rows, link.card.scale));
      if (!z) return;
      const variants = firstNumbers(link.get("variants"));
      const result = await link.draw({ variants, codes: variants.map(() => z) }, show);
      if (!result || link.closed) return;
      show(result.sketches);
      link.tell({ z: Array.from(z), drawings: result.sketches.map((/** @type {Float32Array} */ rows) => drawn(link, rows)) });
    } catch (error) {
      link.fail(error);
    }
  };
  const pad = linkedPad(link, "sketch", "Draw something to be redrawn", () => void draw());
  padBeside(link, root, pad, grid, lay, draw);
}

// Morph --------------------------------------------------------------------------------------------

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
function morphView(link, root) {
  const frames = 9;
  const main = new Paper("The drawing in between");
  const strip = element("div", { class: "sk-strip", role: "group", "aria-label": "From one end to the other" });
  const film = firstNumbers(frames).map((i) => new Paper(`At ${(i / (frames - 1)).toFixed(2)}`));
  strip.replaceChildren(...film.map((paper, i) => {
    const go = button("", () => setT(i / (frames - 1), true), { class: "sk-choice", "aria-label": `Go to ${(i / (frames - 1)).toFixed(2)}` });
    go.append(paper.node);
    return go;
  }));
  let playing = false;
  let told = 0;
  /** Codes at some places of the way, or nothing while an end is missing. @param {number[]} places */
  const codesAt = (places) => {
    const [a, b] = [link.get("z_a"), link.get("z_b")];
    if (a?.length !== link.card.z_size || b?.length !== link.card.z_size) return null;
    return places.map((t) => between(a, b, t, link.get("interpolation")));
  };
  const drawOne = async (/** @type {boolean} */ last) => {
    const codes = codesAt([link.get("t")]);
    const result = codes && (await link.draw({ variants: [0], codes }, undefined, "one"));
    if (!result || link.closed) return;
    const sketch = drawn(link, result.sketches[0]);
    main.show(toStrokes(sketch));
    root.dataset.frames = String(Number(root.dataset.frames ?? 0) + 1);
    if (last || performance.now() - told > MESSAGE_EVERY) {
      told = performance.now();
      link.tell({ z: Array.from(codes[0]), sketch });
    }
  };
  const drawStrip = async () => {
    const codes = codesAt(firstNumbers(frames).map((i) => i / (frames - 1)));
    const result = codes && (await link.draw({ variants: codes.map(() => 0), codes }, undefined, "strip"));
    if (!result || link.closed) return;
    /** @type {Float32Array[]} */ (result.sketches).forEach((rows, i) => film[i].show(toStrokes(drawn(link, rows))));
  };
  const all = () => attempt(link, async () => {
    await drawOne(true);
    await drawStrip();
  });
  const soonOne = oneAtATime(() => attempt(link, () => drawOne(false)));
  const setT = (/** @type {number} */ t, /** @type {boolean} */ last) => {
    link.model.set("t", t);
    control.set(t);
    if (last) {
      link.model.save_changes();
      void attempt(link, () => drawOne(true));
    } else {
      void soonOne();
    }
  };
  const control = slider("Morph", { min: 0, max: 1, step: 0.005, value: link.get("t") }, setT);
  const ends = ["a", "b"].map((end) => {
    const pad = linkedPad(link, `sketch_${end}`, `End ${end}`, (strokes) => {
      if (!strokes.length) return;
      void attempt(link, async () => {
        const z = await link.encode(toModel(toSketch(strokes).rows, link.card.scale), `encode-${end}`);
        if (z) link.tell({ [`z_${end}`]: Array.from(z) });
      });
    }, false);
    const random = button("Random", () => link.tell({ [`z_${end}`]: randomCode(link.card.z_size) }));
    link.on(`change:z_${end}`, () => void all());
    return element("div", { class: "sk-column sk-end" }, pad.node, element("div", { class: "sk-row" }, random, button("Clear", () => pad.clear())));
  });
  const play = button("Play", () => {
    playing = !playing;
    play.textContent = playing ? "Stop" : "Play";
    const began = performance.now();
    const frame = () => {
      if (!playing || link.closed) return;
      const phase = ((performance.now() - began) / 4000) % 2;
      setT(phase < 1 ? phase : 2 - phase, false);
      requestAnimationFrame(frame);
    };
    frame();
  });
  link.on("change:t", () => {
    control.set(link.get("t"));
    void soonOne();
  });
  for (const trait of ["seed", "interpolation"]) link.on(`change:${trait}`, () => void all());
  const middle = element("div", { class: "sk-column" }, main.node, control.node);
  root.append(element("div", { class: "sk-triple" }, ends[0], middle, ends[1]), strip,
    temperatureSlider(link, (_, last) => void (last ? all() : soonOne())),
    element("div", { class: "sk-row" }, play, noiseButton(link, () => {})));
  startWith(link, async () => {
    for (const end of ["a", "b"]) {
      const sketch = link.get(`sketch_${end}`);
      if (!link.get(`z_${end}`)?.length && sketch?.rows.length) {
        link.tell({ [`z_${end}`]: Array.from(await link.encode(toModel(sketch.rows, link.card.scale), `encode-${end}`)) });
      } else if (link.get(`z_${end}`)?.length !== link.card.z_size) {
        link.tell({ [`z_${end}`]: randomCode(link.card.z_size) });
      }
    }
    await all();
  });
}

/** @param {number} size */
function randomCode(size) {
  return Array.from(normals(freshSeed(), size));
}

// Temperature --------------------------------------------------------------------------------------

/** @param {Link} link @param {HTMLElement} root */
function temperatureView(link, root) {
  const main = new Paper("Drawn at the temperature chosen");
  const temperatures = firstNumbers(10).map((i) => (i + 1) / 10);
  const film = temperatures.map((t) => new Paper(`At temperature ${t.toFixed(1)}`));
  const strip = element("div", { class: "sk-strip", role: "group", "aria-label": "From cold to warm" });
  strip.replaceChildren(...film.map((paper, i) => {
    const go = button("", () => link.tell({ temperature: temperatures[i] }), {
      class: "sk-choice", "aria-label": `Set temperature ${temperatures[i].toFixed(1)}`,
    });
    go.append(paper.node, element("span", { class: "sk-caption" }, temperatures[i].toFixed(1)));
    return go;
  }));
  const given = () => {
    const z = link.get("z");
    return { variants: [0], codes: z?.length ? [Float32Array.from(z)] : undefined };
  };
  const drawOne = async (/** @type {boolean} */ last) => {
    const result = await link.draw(given(), undefined, "one");
    if (!result || link.closed) return;
    const sketch = drawn(link, result.sketches[0]);
    main.show(toStrokes(sketch));
    root.dataset.frames = String(Number(root.dataset.frames ?? 0) + 1);
    if (last) link.tell({ sketch });
  };
  const drawStrip = () => Promise.all(temperatures.map(async (temperature, i) => {
    const result = await link.draw({ ...given(), temperature }, undefined, `strip-${i}`);
    if (result && !link.closed) film[i].show(toStrokes(drawn(link, result.sketches[0])));
  }));
  const soon = oneAtATime(() => attempt(link, () => drawOne(false)));
  const all = () => void attempt(link, async () => {
    await drawOne(true);
    await drawStrip();
  });
  link.on("change:z", all);
  root.append(main.node, temperatureSlider(link, (_, last) => void (last ? attempt(link, () => drawOne(true)) : soon())), strip,
    element("div", { class: "sk-row" }, noiseButton(link, all)));
  startWith(link, all);
}
