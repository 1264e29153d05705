/**
 * The view of `Complete`: a pad on which the user and the model draw in turns, and other endings next to it.
 * @module
 */
import { button, choice, element, toggle } from "../ui/controls.js";
import { changeIcon, iconButton } from "../ui/icons.js";
import { throttleToFrame } from "../ui/scheduling.js";
import { buttonRow, withSettings } from "../ui/settings.js";
import { say } from "../ui/words.js";
import { boundsOf, fromModel, sameSketch, toSketch, toStrokes } from "../editor/strokes.js";
import { Turn } from "../editor/turn.js";
import { categoryChoice, linkedPad, modelChoice, range, randomSeed, reportErrors, temperatureSlider, toModelRows, toolsOf, typical, variantGrid,
  whenModelReady } from "../ui/bindings.js";

/** @typedef {import("../runtime/model_link.js").Link} Link */
/** @typedef {import("../editor/strokes.js").Point} Point */
/** @typedef {import("../editor/pad.js").Pad} Pad */

/** Speeds of the model's pen, in widths of the pad per second. */
const SPEEDS = { slow: 0.4, lively: 1.2, fast: 4, instant: Infinity };
/** Minimum number of points that the model draws when the user asks it to continue or to draw another ending. */
const MIN_POINTS = 8;
/** Minimum number of endings that are drawn. The first one that adds something is put on the pad. */
const MIN_ENDINGS = 3;

/**
 * What to draw.
 * @typedef {object} Intent
 * @property {"draw" | "preview" | "none"} turn how the model draws on the pad: at its speed, at once (while a slider moves), or not at all
 * @property {boolean} [forced] whether the model continues a drawing that it considers finished
 * @property {boolean} [anew] whether the model answers only the strokes of the user, and its earlier strokes are removed
 * @property {boolean} [accepts] whether the user asks for this turn, and so accepts it and the turn before
 * @property {boolean} [last] whether the gesture has ended
 */

/** @param {Link} link @param {HTMLElement} root */
export function completeView(link, root) {
  /** The drawing that the model continues. @type {Point[][]} */
  let base = [];
  /** Rows that the model added to that drawing, one array for each variant. @type {Float32Array[]} */
  let added = [];
  /** Whether the model considers the drawing on the pad finished. */
  let finished = false;
  /** Minimum number of points of the model's turn, also when it is drawn again with other settings. */
  let minPoints = 0;
  /** Number of the newest request. */
  let newest = 0;
  /**
   * Numbers of the turns that the user has asked for or accepted. The next stroke of the user replaces any other turn.
   * Strokes of the model that this view did not draw itself, but read from the traits, count as turn 0.
   */
  const accepted = new Set([0]);
  /** Whether the newest stroke of the user has replaced a turn. */
  let replaced = false;
  const latestTurn = () => pad.turns.get(pad.strokes.at(-1) ?? []);

  const completed = (/** @type {Float32Array} */ rows) => {
    const beginning = toSketch(base);
    return { start: beginning.start, rows: [...beginning.rows, ...fromModel(rows, link.card.scale)] };
  };
  /** The strokes that the model adds to the beginning. @param {Float32Array} rows */
  const addedStrokes = (rows) => (rows.length ? toStrokes(completed(rows)).slice(base.length) : []);
  /** Strokes moved to the center of the visible square, for a drawing without a beginning. @param {Point[][]} strokes @returns {Point[][]} */
  const centered = (strokes) => {
    const [left, top, right, bottom] = boundsOf(strokes), [x, y, side] = pad.view;
    const [dx, dy] = [x + (side - left - right) / 2, y + (side - top - bottom) / 2];
    return strokes.map((stroke) => stroke.map((point) => [point[0] + dx, point[1] + dy, point[2]]));
  };

  const drawNow = (/** @type {Intent} */ { turn: how, forced = false, anew = false, accepts = false, last = true }) => reportErrors(link, async () => {
    if (how === "none" && turn.active && !turn.complete) how = "draw"; // the model still draws the strokes of the previous request, which this one cancels; draw the turn again
    const startTime = performance.now(), number = ++newest, { name, max_points: maxPoints } = link.card;
    for (const key of ["firstMs", "doneMs", "inkMs"]) delete root.dataset[key];
    if (forced || anew) minPoints = MIN_POINTS;
    base = forced ? pad.strokes : anew ? pad.userStrokes : withoutLastTurn(pad);
    const points = toSketch(base).rows.length / 3;
    if (points >= maxPoints) {
      turn.drop();
      show(range(link.get("variants")).map(() => new Float32Array(0)));
      link.update({ drawings: [] });
      link.showError(say("The beginning has {points} points. {name} draws at most {maxPoints} points including the beginning, so it cannot continue this drawing.",
        { points, name, maxPoints }));
      return;
    }
    const draws = how !== "none" && (forced || pad.strokes.length > 0 || turn.active), ghost = !pad.strokes.length && !draws;
    if (!draws && !ghost && !link.get("variants")) return;
    const previous = turn.active ? turn.number : latestTurn();
    if (accepts && previous !== undefined) accepted.add(previous);
    if (draws && base !== pad.strokes) pad.replace(base);
    if (draws) inkStart = startTime;
    const current = draws ? turn.begin() : 0;
    if (accepts || (previous !== undefined && accepted.has(previous))) accepted.add(current);
    /** Index of the ending on the pad. */
    let chosen = -1;
    const receive = (/** @type {Float32Array[]} */ sketches, /** @type {boolean} */ complete) => {
      if (number !== newest || link.closed) return;
      root.dataset.firstMs ??= String(performance.now() - startTime);
      show(sketches);
      if (ghost && complete) pad.showPlaceholder(addedStrokes(typical(sketches)));
      if (!draws || (!base.length && !complete)) return;
      if (chosen < 0) chosen = sketches.findIndex((rows) => rows.length);
      const ending = chosen < 0 ? [] : addedStrokes(sketches[chosen]), strokes = base.length ? ending : centered(ending);
      if (how === "draw") turn.receive(current, strokes, complete);
      else turn.preview(current, strokes);
    };
    const { categories } = link.card, category = categories.indexOf(link.get("category"));
    const options = { variants: range(Math.max(link.get("variants"), MIN_ENDINGS)), beginning: toModelRows(link, base), category, categories: categories.length,
      minPoints };
    const result = await link.draw(options, (sketches) => receive(sketches, false));
    if (!result || link.closed || number !== newest) return;
    receive(result.sketches, true);
    root.dataset.doneMs = String(performance.now() - startTime);
    finished = base.length > 0 && result.sketches.every((/** @type {Float32Array} */ rows) => !rows.length);
    const sends = last || link.shouldSync;
    if (sends) link.model.set("drawings", added.map(completed));
    if (draws && how === "preview" && last && turn.active) turn.finish(turn.strokes);
    if (sends) link.save();
    if (finished && link.isUsable("Continue", true)) link.showStatus("The model considers this drawing finished. {button} lets it add more.", continueButton());
    else if (finished) link.showStatus("The model considers this drawing finished.");
    else link.showStatus(replaced && link.isUsable("Accept", true) ? "Your stroke has replaced the model's answer. Undo brings it back; Accept keeps it when you draw on." : "");
  });
  /** The newest `Intent`, for the next frame. @type {Intent} */
  let pending = { turn: "none" };
  const frame = throttleToFrame(() => void drawNow(pending));
  const draw = (/** @type {Intent} */ intent) => {
    pending = intent;
    if (intent.turn === "draw") void drawNow(intent); // do not wait for the next frame
    else frame();
  };
  /** Time when the model was asked for the current turn. */
  let inkStart = 0;
  const hasTurn = () => turn.active || pad.strokes.some((stroke) => pad.turns.has(stroke) && stroke === pad.strokes.at(-1));
  /**
   * Draw the endings again after a change of settings. If the model is drawing, or the last stroke on the pad is by the model, draw its turn
   * on the pad again, too.
   * @param {boolean} [last]
   */
  const redraw = (last = true) => draw({ turn: hasTurn() ? "preview" : "none", last });

  const pad = linkedPad(link, "sketch", "Paper for you and the model", (_, cause) => {
    if (cause === "model") return;
    if (cause !== "draw" && cause !== "undo") turn.drop();
    finished = false;
    minPoints = 0;
    link.showStatus("");
    if (cause !== "draw") replaced = false;
    draw({ turn: (cause === "draw" || cause === "python") && link.get("auto") ? "draw" : "none" });
  }, { traits: traitsOf, follow: (pad) => follow(link, pad) });
  const showHint = () => {
    pad.hint.textContent = say(link.get("auto") ? "Draw something. When you lift the pen, the model continues." : "Draw something and press Continue.");
    pad.paint();
  };
  showHint();
  link.on("change:auto", showHint);
  const earlier = drawingOf(link, pad);
  if (earlier) {
    pad.reset(earlier);
    pad.restoreInk(link.get("ink"));
  }
  link.on("change:completion", () => follow(link, pad));

  const turn = new Turn(pad, {
    speed: () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? Infinity : SPEEDS[/** @type {keyof typeof SPEEDS} */ (link.get("speed"))] ?? SPEEDS.lively),
    started: () => (root.dataset.inkMs = String(performance.now() - inkStart)),
    ended: (strokes) => add(strokes),
  });
  link.end.signal.addEventListener("abort", () => link.closed && turn.clear());
  /** Put strokes of the model on the pad. @param {Point[][]} strokes */
  const add = (strokes) => {
    for (const stroke of strokes) pad.turns.set(stroke, turn.number);
    if (strokes.length) pad.commit([...base, ...strokes], "model");
    else link.update(traitsOf(pad));
    showState();
  };
  pad.onGestureStart = (erases) => {
    if (turn.active && erases) turn.stop();
    else if (turn.active) turn.drop();
    replaced = !erases && link.get("auto") && hasTurn() && pad.userStrokes.length > 0 && !accepted.has(latestTurn() ?? 0);
    if (replaced) pad.removeForGesture(withoutLastTurn(pad));
    showState();
  };
  pad.onUndo = () => turn.stop();
  const acceptTurn = () => {
    accepted.add(turn.active ? turn.number : latestTurn() ?? 0);
    if (turn.active) turn.stop();
    if (hasTurn()) link.showStatus("What the model has drawn stays when you draw on.");
  };
  const carryOn = () => {
    if (turn.active) acceptTurn();
    else draw({ turn: "draw", forced: hasTurn() || finished || !pad.strokes.length, accepts: true });
    showState();
  };
  /** The button "Continue" in the message about a finished drawing. */
  const continueButton = () => button("Continue", () => {
    pad.svg.focus({ preventScroll: true }); // the message, which contains the focused button, disappears
    draw({ turn: "draw", forced: true, accepts: true });
    showState();
  });
  /** Whether the next ending replaces all strokes of the model. */
  let anew = false;
  const another = () => {
    // All endings of a drawing that is nearly finished look alike, so the model also gives up its earlier strokes.
    anew = !turn.active && addsLittle(pad);
    link.update({ seed: randomSeed() });
    anew = false;
  };
  link.on("change:seed", () => draw({ turn: hasTurn() || anew ? "draw" : "none", anew }));
  Object.assign(pad.shortcuts, { " ": ["Continue", carryOn], n: ["Another ending", another], Enter: ["Accept", acceptTurn] });

  const go = iconButton("pen", "Continue", carryOn, { labeled: true });
  /** Show on the button whether the model is drawing. */
  const showState = () => {
    if (turn.active) changeIcon(go, "stop", "Stop", "Stop the model and keep what it has drawn (Space)");
    else changeIcon(go, "pen", "Continue", "Let the model continue, even if the drawing is finished (Space)");
  };
  new MutationObserver(showState).observe(pad.svg, { attributeFilter: ["data-turn"] });
  showState();
  pad.toolbar?.node.append(pad.toolbar.group(go,
    iconButton("again", "Another ending", another, { help: "Replace what the model drew last; if that is very little, replace all its strokes", keys: "N", labeled: true }),
    iconButton("accept", "Accept", acceptTurn, { help: "Keep what the model has drawn when you draw on; otherwise, your next stroke replaces its answer", keys: "Enter", labeled: true })));

  const grid = variantGrid(link, "Other endings", (paper, i) => {
    const accept = () => {
      if (!added[i]?.length) return;
      const strokes = addedStrokes(added[i]);
      turn.drop();
      if (base !== pad.strokes) pad.replace(base);
      accepted.add(turn.number);
      pad.viewport.reveal(boundsOf(strokes));
      add(strokes);
    };
    const accepting = button("", accept, { class: "sk-choice", "aria-label": say("Accept variant {number}", { number: i + 1 }), title: "Put this ending on the paper" });
    accepting.append(paper.node);
    return accepting;
  });
  const endings = element("div", { class: "sk-column sk-endings" }, grid.node, toolsOf(link, "the endings", () => grid.papers));
  const show = (/** @type {Float32Array[]} */ sketches) => {
    added = sketches.slice(0, link.get("variants"));
    const given = base.map((points) => ({ points, byModel: pad.turns.has(points) }));
    added.forEach((rows, i) => {
      const inks = [...given, ...addedStrokes(rows).map((points) => ({ points, byModel: true }))];
      grid.papers[i]?.showInks(inks, inks.map(({ byModel }) => !byModel));
    });
  };
  const resetGrid = () => {
    grid.reset();
    endings.hidden = !link.get("variants");
  };
  resetGrid();
  link.on("change:variants", () => {
    resetGrid();
    draw({ turn: "none" });
  });

  root.append(withSettings(pad.node,
    traitChoice(link, "speed", "Pen speed", Object.keys(SPEEDS)),
    temperatureSlider(link, (_, last) => redraw(last)),
    modelChoice(link), categoryChoice(link, () => draw({ turn: hasTurn() ? "draw" : "none" })), variantCount(link),
    buttonRow(automatic(link)),
    endings));
  let opened = false;
  whenModelReady(link, () => {
    const restored = !opened && hasTurn();
    opened = true;
    draw({ turn: !restored && pad.strokes.length > 0 && (hasTurn() || link.get("auto")) ? "draw" : "none" });
  });
}

/** The drawing without the model's latest turn; the whole drawing if the user has drawn since that turn. @param {Pad} pad */
function withoutLastTurn(pad) {
  const latest = pad.strokes.at(-1), turn = latest && pad.turns.get(latest);
  if (turn === undefined) return pad.strokes;
  let end = pad.strokes.length;
  while (end > 0 && pad.turns.get(pad.strokes[end - 1]) === turn) end--;
  return pad.strokes.slice(0, end);
}

/** Whether the model's latest answer has few points or none, and the pad also contains earlier strokes of the model. @param {Pad} pad */
function addsLittle(pad) {
  const before = withoutLastTurn(pad), latest = pad.strokes.slice(before.length);
  return pad.userStrokes.length > 0 && before.some((stroke) => pad.turns.has(stroke)) && toSketch(latest).rows.length / 3 < MIN_POINTS;
}

/** The traits of the drawing on the pad. The sketch is last: when it changes, the others are up to date. @param {Pad} pad */
function traitsOf(pad) {
  return { by_model: pad.strokes.map((stroke) => pad.turns.has(stroke)), completion: toSketch(pad.strokes), sketch: toSketch(pad.userStrokes) };
}

/**
 * The strokes of the user and the model, from the traits; null if Python has replaced the sketch, so that `completion` does not contain it.
 * @param {Link} link @param {Pad} pad
 */
function drawingOf(link, pad) {
  const strokes = toStrokes(link.get("completion")), byModel = link.get("by_model");
  const own = strokes.filter((_, i) => !byModel[i]);
  if (strokes.length !== byModel.length || !sameSketch(toSketch(own), link.get("sketch"))) return null;
  strokes.forEach((stroke, i) => byModel[i] && pad.turns.set(stroke, 0));
  return strokes;
}

/** If the drawing comes from another view of the widget, show it and return true. @param {Link} link @param {Pad} pad */
function follow(link, pad) {
  const strokes = drawingOf(link, pad);
  if (strokes && !sameSketch(toSketch(strokes), toSketch(pad.strokes))) pad.setStrokes(strokes);
  return strokes !== null;
}

/**
 * A list from which the user chooses the value of a trait.
 * @param {Link} link @param {string} trait @param {string} label @param {string[]} values
 */
function traitChoice(link, trait, label, values) {
  const { node, set } = choice(label, values, link.get(trait), (value) => link.update({ [trait]: value }));
  link.on(`change:${trait}`, () => set(values, link.get(trait)));
  return node;
}

/** A list from which the user chooses how many other endings are shown. @param {Link} link */
function variantCount(link) {
  const names = ["none", ...range(9).map((i) => String(i + 1))];
  const { node, set } = choice("Other endings", names, names[link.get("variants")], (name) => link.update({ variants: names.indexOf(name) }));
  link.on("change:variants", () => set(names, names[link.get("variants")]));
  return node;
}

/** A switch for whether the model answers every stroke. @param {Link} link */
function automatic(link) {
  const { node, set } = toggle("Answer every stroke", (on) => link.update({ auto: on }), link.get("auto"),
    "On: the model continues when you lift the pen. Off: it continues when you press Continue.");
  link.on("change:auto", () => set(link.get("auto")));
  return node;
}
