/**
 * The page's one engine: widgets of a page share a worker, and each model is kept once, found by the hash of its weights.
 * @module
 */
import { Service } from "./engine_server.js";
import { Arrivals } from "./request.js";
import { WORKER_SOURCE } from "./worker_source.js";

/** Requests to the engine, and who waits for them. */
export class Client {
  constructor() {
    /** @type {Map<number, {message: any, resolve: Function, reject: Function, partial?: Function}>} */
    this.waiting = new Map();
    /** Models in the engine, by key. @type {Arrivals<boolean>} */
    this.models = new Arrivals();
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
    this.post = (/** @type {any} */ message) => service.enqueue(message);
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
   * Resolve when a model is in the engine; request its weights until they arrive, if the page has not got them yet.
   * @param {string} key
   * @param {any} model the widget's model, which sends and receives
   * @param {AbortSignal} signal ends the waiting
   */
  load(key, model, signal) {
    const read = (/** @type {any} */ content, /** @type {any[]} */ buffers) => {
      if (content?.kind !== "weights" || content.key !== key) return undefined;
      if (content.error) throw new Error(content.error);
      const [bytes] = buffers;
      const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
      return this.ask("load", key, "", { config: content.config, index: content.index, buffer });
    };
    return this.models.get(key, model, { kind: "weights", key }, read, signal);
  }
}

/** @type {Client | undefined} */
let client;

/** The client that all widgets of this page share. @returns {Client} */
export function sharedClient() {
  return (client ??= new Client());
}
