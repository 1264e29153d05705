/**
 * Keys of a map: every drawing can be reached, selected and decoded without a pointer.
 * @module
 */

/** Directions of the arrow keys. @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** Distance that Shift and an arrow key move the map, in CSS pixels, and factor of the keys that zoom. */
const STEP_PX = 60, ZOOM = 1.4;

/**
 * @param {import("./scene.js").Scene} scene
 * @param {object} actions
 * @param {() => import("./layout.js").MapLayout | null} actions.layout
 * @param {(index: number) => void} actions.go
 * @param {(index: number, adds: boolean) => void} actions.click
 * @param {() => void} actions.clear clears the selection
 * @param {() => void} actions.fit shows the whole map
 */
export function followKeys(scene, { layout, go, click, clear, fit }) {
  const { camera } = scene;
  /** Index of the current drawing, from which the arrow keys, Page Up and Page Down go to another one; -1: none yet. */
  let current = -1;
  scene.node.addEventListener("keydown", (event) => {
    const map = layout();
    if (!map?.count || event.altKey) return;
    if (scene.hovered >= 0) current = scene.hovered;
    const start = () => (current >= 0 && current < map.count ? current : map.nearest(camera.x, camera.y)[0].index);
    const move = (/** @type {number} */ index) => {
      if (index >= 0) current = index;
      go(current);
    };
    const arrow = ARROWS[event.key];
    /** @type {Record<string, () => void>} */
    const keys = {
      PageDown: () => move(map.next(start(), 1)), PageUp: () => move(map.next(start(), -1)),
      Home: () => move(map.next(-1, 1)), End: () => move(map.next(map.count, -1)),
      Enter: () => click(start(), event.ctrlKey || event.metaKey), " ": () => click(start(), event.ctrlKey || event.metaKey),
      "+": () => camera.zoomBy(ZOOM), "=": () => camera.zoomBy(ZOOM), "-": () => camera.zoomBy(1 / ZOOM), 0: fit, Escape: clear,
    };
    if (arrow && event.shiftKey) camera.pan(-arrow[0] * STEP_PX, -arrow[1] * STEP_PX);
    else if (arrow) move(current < 0 ? start() : map.inDirection(start(), arrow[0], arrow[1]));
    else if (keys[event.key] && !(event.ctrlKey && !["Enter", " "].includes(event.key))) keys[event.key]();
    else return;
    event.preventDefault();
  });
}
