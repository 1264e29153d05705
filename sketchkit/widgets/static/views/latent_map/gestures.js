/**
 * Mouse, pen and touch on a map: hover, click, pan, zoom, lasso, and decoding while the pointer moves.
 * @module
 */

/** A press counts as a click if the pointer has moved less than this, in CSS pixels. */
const CLICK_PX = 4;
/** The `button` of the mouse wheel: dragging with the wheel pressed moves the map. */
const WHEEL_BUTTON = 1;

/** @typedef {"decode" | "move" | "lasso"} Tool */
/**
 * What the gestures do. Positions are in CSS pixels of the map.
 * @typedef {object} Actions
 * @property {() => Tool} tool
 * @property {(px: number, py: number) => void} hover
 * @property {() => void} leave
 * @property {(px: number, py: number, adds: boolean) => void} click adds: the Ctrl or Cmd key is down
 * @property {(px: number, py: number, last: boolean) => void} decode
 * @property {(px: number, py: number, last: boolean, adds: boolean) => void} lasso
 */

/**
 * Listen to the pointers on a map.
 * @param {HTMLElement} node
 * @param {import("./camera.js").Camera} camera
 * @param {Actions} actions
 */
export function followGestures(node, camera, actions) {
  /** Pointers that are down, with their latest positions. @type {Map<number, [number, number]>} */
  const down = new Map();
  /** What the first pointer does; null before it has moved. @type {Tool | "pinch" | null} */
  let doing = null;
  /** Where the first pointer went down. */
  let start = [0, 0];
  const at = (/** @type {MouseEvent} */ event) => {
    const box = node.getBoundingClientRect();
    return /** @type {[number, number]} */ ([event.clientX - box.left, event.clientY - box.top]);
  };
  const adds = (/** @type {MouseEvent} */ event) => event.ctrlKey || event.metaKey;
  /** Distance and middle of two touches. */
  const pinch = () => {
    const [[ax, ay], [bx, by]] = [...down.values()];
    return { distance: Math.max(Math.hypot(ax - bx, ay - by), 1), x: (ax + bx) / 2, y: (ay + by) / 2 };
  };
  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 && event.button !== WHEEL_BUTTON) return;
    event.preventDefault();
    node.focus({ preventScroll: true });
    try {
      node.setPointerCapture(event.pointerId);
    } catch {
      // the pointer has been removed already
    }
    down.set(event.pointerId, at(event));
    camera.stop();
    if (down.size === 2) {
      if (doing === "lasso" || doing === "decode") actions[doing](...at(event), true, false);
      doing = "pinch";
    }
    if (down.size > 1) return;
    start = at(event);
    doing = event.button === WHEEL_BUTTON ? "move" : null;
  });
  node.addEventListener("pointermove", (event) => {
    const [px, py] = at(event), before = down.get(event.pointerId);
    if (!before) return down.size ? undefined : actions.hover(px, py);
    if (doing === "pinch") {
      if (down.size !== 2) return;
      const earlier = pinch();
      down.set(event.pointerId, [px, py]);
      const now = pinch();
      camera.pan(now.x - earlier.x, now.y - earlier.y);
      camera.zoomBy(now.distance / earlier.distance, now.x, now.y);
      return;
    }
    down.set(event.pointerId, [px, py]);
    if (!doing) {
      if (Math.hypot(px - start[0], py - start[1]) < CLICK_PX) return;
      doing = event.shiftKey ? "lasso" : actions.tool();
      if (doing === "lasso") actions.lasso(start[0], start[1], false, adds(event));
    }
    if (doing === "move") camera.pan(px - before[0], py - before[1]);
    else if (doing === "lasso") actions.lasso(px, py, false, adds(event));
    else actions.decode(px, py, false);
  });
  const end = (/** @type {PointerEvent} */ event) => {
    if (!down.delete(event.pointerId)) return;
    const [px, py] = at(event);
    if (doing === "pinch") {
      if (!down.size) doing = null;
      return;
    }
    if (doing === "lasso") actions.lasso(px, py, true, adds(event));
    else if (doing === "decode") actions.decode(px, py, true);
    else if (!doing && event.type === "pointerup") actions.click(px, py, adds(event));
    doing = null;
  };
  node.addEventListener("pointerup", end);
  node.addEventListener("pointercancel", end);
  node.addEventListener("lostpointercapture", end);
  node.addEventListener("pointerleave", () => down.size || actions.leave());
  // Pinching on a touchpad sends wheel events with the Ctrl key. Without the Ctrl key, the wheel scrolls the page.
  node.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey && !document.fullscreenElement) return;
    event.preventDefault();
    camera.zoomBy(Math.exp(-event.deltaY / 200), ...at(event));
  }, { passive: false });
  node.addEventListener("dblclick", (event) => event.preventDefault());
}
