/**
 * What the model expects next, while you draw: where the pen goes as heat, and whether it stays down, is lifted, or has done.
 * @module
 */
import { button, element, svgElement } from "../ui/controls.js";
import { mixtureAt, heatOver, sampleNext } from "./density.js";
import { latestOnly } from "../ui/scheduling.js";
import { reportErrors, linkedPad, modelChoice, toModelRows, whenModelReady, temperatureSlider } from "../ui/bindings.js";

/** @typedef {import("../runtime/model_link.js").Link} Link */
/** @typedef {import("../editor/strokes.js").Point} Point */

const PEN_STATES = ["draws on", "lifts the pen", "ends"];
/** No colder than this: at 0 there is no density, only a point. */
const COLDEST = 0.02;

/** @param {Link} link @param {HTMLElement} root */
export function expectationView(link, root) {
  /** What was seen last: the output layer, and where the pen was. @type {{out: Float32Array, pen: number[]} | null} */
  let seen = null;
  /** Whether the step that is being taken leaves the pen on the paper, and whether the one before did. */
  let down = false, goesOn = false;
  const under = svgElement("g", {});
  const bars = PEN_STATES.map((label) => element("meter", { min: 0, max: 1, "aria-label": label }));
  const shares = PEN_STATES.map(() => element("span", { class: "sk-value" }));
  const predict = () => seen && mixtureAt(seen.out, Math.max(link.get("temperature"), COLDEST), link.card.convention, link.card.pen_temperature);

  const paint = () => {
    const expectation = predict();
    if (!seen || !expectation || link.closed) return;
    under.replaceChildren(...heatOver(expectation.components, pad.view, seen.pen, link.card.scale));
    expectation.pen.forEach((share, i) => {
      /** @type {HTMLMeterElement} */ (bars[i]).value = share;
      shares[i].textContent = `${Math.round(100 * share)} %`;
    });
    root.dataset.frames = String(Number(root.dataset.frames ?? 0) + 1);
  };
  /** @param {{strokes: Point[][], on: boolean, last: boolean}} drawing `on`: the pen is still on the paper */
  const look = ({ strokes, on, last }) => reportErrors(link, async () => {
    const rows = toModelRows(link, strokes);
    const z = !link.card.conditional ? null : rows.length ? await link.encode(rows) : new Float32Array(link.card.z_size);
    if (on && rows.length) rows[rows.length - 1] = 0;
    const out = z === null && link.card.conditional ? null : await link.mixture(rows, z);
    if (!out || link.closed) return;
    const [left, top, side] = pad.view;
    const [x, y] = strokes.at(-1)?.at(-1) ?? [left + side / 2, top + side / 2];
    seen = { out, pen: [x, y] };
    paint();
    if (last) link.update({ pen: predict()?.pen ?? [] });
  });
  const newest = latestOnly(look);
  const pad = linkedPad(link, "sketch", "Draw, and see what is mixtureAt next", (strokes) => {
    void newest({ strokes, on: down, last: true });
    [goesOn, down] = [down, false];
    link.showStatus("");
  });
  pad.onStroke = (strokes, on) => void newest({ strokes, on, last: false });
  pad.svg.prepend(under);

  /** The network moves the pen once. */
  const step = () => reportErrors(link, async () => {
    const expectation = predict();
    if (!expectation || !seen) return;
    const { x, y, pen } = sampleNext(expectation, Math.random);
    if (pen === 2) return link.showStatus("The network has done.");
    const { scale } = link.card, [fromX, fromY] = seen.pen;
    /** @type {Point} */
    const to = [fromX + x * scale, fromY + y * scale, 0.5];
    const strokes = pad.strokes.map((stroke) => [...stroke]);
    if (!strokes.length) strokes.push([[fromX, fromY, 0.5], to]);
    else if (goesOn) strokes[strokes.length - 1].push(to);
    else strokes.push([to]);
    down = pen === 0;
    pad.commit(strokes);
  });
  root.append(element("div", { class: "sk-split" }, pad.node,
    element("div", { class: "sk-column" },
      element("div", { class: "sk-chances", role: "group", "aria-label": "What the pen does next" },
        ...PEN_STATES.flatMap((label, i) => [element("span", {}, label), bars[i], shares[i]])),
      temperatureSlider(link, (_, last) => {
        paint();
        if (last && seen) link.update({ pen: predict()?.pen ?? [] });
      }),
      element("div", { class: "sk-row" }, button("One step", step, { title: "Let the network move the pen once, by these chances" })),
      modelChoice(link))));
  whenModelReady(link, () => newest({ strokes: pad.strokes, on: false, last: true }));
}
