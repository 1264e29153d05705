/**
 * The view of `Guess`: a pad, the category that the user is asked to draw, and the guesses of the model while the user draws.
 * @module
 */
import { button, element } from "../ui/controls.js";
import { latestOnly } from "../ui/scheduling.js";
import { buttonRow, withSettings } from "../ui/settings.js";
import { categoryName, language, say } from "../ui/words.js";
import { categoryChoice, fittedRows, linkedPad, modelChoice, range, reportErrors, whenModelReady } from "../ui/bindings.js";

/** @typedef {import("../runtime/model_link.js").Link} Link */
/** @typedef {import("../editor/strokes.js").Point} Point */

/** Maximum number of guesses that are shown. */
const SHOWN = 5;
/** Probability above which the message names the best guess, and above which the requested category counts as recognized. */
const SURE = 0.3, RECOGNIZED = 0.5;
/** Milliseconds between updates of the time that is left. */
const TICK_MS = 200;

/** The name of a category, in English with its article: "a rabbit", "an ambulance". @param {string} name */
const withArticle = (name) => (language() === "en" ? `${/^[aeiou]/i.test(name) ? "an" : "a"} ${name}` : categoryName(name));

/** @param {Link} link @param {HTMLElement} root */
export function guessView(link, root) {
  const prompt = element("p", { class: "sk-prompt" }), clock = element("span", { class: "sk-value", role: "timer" });
  const answer = element("p", { class: "sk-answer", role: "status" });
  const rows = range(SHOWN).map(() => {
    const name = element("span", {}), share = element("span", { class: "sk-value" });
    return { name, share, bar: /** @type {HTMLMeterElement} */ (element("meter", { min: 0, max: 1, "aria-label": "no guess" })) };
  });
  const chances = element("div", { class: "sk-chances", role: "group", "aria-label": "Guesses and their probabilities" },
    ...rows.flatMap(({ name, bar, share }) => [name, bar, share]));
  /** The round: when it began, in milliseconds; whether the model has recognized the drawing, and whether the time is up. */
  const round = { start: NaN, recognized: false, late: false };

  const timeLeft = () => link.get("seconds") - (Number.isNaN(round.start) ? 0 : (performance.now() - round.start) / 1000);
  const showTime = () => {
    clock.hidden = !link.get("seconds");
    clock.textContent = `${Math.max(0, Math.ceil(timeLeft()))} s`;
  };
  const ticking = setInterval(() => {
    if (!link.get("seconds") || Number.isNaN(round.start) || round.recognized || round.late) return;
    round.late = timeLeft() <= 0;
    showTime();
    if (round.late) showAnswer(latest);
  }, TICK_MS);
  link.end.signal.addEventListener("abort", () => link.closed && clearInterval(ticking));

  /** Indices of the categories, the most probable first. @param {ArrayLike<number>} probabilities */
  const order = (probabilities) => range(probabilities.length).sort((a, b) => probabilities[b] - probabilities[a]);
  /** @param {ArrayLike<number>} probabilities empty if there is no drawing */
  const showBars = (probabilities) => {
    const best = order(probabilities), { categories } = link.card;
    chances.classList.toggle("sk-ghost", !best.length);
    rows.forEach(({ name, share, bar }, i) => {
      const value = probabilities[best[i]] ?? 0, text = categoryName(categories[best[i]] ?? "");
      name.textContent = text;
      bar.value = value;
      bar.setAttribute("aria-label", text || say("no guess"));
      share.textContent = text && `${Math.round(100 * value)}%`;
      bar.hidden = name.hidden = share.hidden = i >= categories.length;
    });
  };
  /** The newest guesses. @type {ArrayLike<number>} */
  let latest = [];
  /** @param {ArrayLike<number>} probabilities */
  const showAnswer = (probabilities) => {
    latest = probabilities;
    if (round.recognized) return;
    const [best] = order(probabilities), found = link.card.categories[best], name = best === undefined ? "" : withArticle(found);
    const sure = probabilities[best] > SURE;
    round.recognized = !round.late && probabilities[best] > RECOGNIZED && found === link.get("category");
    root.dataset.recognized = String(round.recognized);
    if (round.late) answer.textContent = name ? say("Time is up. It looks like {name}.", { name }) : say("Time is up.");
    else if (!name) answer.textContent = say("The guesses of the model appear here.");
    else if (round.recognized) answer.textContent = say("✓ I see it: {name}!", { name });
    else answer.textContent = sure ? say("I see {name} …", { name }) : say("I am not sure yet …");
  };
  /** Update the guesses. @param {{strokes: Point[][], last: boolean}} drawing `last`: the stroke has ended */
  const refresh = ({ strokes, last }) => reportErrors(link, async () => {
    const probabilities = strokes.length ? await link.guess(fittedRows(link, strokes).rows) : new Float32Array(0);
    if (!probabilities || link.closed) return;
    showBars(probabilities);
    showAnswer(probabilities);
    root.dataset.frames = String(Number(root.dataset.frames ?? 0) + 1);
    if (last || link.shouldSync) link.update({ probabilities: Array.from(probabilities) });
  });
  const newest = latestOnly(refresh);
  const begin = (/** @type {Point[][]} */ strokes) => {
    if (Number.isNaN(round.start) && strokes.length) round.start = performance.now();
  };
  const pad = linkedPad(link, "sketch", "Drawing to guess", (strokes) => {
    begin(strokes);
    void newest({ strokes, last: true });
    link.showStatus("");
  }, { hint: "Draw, and see what the model recognizes." });
  pad.onStroke = (strokes) => {
    begin(strokes);
    void newest({ strokes, last: false });
  };

  const startRound = () => {
    const name = link.get("category");
    prompt.textContent = name ? say("Draw {name}", { name: withArticle(name) }) : say("Draw anything");
    Object.assign(round, { start: NaN, recognized: false, late: false });
    showAnswer(latest = []);
    showTime();
  };
  const next = button("Next drawing", () => {
    const { categories } = link.card, others = categories.filter((name) => name !== link.get("category"));
    pad.clear();
    link.update({ category: others[Math.floor(Math.random() * others.length)] });
  }, { title: "Clear the paper, and draw another category" });
  link.on("change:seconds", startRound);
  root.append(element("div", { class: "sk-row sk-question" }, prompt, clock),
    withSettings(pad.node, answer, chances, modelChoice(link),
      categoryChoice(link, () => {
        startRound();
        void newest({ strokes: pad.strokes, last: true });
      }),
      buttonRow(next)));
  startRound();
  showBars([]);
  whenModelReady(link, () => newest({ strokes: pad.strokes, last: true }));
}
