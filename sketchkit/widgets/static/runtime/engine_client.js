/**
 * Client of the engine. All widgets of a page share one worker, which keeps each model once, by the hash of its weights.
 * @module
 */
import { Service } from "./engine_server.js";
import { Arrivals } from "./request.js";
import { WORKER_SOURCE } from "./worker_source.js";

/** Sends requests to the engine and resolves their promises. */
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
   * Run the engine on this thread, and send it the requests that the worker has not answered because it could not start.
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
   * Send a request.
   * @param {string} what kind of request, see `Request` in engine_server.js
   * @param {string} key hash of the model's weights
   * @param {string} channel
   * @param {any} given arguments
   * @param {(sketches: Float32Array[]) => void} [partial] called with unfinished drawings
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
   * Load a model into the engine. Request its weights from the kernel until they arrive, if the page does not have them yet.
   * @param {string} key
   * @param {any} model the widget's model, which sends and receives messages
   * @param {AbortSignal} signal cancels the request
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
