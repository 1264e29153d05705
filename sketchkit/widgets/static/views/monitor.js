/**
 * The view of `TrainingMonitor`: the status of a run, its curves, its sample grids, and controls.
 * @module
 */
import { button, element, slider, svgElement } from "../ui/controls.js";

/** @typedef {import("../runtime/model_link.js").Link} Link */
/** @typedef {[number[], number[]]} Curve steps and values */

/** Size and margins of a chart, in units of its view box. */
const CHART = { width: 300, height: 110, left: 44, bottom: 18, top: 6, right: 6 };

/** @param {number} value */
const threeDigits = (value) => String(Number(value.toPrecision(3)));

/** @param {number} seconds */
function duration(seconds) {
  const minutes = Math.round(seconds / 60);
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/**
 * A chart with a line for training and dots for validations.
 * @param {string} title
 */
function chart(title) {
  const { width, height, left, bottom, top, right } = CHART;
  const picture = svgElement("svg", { class: "sk-chart", role: "img", viewBox: `0 0 ${width} ${height}`, "aria-label": title });
  const line = svgElement("path", { class: "sk-curve" });
  const dots = svgElement("g", { class: "sk-dots" });
  const frame = svgElement("path", { class: "sk-axis", d: `M${left} ${top}V${height - bottom}H${width - right}` });
  const ticks = ["start", "end", "end", "end"].map((anchor) => svgElement("text", { class: "sk-tick", "text-anchor": anchor }));
  picture.append(frame, line, dots, ...ticks);
  /** @param {Curve} train @param {Curve} valid */
  const show = (train, valid) => {
    const steps = [...train[0], ...valid[0]], values = [...train[1], ...valid[1]];
    picture.setAttribute("aria-label", values.length ? `${title}: ${threeDigits(values[Math.max(train[1].length - 1, 0)])} at the latest step` : title);
    if (!values.length) return;
    const low = Math.min(...values), high = Math.max(...values), last = Math.max(...steps), first = Math.min(...steps);
    const x = (/** @type {number} */ step) => left + ((step - first) / Math.max(last - first, 1)) * (width - left - right);
    const y = (/** @type {number} */ value) => height - bottom - ((value - low) / Math.max(high - low, 1e-12)) * (height - bottom - top);
    line.setAttribute("d", train[0].map((step, i) => `${i ? "L" : "M"}${x(step).toFixed(1)} ${y(train[1][i]).toFixed(1)}`).join(""));
    dots.replaceChildren(...valid[0].map((step, i) => svgElement("circle", { cx: x(step).toFixed(1), cy: y(valid[1][i]).toFixed(1), r: 2.5 })));
    const labels = /** @type {[string, number, number][]} */ ([
      [threeDigits(first), left, height - 5], [threeDigits(last), width - right, height - 5],
      [threeDigits(high), left - 4, top + 8], [threeDigits(low), left - 4, height - bottom],
    ]);
    labels.forEach(([text, x, y], i) => {
      ticks[i].textContent = text;
      ticks[i].setAttribute("x", String(x));
      ticks[i].setAttribute("y", String(y));
    });
  };
  return { node: element("figure", { class: "sk-figure" }, picture, element("figcaption", { class: "sk-caption" }, title)), show };
}

/** @param {Link} link @param {HTMLElement} root */
export function monitorView(link, root) {
  const bar = /** @type {HTMLProgressElement} */ (element("progress", { class: "sk-progress", "aria-label": "Steps completed" }));
  const summary = element("div", { class: "sk-standing" });
  const request = (/** @type {string} */ what) => link.model.send({ kind: "tell", what });
  const pause = button("Pause", () => request(link.get("_standing").state === "paused" ? "resume" : "pause"), { title: "Save a checkpoint and pause the run, or resume it" });
  const save = button("Save checkpoint", () => request("checkpoint"), { title: "Save a checkpoint after the current step" });
  const stop = button("Stop", () => request("stop"), { title: "Save a checkpoint and stop the run; the same training command resumes it" });
  const showSummary = () => {
    const { state, error, step, steps, best, best_step: bestStep, pace, left } = link.get("_standing");
    const active = state === "running" || state === "paused";
    bar.max = Math.max(steps, 1);
    bar.value = Math.min(step, steps);
    const parts = [`${state}${error ? `: ${error}` : ""}`, `step ${step.toLocaleString("en")} of ${steps.toLocaleString("en")}`];
    if (active && pace !== undefined) parts.push(`${threeDigits(pace)} steps/s`, `${duration(left)} left`);
    if (best !== undefined) parts.push(`best ${threeDigits(best)} at step ${bestStep.toLocaleString("en")}`);
    summary.textContent = parts.join(" · ");
    pause.textContent = state === "paused" ? "Resume" : "Pause";
    for (const control of [pause, save, stop]) /** @type {HTMLButtonElement} */ (control).disabled = !active;
  };

  const recon = chart("Reconstruction loss"), kl = chart("KL divergence"), rate = chart("Learning rate");
  const draw = () => {
    const curves = link.get("_curves");
    const curve = (/** @type {string} */ name) => /** @type {Curve} */ (curves[name] ?? [[], []]);
    recon.show(curve("recon"), curve("valid_recon"));
    kl.show(curve("kl"), curve("valid_kl"));
    rate.show(curve("rate"), [[], []]);
  };

  const sheet = /** @type {HTMLImageElement} */ (element("img", { class: "sk-sheet", alt: "No samples yet", hidden: true }));
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
    sheet.alt = `Samples at step ${content.step}`;
    sheet.hidden = false;
    caption.textContent = `step ${content.step.toLocaleString("en")}`;
  });
  link.on("change:_standing", showSummary);
  link.on("change:_curves", draw);
  link.on("change:_sheets", updateSlider);
  root.append(
    bar, summary, element("div", { class: "sk-row" }, pause, save, stop),
    element("div", { class: "sk-split" }, recon.node, kl.node, rate.node), history.node, sheet, caption,
  );
  showSummary();
  draw();
  updateSlider();
  requestSheet(Infinity);
}
