/**
 * A training run, watched: how it stands, its curves, its sheets of samples.
 * @module
 */
import { button, element, slider, svgElement } from "../ui/controls.js";

/** @typedef {import("../runtime/model_link.js").Link} Link */
/** @typedef {[number[], number[]]} Curve steps and values */

/** A curve's picture, in its own units. */
const CHART = { width: 300, height: 110, left: 44, bottom: 18, top: 6, right: 6 };

/** @param {number} value */
const shortly = (value) => String(Number(value.toPrecision(3)));

/** @param {number} seconds */
function lasting(seconds) {
  const minutes = Math.round(seconds / 60);
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/**
 * One panel: a line for training, dots for validations.
 * @param {string} title
 */
function chart(title) {
  const { width, height, left, bottom, top, right } = CHART;
  const picture = svgElement("svg", { class: "sk-chart", role: "img", viewBox: `0 0 ${width} ${height}`, "aria-label": title });
  const line = svgElement("path", { class: "sk-curve" });
  const dots = svgElement("g", { class: "sk-dots" });
  const frame = svgElement("path", { class: "sk-axis", d: `M${left} ${top}V${height - bottom}H${width - right}` });
  const words = ["start", "end", "end", "end"].map((anchor) => svgElement("text", { class: "sk-tick", "text-anchor": anchor }));
  picture.append(frame, line, dots, ...words);
  /** @param {Curve} train @param {Curve} valid */
  const show = (train, valid) => {
    const steps = [...train[0], ...valid[0]], values = [...train[1], ...valid[1]];
    picture.setAttribute("aria-label", values.length ? `${title}: ${shortly(values[Math.max(train[1].length - 1, 0)])} now` : title);
    if (!values.length) return;
    const low = Math.min(...values), high = Math.max(...values), last = Math.max(...steps), first = Math.min(...steps);
    const x = (/** @type {number} */ step) => left + ((step - first) / Math.max(last - first, 1)) * (width - left - right);
    const y = (/** @type {number} */ value) => height - bottom - ((value - low) / Math.max(high - low, 1e-12)) * (height - bottom - top);
    line.setAttribute("d", train[0].map((step, i) => `${i ? "L" : "M"}${x(step).toFixed(1)} ${y(train[1][i]).toFixed(1)}`).join(""));
    dots.replaceChildren(...valid[0].map((step, i) => svgElement("circle", { cx: x(step).toFixed(1), cy: y(valid[1][i]).toFixed(1), r: 2.5 })));
    const told = /** @type {[string, number, number][]} */ ([
      [shortly(first), left, height - 5], [shortly(last), width - right, height - 5],
      [shortly(high), left - 4, top + 8], [shortly(low), left - 4, height - bottom],
    ]);
    told.forEach(([text, at, down], i) => {
      words[i].textContent = text;
      words[i].setAttribute("x", String(at));
      words[i].setAttribute("y", String(down));
    });
  };
  return { node: element("figure", { class: "sk-figure" }, picture, element("figcaption", { class: "sk-caption" }, title)), show };
}

/** @param {Link} link @param {HTMLElement} root */
export function monitorView(link, root) {
  const bar = /** @type {HTMLProgressElement} */ (element("progress", { class: "sk-progress", "aria-label": "Steps taken" }));
  const standing = element("div", { class: "sk-standing" });
  const tell = (/** @type {string} */ what) => link.model.send({ kind: "tell", what });
  const pause = button("Pause", () => tell(link.get("_standing").state === "paused" ? "resume" : "pause"));
  const keep = button("Checkpoint", () => tell("checkpoint"), { title: "Keep a checkpoint now" });
  const stop = button("Stop", () => tell("stop"), { title: "End with a checkpoint; the same command goes on from there" });
  const stand = () => {
    const { state, error, step, steps, best, best_step: bestStep, pace, left } = link.get("_standing");
    const on = state === "running" || state === "paused";
    bar.max = Math.max(steps, 1);
    bar.value = Math.min(step, steps);
    const words = [`${state}${error ? `: ${error}` : ""}`, `step ${step.toLocaleString("en")} of ${steps.toLocaleString("en")}`];
    if (on && pace !== undefined) words.push(`${shortly(pace)} steps/s`, `${lasting(left)} left`);
    if (best !== undefined) words.push(`best ${shortly(best)} at step ${bestStep.toLocaleString("en")}`);
    standing.textContent = words.join(" · ");
    pause.textContent = state === "paused" ? "Go on" : "Pause";
    for (const each of [pause, keep, stop]) /** @type {HTMLButtonElement} */ (each).disabled = !on;
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
  const ask = (/** @type {number} */ i) => {
    const sheets = link.get("_sheets");
    newest = i >= sheets.length - 1;
    if (sheets.length) link.model.send({ kind: "sheet", step: sheets[Math.min(i, sheets.length - 1)] });
  };
  const back = slider("Checkpoint", { min: 0, max: 0, step: 1, value: 0 }, (i, last) => (last || link.maySync()) && ask(i));
  const lay = () => {
    const last = Math.max(link.get("_sheets").length - 1, 0);
    back.input.max = String(last);
    back.node.hidden = last === 0;
    if (newest) back.set(last);
  };
  link.on("msg:custom", (/** @type {any} */ content) => {
    if (content?.kind === "refused") link.showError(content.error);
    if (content?.kind !== "sheet") return;
    const sheets = link.get("_sheets"), chosen = sheets[newest ? sheets.length - 1 : back.input.valueAsNumber];
    if (content.step !== chosen && sheets.includes(content.step)) return; // an answer that comes late
    sheet.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(content.svg)}`; // in an image nothing of it runs
    sheet.alt = `Samples at step ${content.step}`;
    sheet.hidden = false;
    caption.textContent = `step ${content.step.toLocaleString("en")}`;
  });
  link.on("change:_standing", stand);
  link.on("change:_curves", draw);
  link.on("change:_sheets", lay);
  root.append(
    bar, standing, element("div", { class: "sk-row" }, pause, keep, stop),
    element("div", { class: "sk-split" }, recon.node, kl.node, rate.node), back.node, sheet, caption,
  );
  stand();
  draw();
  lay();
  ask(Infinity);
}
