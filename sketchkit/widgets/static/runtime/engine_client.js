/**
 * The page's one engine: widgets of a page share a worker, and each model is kept once, found by the hash of its weights.
 * @module
 */
import { Service } from "./engine_server.js";
import { WORKER_SOURCE } from "./worker_source.js";

/** @typedef {{config: any, index: any, buffer: ArrayBuffer}} Delivery */

/** Requests to the engine, and who waits for them. */
export class Client {
  constructor() {
    /** @type {Map<number, {message: any, resolve: Function, reject: Function, partial?: Function}>} */
    this.waiting = new Map();
    /** @type {Map<string, Promise<any>>} */
    this.models = new Map();
    this.next = 1;
    this.inWorker = false;
    const receive = (/** @type {any} */ answer) => this.receive(answer);
    try {
      const url = URL.createObjectURL(new Blob([WORKER_SOURCE], { type: "text/javascript" }));
      const worker = new Worker(url);
      worker.onmessage = (event) => receive(event.data);
      worker.onerror = () => this.fallBack(receive);
      this.post = (/** @type {any} */ message) => worker.postMessage(message);
      this.inWorker = true;
    } catch {
      this.fallBack(receive);
    }
  }

  /**
   * Compute on this thread; what the worker was asked before it was known that it does not run is asked again.
   * @param {(answer: any) => void} receive
   */
  fallBack(receive) {
    const service = new Service((answer) => queueMicrotask(() => receive(answer)));
    this.post = (/** @type {any} */ message) => service.receive(message);
    this.inWorker = false;
    for (const { message } of this.waiting.values()) this.post(message);
  }

  /** @param {any} answer */
  receive(answer) {
    const waiter = this.waiting.get(answer.id);
    if (!waiter) return;
    if (!answer.done) {
      waiter.partial?.(answer.partial);
      return;
    }
    this.waiting.delete(answer.id);
    if (answer.error) waiter.reject(new Error(answer.error));
    else waiter.resolve(answer.result);
  }

  /**
   * @param {string} what
   * @param {string} key
   * @param {string} channel
   * @param {any} given
   * @param {(sketches: Float32Array[]) => void} [partial]
   * @returns {Promise<any>} null if superseded
   */
  ask(what, key, channel, given, partial) {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      const message = { id, what, key, channel, given };
      this.waiting.set(id, { message, resolve, reject, partial });
      this.post?.(message);
    });
  }

  /**
   * Have a model, fetching its weights if the page has not got them yet.
   * @param {string} key
   * @param {() => Promise<Delivery>} fetch
   */
  load(key, fetch) {
    let loading = this.models.get(key);
    if (!loading) {
      loading = fetch().then((delivery) => this.ask("load", key, "", delivery));
      loading.catch(() => this.models.delete(key));
      this.models.set(key, loading);
    }
    return loading;
  }
}

/** The client that all widgets of this page share. @returns {Client} */
export function sharedClient() {
  const page = /** @type {any} */ (globalThis);
  page.__sketchkit ??= new Client();
  return page.__sketchkit;
}
