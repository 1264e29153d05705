/**
 * The view of `TrainingMonitor`: the status of a run, its curves, its sample grids, and controls.
 * @module
 */
import { button, element, slider } from "../ui/controls.js";
import { say } from "../ui/words.js";
import { chart, count, nearest, threeDigits } from "./chart.js";

/** @typedef {import("../runtime/model_link.js").Link} Link */
/** @typedef {import("./chart.js").Curve} Curve */

/** @param {number} seconds */
function duration(seconds) {
  const minutes = Math.round(seconds / 60);
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Maximum distance at which the mouse snaps to a validation, relative to the width of a chart. */
const SNAP = 0.02;

/** Whether a training process is active in this state of a run. @param {string} state */
const isActive = (state) => state === "running" || state === "paused";

/**
 * The limit that ends a run, or has ended it.
 * @param {any} standing
 */
function limitText({ state, limit, left, steps, minutes, patience }) {
  const names = /** @type {Record<string, string>} */ ({
    steps: say("{count} steps", { count: count(steps) }), minutes: say(minutes === 1 ? "1 minute" : "{count} minutes", { count: minutes }),
    patience: say(patience === 1 ? "1 validation without improvement" : "{count} validations without improvement", { count: patience }),
  });
  if (limit === undefined) return "";
  if (!isActive(state)) return state === "finished" ? say("reached the limit of {limit}", { limit: names[limit] }) : "";
  if (limit === "patience") return say("{time} left unless a validation improves (limit: {limit})", { time: duration(left), limit: names.patience });
  return say("{time} left (limit: {limit})", { time: duration(left), limit: names[limit] });
}

/**
 * The lowest validation loss and, for a model with a latent code, its two terms. The first term is the value on the curve of the
 * reconstruction loss.
 * @param {any} standing
 */
function bestText({ best, best_recon: recon, best_step: step }) {
  if (best === undefined) return "";
  const values = { value: threeDigits(best), recon: threeDigits(recon ?? best), kl: threeDigits(best - recon), step: count(step) };
  if (values.recon === values.value) return say("best validation loss {value} at step {step}", values);
  return say("best validation loss {value} (reconstruction {recon} + weighted KL {kl}) at step {step}", values);
}

/** @param {Link} link @param {HTMLElement} root */
export function monitorView(link, root) {
  const bar = /** @type {HTMLProgressElement} */ (element("progress", { class: "sk-progress", max: 1, "aria-label": "Progress" }));
  const name = element("code", { class: "sk-name" }), summary = element("div", { class: "sk-standing" });
  const request = (/** @type {string} */ what) => link.model.send({ kind: "tell", what });
  const pause = button("Pause", () => request(link.get("_standing").state === "paused" ? "resume" : "pause"), { title: "Save a checkpoint and pause the run, or resume it" });
  const save = button("Save checkpoint", () => request("checkpoint"), { title: "Save a checkpoint after the current step" });
  const stop = button("Stop", () => request("stop"), { title: "Save a checkpoint and stop the run; the same training command resumes it" });
  const showSummary = () => {
    const standing = link.get("_standing"), { state, error, step, steps, pace, share } = standing;
    const active = isActive(state);
    name.textContent = standing.name ?? "";
    bar.value = share ?? 0;
    const endedEarly = state === "finished" && step < steps;
    const parts = [`${say(state)}${error ? `: ${error}` : ""}`, say(endedEarly ? "step {step}" : "step {step} of {steps}", { step: count(step), steps: count(steps) })];
    if (active && pace !== undefined) parts.push(say("{pace} steps/s", { pace: threeDigits(pace) }));
    summary.textContent = [...parts, limitText(standing), bestText(standing)].filter((text) => text).join(" · ");
    pause.textContent = say(state === "paused" ? "Resume" : "Pause");
    for (const control of [pause, save, stop]) /** @type {HTMLButtonElement} */ (control).disabled = !active;
  };

  /** The steps with a record, in order. @type {number[]} */
  let all = [];
  /** The step whose values are shown; null: the latest one. @type {number | null} */
  let chosen = null;
  const charts = ["Reconstruction loss", "KL divergence", "Learning rate"].map((title) => chart(title, (share) => {
    if (share === null) return document.activeElement === at.input ? undefined : choose(null);
    if (!all.length) return;
    const span = all[all.length - 1] - all[0], step = all[0] + share * span;
    const validations = link.get("_curves").valid_recon?.[0] ?? [], near = validations[nearest(validations, step)];
    choose(Math.abs(near - step) <= SNAP * span ? near : all[nearest(all, step)]);
  }));
  const at = slider("Step", { min: 0, max: 0, step: 1, value: 0 }, (i) => choose(i < all.length - 1 ? all[i] : null),
    "Show the values of all curves at a step");
  /** @param {number | null} step */
  const choose = (step) => {
    chosen = step;
    const last = all.length - 1, i = step === null ? last : nearest(all, step);
    at.set(i);
    const output = /** @type {HTMLElement} */ (at.node.querySelector("output"));
    output.textContent = count(all[i] ?? 0);
    output.style.minWidth = `${count(all[last] ?? 0).length}ch`;
    at.input.setAttribute("aria-valuetext", say("step {step}", { step: count(all[i] ?? 0) }));
    for (const each of charts) each.point(all[i] ?? 0, step !== null);
  };
  const draw = () => {
    const curves = link.get("_curves");
    const curve = (/** @type {string} */ name) => /** @type {Curve} */ (curves[name] ?? [[], []]);
    all = [...new Set(Object.values(curves).flatMap(([steps]) => steps))].sort((a, b) => a - b);
    at.input.max = String(Math.max(all.length - 1, 0));
    const range = /** @type {[number, number]} */ ([all[0] ?? 0, all[all.length - 1] ?? 0]);
    const [recon, kl, rate] = charts;
    recon.show(curve("recon"), curve("valid_recon"), range);
    kl.show(curve("kl"), curve("valid_kl"), range);
    rate.show(curve("rate"), [[], []], range);
    choose(chosen);
  };

  const sheet = /** @type {HTMLImageElement} */ (element("img", { class: "sk-sheet", alt: say("No samples yet"), hidden: true }));
  const caption = element("span", { class: "sk-caption" });
  let newest = true;
  const requestSheet = (/** @type {number} */ i) => {
    const sheets = link.get("_sheets");
    newest = i >= sheets.length - 1;
    if (sheets.length) link.model.send({ kind: "sheet", step: sheets[Math.min(i, sheets.length - 1)] });
  };
  const history = slider("Checkpoint", { min: 0, max: 0, step: 1, value: 0 }, (i, last) => (last || link.maySync()) && requestSheet(i));
  const updateSlider = () => {
    const last = Math.max(link.get("_sheets").length - 1, 0);
    history.input.max = String(last);
    history.node.hidden = last === 0;
    if (newest) history.set(last);
  };
  link.on("msg:custom", (/** @type {any} */ content) => {
    if (content?.kind === "refused") link.showError(content.error);
    if (content?.kind !== "sheet") return;
    const sheets = link.get("_sheets"), chosen = sheets[newest ? sheets.length - 1 : history.input.valueAsNumber];
    if (content.step !== chosen && sheets.includes(content.step)) return; // the answer to an older request
    sheet.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(content.svg)}`; // scripts do not run in an image
    sheet.alt = say("Samples at step {step}", { step: content.step });
    sheet.hidden = false;
    caption.textContent = say("step {step}", { step: count(content.step) });
  });
  link.on("change:_standing", showSummary);
  link.on("change:_curves", draw);
  link.on("change:_sheets", updateSlider);
  root.append(
    name, bar, summary, element("div", { class: "sk-row" }, pause, save, stop),
    element("div", { class: "sk-charts" }, ...charts.map(({ node }) => node)), at.node, history.node, sheet, caption,
  );
  showSummary();
  draw();
  updateSlider();
  requestSheet(Infinity);
}
