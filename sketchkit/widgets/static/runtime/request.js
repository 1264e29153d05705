/**
 * Requests to a kernel for data that all views of a page share: the module of the widgets, the weights of models, and arrays.
 * @module
 */

/** Milliseconds before a request is repeated: the first interval, which doubles each time, and the maximum. */
const FIRST_WAIT = 2000, MAX_WAIT = 30000;
/** Milliseconds that a new view waits for the answer to a request of another view before it sends its own. */
const HEAD_START = 1000;

/**
 * Received values by key. Views do not share pending requests, because the kernel of the view that sent a request may have
 * disconnected. The first answer resolves the promises of all views.
 * @template T
 */
export class Arrivals {
  constructor() {
    /** @type {Map<string, T>} */
    this.values = new Map();
    /** When each key was last requested. @type {Map<string, number>} */
    this.requested = new Map();
    /** @type {Map<string, Set<(value: T) => void>>} */
    this.waiting = new Map();
  }

  /**
   * Return a value; if it has not been received yet, repeat the request until it arrives.
   * @param {string} key
   * @param {any} model the widget's model, which sends and receives messages
   * @param {any} content the request
   * @param {(content: any, buffers: any[]) => Promise<T> | undefined} read returns the value in a message, or undefined for an
   * unrelated message; throws if the message reports an error
   * @param {AbortSignal} [signal] cancels the request; the promise is then rejected with the reason of the signal
   * @returns {Promise<T>}
   */
  get(key, model, content, read, signal) {
    const arrived = this.values.get(key);
    if (arrived !== undefined) return Promise.resolve(arrived);
    const waiting = this.waiting.get(key) ?? new Set();
    this.waiting.set(key, waiting);
    return new Promise((resolve, reject) => {
      let wait = FIRST_WAIT, timer = 0;
      const send = () => {
        this.requested.set(key, Date.now());
        timer = setTimeout(send, wait);
        wait = Math.min(2 * wait, MAX_WAIT);
        try {
          model.send(content);
        } catch (error) {
          console.debug("sketchkit: a request was not sent", error); // the connection is closed; it may be open at the next attempt
        }
      };
      const end = () => {
        clearTimeout(timer);
        waiting.delete(accept);
        model.off("msg:custom", receive);
        signal?.removeEventListener("abort", abort);
      };
      const accept = (/** @type {T} */ value) => {
        end();
        resolve(value);
      };
      const fail = (/** @type {unknown} */ error) => {
        end();
        reject(error);
      };
      const abort = () => fail(signal?.reason);
      const receive = (/** @type {any} */ answer, /** @type {any[]} */ buffers) => {
        try {
          const value = read(answer, buffers);
          if (value === undefined) return;
          clearTimeout(timer);
          value.then((value) => this.keep(key, value), fail);
        } catch (error) {
          fail(error);
        }
      };
      if (signal?.aborted) return abort();
      signal?.addEventListener("abort", abort);
      waiting.add(accept);
      model.on("msg:custom", receive);
      const age = Date.now() - (this.requested.get(key) ?? -Infinity);
      if (age < HEAD_START) timer = setTimeout(send, HEAD_START - age);
      else send();
    });
  }

  /** Store a value and resolve the promises that wait for it. @param {string} key @param {T} value */
  keep(key, value) {
    if (!this.values.has(key)) this.values.set(key, value);
    const kept = /** @type {T} */ (this.values.get(key));
    for (const accept of this.waiting.get(key) ?? []) accept(kept);
    this.waiting.delete(key);
  }
}
