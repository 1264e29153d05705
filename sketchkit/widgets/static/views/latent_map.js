/**
 * The view of `LatentMap`: drawings at the positions of their codes.
 * @module
 */
import { button, choice, element, search, toggle } from "../ui/controls.js";
import { fullScreenButton, toggleFullScreen } from "../ui/full_screen.js";
import { iconButton } from "../ui/icons.js";
import { categoryName, language, pointCount, say, strokeCount } from "../ui/words.js";
import { range, reportErrors, temperatureSlider, toolsOf, traitSlider, variationButton } from "../ui/bindings.js";
import { Paper } from "../editor/paper.js";
import { toStrokes } from "../editor/strokes.js";
import { loadArrays } from "../runtime/arrays.js";
import { Decoder, FRAMES } from "./latent_map/decoder.js";
import { PackedDrawings } from "./latent_map/drawings.js";
import { followGestures } from "./latent_map/gestures.js";
import { followKeys } from "./latent_map/keys.js";
import { MapLayout } from "./latent_map/layout.js";
import { legend } from "./latent_map/legend.js";
import { joinPeers } from "./latent_map/peers.js";
import { Scene } from "./latent_map/scene.js";

/** @typedef {import("../runtime/model_link.js").Link} Link */
/** @typedef {import("./latent_map/gestures.js").Tool} Tool */

/** Largest number of cells of the filmstrip. If there are more selected drawings, the last cell contains the number of the others. */
const MOST_IN_STRIP = 12;
/** Factor by which the zoom buttons change the zoom. */
const ZOOM = 1.6;
/** The tools: key, icon, label, and what dragging does. @type {[Tool, import("../ui/icons.js").Icon, string, string][]} */
const TOOLS = [
  ["decode", "target", "Decode", "Dragging shows what the model decodes from the approximate code at the pointer"],
  ["move", "move", "Move", "Dragging moves the map; with the other tools, drag with the mouse wheel pressed"],
  ["lasso", "lasso", "Lasso", "Dragging selects the drawings in a region; with the other tools, hold Shift"],
];

/** A number with separators between the thousands. @param {number} count */
const grouped = (count) => count.toLocaleString(language());

/** @param {number} count */
const drawingsText = (count) => (count === 1 ? say("1 drawing") : say("{count} drawings", { count: grouped(count) }));

/** @param {Link} link @param {HTMLElement} root */
export function latentMapView(link, root) {
  const scene = new Scene(root), { camera } = scene;
  /** @type {MapLayout | null} */
  let layout = null;
  /** @type {PackedDrawings | null} */
  let drawings = null;
  /** @type {Tool} */
  let tool = "decode";
  const about = () => link.get("_map");
  const shown = new Paper(say("Drawing under the pointer")), decoded = new Paper(say("Decoded drawing"));
  const caption = element("span", { class: "sk-caption" }), decodedCaption = element("span", { class: "sk-caption" });
  const decoder = new Decoder(link, root, decoded, () => layout);
  const strip = element("div", { class: "sk-strip sk-selected", role: "group" }), key = element("div", { class: "sk-row sk-legend", role: "group", "aria-label": "Colors" });
  const count = element("span", { class: "sk-count" }), note = element("p", { class: "sk-map-note" });
  /** @type {Paper[]} */
  let film = [];
  /** The drawing that is shown next to the map: the last one under the pointer. */
  let inPanel = 0;

  /** Describe a drawing. @param {number} i */
  const describe = (i) => {
    if (!layout) return "";
    const { categories, values, labels } = layout;
    const traits = Object.entries(values).map(([name, each]) => {
      if (name === "length") return pointCount(each[i]);
      if (name === "strokes") return strokeCount(each[i]);
      if (name === "size") return say("longer side {size}", { size: Number(each[i].toPrecision(3)) });
      return `${say(name)} ${Number.isFinite(each[i]) ? Number(each[i].toPrecision(3)) : say("unknown")}`;
    }).join(", ");
    const given = { category: categoryName(categories[labels[i]] ?? ""), number: grouped(i + 1), count: grouped(layout.count), traits };
    return categories.length ? say("{category}, drawing {number} of {count}: {traits}", given) : say("drawing {number} of {count}: {traits}", given);
  };
  /** Show a drawing, or none for -1, in this map only. @param {number} i */
  const point = (i) => {
    if (i === scene.hovered || !layout || i >= layout.count) return;
    scene.hovered = i;
    if (i >= 0 && drawings) {
      inPanel = i;
      shown.show(drawings.strokes(i));
      caption.textContent = describe(i);
      shown.node.setAttribute("aria-label", describe(i));
      number.value = String(i + 1);
      if (!scene.selection.length && !scene.here) void showDecoded(false);
    }
    scene.paint();
  };
  const hover = (/** @type {number} */ i) => {
    if (i === scene.hovered) return;
    point(i);
    peers.tell("point", i);
  };
  /** Go to a drawing and describe it. @param {number} i */
  const go = (i) => {
    if (!layout || i < 0) return;
    hover(i);
    camera.reveal(layout.x[i], layout.y[i]);
    link.showStatus(describe(i));
  };

  /** Show the selection that the trait contains. */
  const followSelection = () => {
    const selection = scene.selection = layout ? link.get("selection").filter((/** @type {number} */ i) => i < /** @type {MapLayout} */ (layout).count) : [];
    const isPair = selection.length === 2;
    morph.node.hidden = !isPair;
    count.textContent = selection.length ? say("selected: {drawings}", { drawings: drawingsText(selection.length) }) : say("Click a drawing to select it, and another one to morph between them.");
    strip.setAttribute("aria-label", say(isPair ? "Drawings between the two selected ones" : "Selected drawings"));
    strip.hidden = !selection.length;
    film = isPair ? range(FRAMES).map((k) => new Paper(say("Drawing at {place}", { place: (k / (FRAMES - 1)).toFixed(2) })))
      : selection.slice(0, selection.length > MOST_IN_STRIP ? MOST_IN_STRIP - 1 : MOST_IN_STRIP).map((/** @type {number} */ i) => new Paper(describe(i)));
    const rest = isPair ? 0 : selection.length - film.length, cells = film.length + (rest ? 1 : 0);
    strip.style.setProperty("--sk-cells", String(cells));
    strip.style.setProperty("--sk-half", String(Math.ceil(cells / 2)));
    strip.replaceChildren(...film.map((paper, k) => {
      const [label, act] = isPair ? [say("Go to {place}", { place: (k / (FRAMES - 1)).toFixed(2) }), () => morph.move(k / (FRAMES - 1), true)] : [say("Show drawing {number}", { number: grouped(selection[k] + 1) }), () => go(selection[k])];
      const target = button("", act, { class: "sk-choice", "aria-label": label });
      target.append(paper.node);
      return target;
    }));
    if (rest) strip.append(element("span", { class: "sk-count" }, say("and {count} more", { count: grouped(rest) })));
    if (!isPair) film.forEach((paper, k) => drawings && paper.show(drawings.strokes(selection[k])));
    scene.paint();
    void showDecoded(true);
  };
  /**
   * Decode the code of the selected drawings; without a selection, the code at the cross; without a cross, the code of the drawing next to
   * the map.
   * @param {boolean} last whether the gesture has ended
   */
  const showDecoded = async (last) => {
    const { selection } = scene, [first, second] = selection;
    if (!layout?.codes) return;
    if (selection.length) scene.here = null;
    if (selection.length > 2) {
      decodedCaption.textContent = say("mean of the selected drawings");
      await decoder.mean(selection);
    } else if (selection.length === 2) {
      decodedCaption.textContent = say("morph between the two selected drawings");
      await decoder.morph([first, second], link.get("t"), last);
      const papers = film;
      if (last) await reportErrors(link, async () => (await decoder.frames([first, second]))?.forEach(({ sketch }, k) => papers[k]?.show(toStrokes(sketch))));
    } else if (selection.length || !scene.here) {
      const i = first ?? inPanel;
      decodedCaption.textContent = say("reconstruction of drawing {number}", { number: grouped(i + 1) });
      await decoder.at(layout.x[i], layout.y[i], last);
    } else {
      await decoder.at(...scene.here, last);
    }
  };
  /** @param {number[]} selection */
  const select = (selection) => {
    link.update({ selection });
    peers.tell("select", selection);
  };
  /** Select a drawing, alone or in addition to others, or remove it from the selection; -1 clears the selection. @param {number} i @param {boolean} adds */
  const click = (i, adds) => {
    const { selection } = scene;
    if (i < 0) return selection.length ? select([]) : undefined;
    const rest = selection.filter((other) => other !== i);
    if (rest.length < selection.length) select(adds || selection.length <= 2 ? rest : [i]);
    else select(adds || selection.length === 1 ? [...selection, i] : [i]);
    link.showStatus(say(scene.selection.includes(i) ? "Selected: {drawing}" : "No longer selected: {drawing}", { drawing: describe(i) }));
  };

  const followCategory = () => {
    const name = link.get("category"), index = layout ? layout.categories.indexOf(name) : -1;
    scene.highlight(index);
    category.set(["", ...(layout?.categories ?? [])], name);
    followColors();
    if (layout && name) {
      camera.fit(layout.bounds());
      link.showStatus(`${categoryName(name)}: ${drawingsText(layout.active.reduce((a, b) => a + b, 0))}`);
    }
  };
  const followColors = () => {
    scene.colorBy = link.get("color_by");
    scene.recolor();
    colors.set([...(layout?.categories.length || scene.colorBy === "category" ? ["category"] : []), ...(layout ? Object.keys(layout.values) : [])], scene.colorBy);
  };
  scene.recolored = () => {
    if (scene.colors && layout) key.replaceChildren(...legend(scene.colors, scene.colorBy, layout.categories, link.get("category"), highlight));
  };
  const highlight = (/** @type {string} */ name) => {
    link.update({ category: name });
    peers.tell("highlight", name);
  };

  const colors = choice("Color by", [], "", (name) => link.update({ color_by: name }));
  const category = search("Category", [], "", highlight, (typed) => link.showStatus(say("There is no category “{name}” on this map.", { name: typed })));
  const number = /** @type {HTMLInputElement} */ (element("input", { class: "sk-button sk-number", type: "number", min: 1, value: 1, "aria-label": "Drawing number", title: "Go to a drawing by its number",
    change: () => {
      const i = number.valueAsNumber - 1;
      if (layout && i >= 0 && i < layout.count && Number.isInteger(i)) go(i);
      else link.showStatus(say("Expected a number from 1 to {count}.", { count: layout?.count ?? 1 }));
    } }));
  const thumbnails = toggle("Thumbnails", (on) => link.update({ thumbnails: on }), true, "Show drawings in place of points where there is room");
  const followThumbnails = () => {
    scene.showsThumbnails = link.get("thumbnails");
    thumbnails.set(scene.showsThumbnails);
    scene.paint();
  };
  const morph = traitSlider(link, "t", "Morph", { min: 0, max: 1, step: 0.005 }, (t, last) => {
    if (scene.selection.length !== 2) return;
    void decoder.morph([scene.selection[0], scene.selection[1]], t, last);
  });
  const tools = TOOLS.map(([name, icon, label, help]) => iconButton(icon, label, () => useTool(name), { help, attributes: { "data-tool": name } }));
  const useTool = (/** @type {Tool} */ name) => {
    tool = name;
    scene.node.dataset.tool = name;
    for (const node of tools) node.setAttribute("aria-pressed", String(node.dataset.tool === name));
  };
  const fit = () => layout && camera.fit(layout.bounds());
  const toolbar = element("div", { class: "sk-toolbar", role: "toolbar", "aria-label": "Tools of the map" },
    element("div", { class: "sk-tools" }, ...tools),
    element("div", { class: "sk-tools" },
      iconButton("zoomIn", "Zoom in", () => camera.zoomBy(ZOOM), { keys: "+, or Ctrl and the wheel" }),
      iconButton("zoomOut", "Zoom out", () => camera.zoomBy(1 / ZOOM), { keys: "-" }),
      iconButton("fit", "Show all", fit, { keys: "0" }),
      fullScreenButton(() => toggleFullScreen(root, (text) => link.showStatus(text)))),
    thumbnails.node, colors.node, category.node, element("label", { class: "sk-choose" }, element("span", {}, say("Drawing")), number));

  const peers = joinPeers(link.get("_group"), {
    point,
    select: (selection) => link.update({ selection }),
    highlight: (name) => link.update({ category: name }),
  });
  followGestures(scene.node, camera, {
    tool: () => tool,
    hover: (px, py) => hover(scene.pick(px, py)),
    leave: () => hover(-1),
    click: (px, py, adds) => click(scene.pick(px, py), adds),
    decode(px, py, last) {
      scene.here = camera.toMap(px, py);
      decodedCaption.textContent = say("decoded here, approximately");
      void decoder.at(...scene.here, last);
      hover(scene.pick(px, py));
      scene.paint();
    },
    lasso(px, py, last, adds) {
      scene.lasso.push(camera.toMap(px, py));
      scene.paint();
      if (!last) return;
      const inside = layout?.inside(scene.lasso) ?? [];
      scene.lasso = [];
      select(adds ? [...new Set([...scene.selection, ...inside])] : inside);
      link.showStatus(say("in the region: {drawings}", { drawings: drawingsText(inside.length) }));
    },
  });
  followKeys(scene, { layout: () => layout, go, click, clear: () => select([]), fit });
  link.end.signal.addEventListener("abort", () => {
    if (!link.closed) return;
    scene.close();
    peers.leave();
  });

  const side = element("div", { class: "sk-column sk-map-side" },
    element("div", { class: "sk-map-pair" },
      element("figure", { class: "sk-figure" }, element("figcaption", {}, say("Drawing")), shown.node, caption),
      element("figure", { class: "sk-figure" }, element("figcaption", {}, say("Decoded")), decoded.node, decodedCaption)),
    morph.node, temperatureSlider(link, (_, last) => void showDecoded(last)),
    element("div", { class: "sk-row" }, variationButton(link, () => void showDecoded(true)), toolsOf(link, "the decoded drawing", () => [decoded])));
  const chosen = element("div", { class: "sk-row" }, count, toolsOf(link, "the selection", () => film, { titled: false, columns: () => film.length }));
  root.append(toolbar, element("div", { class: "sk-map-split" }, element("div", { class: "sk-column" }, scene.node, key, note, chosen, strip), side));

  const load = () => reportErrors(link, async () => {
    const { parts, note: left, projection, shares } = about();
    const [first, second, third] = ["layout", "drawings", "codes"].map((name) => loadArrays(parts[name], link.model, link.end.signal));
    const found = new MapLayout(await first, about());
    if (link.closed || parts.layout.key !== about().parts.layout.key) return; // another map has replaced this one
    layout = found;
    inPanel = Math.min(inPanel, layout.count - 1);
    drawings = null;
    number.max = String(layout.count);
    scene.node.setAttribute("aria-label",
      say("{drawings}. The arrow keys go to the nearest drawing in a direction, and Page Down to the next one in order. Enter selects a drawing. The plus and minus keys zoom.",
        { drawings: drawingsText(layout.count) }));
    scene.show(layout);
    followCategory();
    const percent = Math.round(100 * ((shares[0] ?? 0) + (shares[1] ?? 0)));
    const variance = shares[0] === null ? "" : say("Principal components: {percent} % of the variance.", { percent });
    const sentences = [left, projection === "umap" ? "UMAP." : variance, say("Between drawings, decoding is approximate.")];
    note.replaceChildren(...sentences.filter((text) => text).flatMap((text) => [element("span", {}, text), " "]));
    drawings = new PackedDrawings(await second);
    scene.showDrawings(drawings);
    if (scene.hovered < 0) point(link.get("selection")[0] ?? 0); // so that the panel is not empty
    scene.hovered = -1;
    scene.paint();
    layout.codes = (await third).codes;
    followSelection();
  });
  useTool(tool);
  followThumbnails();
  followSelection();
  link.on("change:selection", followSelection);
  link.on("change:category", followCategory);
  link.on("change:color_by", followColors);
  link.on("change:thumbnails", followThumbnails);
  link.on("change:_map", load);
  void load();
}
