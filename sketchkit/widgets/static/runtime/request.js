/**
 * Requests to a kernel for what all views of a page share: the module of the widgets, the weights of a model.
 * @module
 */

/** Milliseconds before a request is repeated; doubled each time, up to the longest. */
const FIRST_WAIT = 2000, LONGEST_WAIT = 30000;
/** A request of another view is given this time to be answered before a new view sends its own. */
const HEAD_START = 1000;

/**
 * What has arrived, by key. Pending requests are never shared: the kernel of the view that sent one may be gone. The first
 * answer serves all views that wait.
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
   * Return a value; if it has not arrived yet, request it again and again until it does.
   * @param {string} key
   * @param {any} model the widget's model, which sends and receives
   * @param {any} content the request
   * @param {(content: any, buffers: any[]) => Promise<T> | undefined} read the value in a message, undefined if the message is
   * another one; throws if the message reports an error
   * @param {AbortSignal} [signal] ends the waiting; the promise is then rejected with its reason
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
        wait = Math.min(2 * wait, LONGEST_WAIT);
        try {
          model.send(content);
        } catch (error) {
          console.debug("sketchkit: a request was not sent", error); // a closed connection; it may be open the next time
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

  /** @param {string} key @param {T} value */
  keep(key, value) {
    if (!this.values.has(key)) this.values.set(key, value);
    const kept = /** @type {T} */ (this.values.get(key));
    for (const accept of this.waiting.get(key) ?? []) accept(kept);
    this.waiting.delete(key);
  }
}
