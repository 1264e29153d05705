/**
 * Rate limits: once per frame, one request at a time, or at most 20 times a second.
 * @module
 */

/** Milliseconds between messages during a gesture. */
const MESSAGE_INTERVAL_MS = 50;

/**
 * Return a function that calls another function at most once per frame.
 * @param {() => void} act
 */
export function throttleToFrame(act) {
  let requested = false;
  return () => {
    if (requested) return;
    requested = true;
    requestAnimationFrame(() => {
      requested = false;
      act();
    });
  };
}

/**
 * Return a function that handles one value at a time. If values arrive in the meantime, it handles only the newest.
 * @template T
 * @param {(value: T) => Promise<any>} act
 * @returns {(value: T) => Promise<void>}
 */
export function latestOnly(act) {
  /** @type {T[]} */
  let next = [];
  let busy = false;
  return async (value) => {
    next = [value];
    if (busy) return;
    busy = true;
    try {
      for (let newest = next.pop(); newest !== undefined; newest = next.pop()) await act(newest);
    } finally {
      busy = false;
    }
  };
}

/** If a frame takes longer than this, in milliseconds, the next request includes two intermediate frames. */
const SLOW_FRAME_MS = 24;
/** Number of frames in a batch. The matrix kernel takes as long for three drawings as for two. */
const BATCH_FRAMES = 3;

/**
 * Draw at the position of a slider while it moves: send one request at a time, always for the newest position. If frames are
 * slow, each request includes intermediate positions, whose drawings are shown at even intervals for smooth motion.
 * @template T
 * @param {object} options
 * @param {() => number[]} options.position the current position
 * @param {(positions: number[][]) => Promise<T[] | null>} options.ask returns an answer for each position, or null if the request
 * was superseded
 * @param {(answer: T, last: boolean) => void} options.show
 */
export function trackSlider({ position, ask, show }) {
  let running = false, pending = false, frameMs = 0;
  /** @type {number[] | null} */
  let from = null;
  /** @type {{answer: T, due: number}[]} */
  let queue = [];
  const paint = () => {
    const now = performance.now();
    if (queue.length && queue[0].due <= now) {
      while (queue.length > 1 && queue[1].due <= now) queue.shift();
      show(/** @type {{answer: T}} */ (queue.shift()).answer, false);
    }
    if (queue.length) requestAnimationFrame(paint);
  };
  const frame = async () => {
    const to = position(), start = from ?? to;
    const count = frameMs > SLOW_FRAME_MS && start.some((x, i) => x !== to[i]) ? BATCH_FRAMES : 1;
    // This form of the weighted mean gives exactly `to` for the share 1, and no position outside the range.
    const between = (/** @type {number} */ share) => to.map((x, i) => (1 - share) * start[i] + share * x);
    const positions = Array.from({ length: count }, (_, k) => between((k + 1) / count));
    const startTime = performance.now();
    const answers = await ask(positions);
    if (!answers) return;
    from = to;
    const now = performance.now(), elapsed = now - startTime;
    frameMs = elapsed / (count > 1 ? 2 : 1);
    const idle = !queue.length;
    queue.push(...answers.map((answer, k) => ({ answer, due: now + (elapsed * k) / count })));
    if (idle) requestAnimationFrame(paint);
  };
  return {
    /** Draw after the slider has moved. */
    async schedule() {
      pending = true;
      if (running) return;
      running = true;
      try {
        while (pending) {
          pending = false;
          await frame();
        }
      } finally {
        running = false;
      }
    },
    /** Draw after the gesture has ended. */
    async flush() {
      pending = false;
      const answers = await ask([position()]);
      if (!answers) return;
      queue = [];
      from = position();
      show(answers[0], true);
    },
  };
}

/** Return a function that returns true at most 20 times a second. */
export function rateLimit() {
  let last = -Infinity;
  return () => {
    if (performance.now() - last < MESSAGE_INTERVAL_MS) return false;
    last = performance.now();
    return true;
  };
}
