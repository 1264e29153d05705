// A slider moves from each of 201 positions to each of its ends while frames are slow: print the positions that `trackSlider` asks for.
// node run_scheduling.mjs
import { trackSlider } from "../../sketchkit/widgets/static/ui/scheduling.js";

let now = 0;
globalThis.performance = { now: () => now };
globalThis.requestAnimationFrame = () => {};

const answer = [];
for (let i = 0; i <= 200; i++) {
  for (const end of [0, 1]) {
    let position = [i * 0.005];
    const asked = [];
    const ask = async (positions) => {
      now += 100; // a slow frame
      asked.push(positions.map(([t]) => t));
      return positions;
    };
    const follow = trackSlider({ position: () => position, ask, show: () => {} });
    await follow.schedule();
    position = [end];
    await follow.schedule();
    answer.push({ from: i * 0.005, to: end, asked: asked.at(-1) });
  }
}
console.log(JSON.stringify(answer));
