/**
 * Client of the engine. All widgets of a page share the engine's workers. Each worker stores a model only once, keyed by the hash of its
 * weights. The first worker answers most requests. A request for several drawings is divided among several workers; all workers
 * except the first are started after the first such request.
 * @module
 */
import { Service } from "./engine_server.js";
import { Arrivals } from "./request.js";
import { WORKER_SOURCE } from "./worker_source.js";

/** Maximum number of workers. */
const MAX_WORKERS = 4;
/** Minimum number of drawings for each worker that takes part in a request. Two drawings take little longer than one. */
const MIN_SHARE = 2;

/** @typedef {import("./engine_server.js").Request} Request */

/** A worker, or the engine on this thread if workers are unavailable. */
class Backend {
  /**
   * @param {(answer: any) => void} receive
   * @param {(backend: Backend) => void} failed called if the worker could not run
   */
  constructor(receive, failed) {
    this.receive = receive;
    /** Keys of the models that have been sent, and of those that are loaded. @type {Set<string>} */
    this.sent = new Set();
    /** @type {Set<string>} */
    this.models = new Set();
    /** @type {Worker | null} */
    this.worker = null;
    /** @type {Service | null} */
    this.service = null;
    try {
      const worker = new Worker(URL.createObjectURL(new Blob([WORKER_SOURCE], { type: "text/javascript" })));
      worker.onmessage = (event) => receive(event.data);
      worker.onerror = () => {
        this.worker = null;
        failed(this);
      };
      this.worker = worker;
    } catch {
      // the page forbids workers
    }
  }

  /** @param {any} message */
  post(message) {
    if (this.worker) return this.worker.postMessage(message);
    this.service ??= new Service((answer) => queueMicrotask(() => this.receive(answer)));
    this.service.enqueue(message);
  }
}

/** Sends requests to the engine and resolves their promises. */
export class Client {
  /** @param {number} [cores] number of processor cores */
  constructor(cores = globalThis.navigator?.hardwareConcurrency ?? 1) {
    /** @type {Map<number, {message: Request, backend: Backend, resolve: Function, reject: Function, partial?: Function}>} */
    this.waiting = new Map();
    /** Models in the first worker, by key. @type {Arrivals<boolean>} */
    this.models = new Arrivals();
    /** Packed models for the other workers, by key. @type {Map<string, any>} */
    this.packed = new Map();
    this.next = 1;
    this.cores = cores;
    this.first = this.start();
    /** Workers other than the first. @type {Backend[]} */
    this.others = [];
  }

  start() {
    return new Backend((answer) => this.receive(answer), (failed) => this.resend(failed));
  }

  /** If a worker could not run, send its unanswered requests to the first backend. @param {Backend} failed */
  resend(failed) {
    this.others = this.others.filter((backend) => backend !== failed);
    for (const waiter of this.waiting.values()) {
      if (waiter.backend !== failed) continue;
      waiter.backend = this.first;
      this.first.post(waiter.message);
    }
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
   * Send a request to a worker.
   * @param {Backend} backend
   * @param {Omit<Request, "id">} request
   * @param {(sketches: Float32Array[]) => void} [partial]
   * @returns {Promise<any>} null if superseded
   */
  send(backend, request, partial) {
    const message = { id: this.next++, ...request };
    return new Promise((resolve, reject) => {
      this.waiting.set(message.id, { message, backend, resolve, reject, partial });
      backend.post(message);
    });
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
    const request = { what, key, channel, given };
    for (const backend of this.others) {
      if (channel) backend.post({ ...request, id: this.next++, what: "supersede", given: null });
    }
    const wanted = what === "draw" ? Math.min(this.cores, MAX_WORKERS, Math.floor(given.variants.length / MIN_SHARE)) : 1;
    if (wanted < 2 || !this.first.worker) return this.send(this.first, request, partial);
    const backends = [this.first, ...this.others.filter(({ models }) => models.has(key))].slice(0, wanted);
    const answer = this.divide(backends, request, partial);
    // Further workers start after this answer, for the next requests.
    if (backends.length < wanted) void answer.catch(() => {}).then(() => this.prepare(key, wanted - 1));
    return answer;
  }

  /**
   * Draw with several workers.
   * @param {Backend[]} backends
   * @param {Omit<Request, "id">} request
   * @param {(sketches: Float32Array[]) => void} [partial]
   */
  async divide(backends, request, partial) {
    const { given } = request, count = given.variants.length;
    /** @type {Float32Array[]} */
    const sketches = Array.from({ length: count }, () => new Float32Array(0));
    const answers = await Promise.all(backends.map(async (backend, i) => {
      const share = [i, i + 1].map((k) => Math.floor((k * count) / backends.length));
      const keep = (/** @type {Float32Array[]} */ some) => some.forEach((rows, k) => (sketches[share[0] + k] = rows));
      const answer = await this.send(backend, { ...request, given: { ...given, share } }, partial && ((some) => {
        keep(some);
        partial(sketches.slice());
      }));
      if (answer) keep(answer.sketches);
      return answer;
    }));
    return answers.includes(null) ? null : { sketches, codes: answers[0].codes && answers.flatMap(({ codes }) => codes) };
  }

  /** Load a model into a number of workers other than the first. Start workers if necessary. @param {string} key @param {number} count */
  prepare(key, count) {
    const given = this.packed.get(key);
    while (given && this.first.worker && this.others.length < count) this.others.push(this.start());
    for (const backend of this.others.slice(0, count)) {
      if (!given || backend.sent.has(key)) continue;
      backend.sent.add(key);
      // A worker may be unable to load the model, for example because memory is short. The workers that have loaded the model then also do this worker's share.
      void this.send(backend, { what: "load", key, channel: "", given }).then(() => backend.models.add(key), () => {});
    }
  }

  /**
   * Load a model into the first worker. Request its weights from the kernel until they arrive, if the page does not have them yet.
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
      const given = { config: content.config, index: content.index, buffer };
      if (this.cores > 1) this.packed.set(key, given);
      return this.send(this.first, { what: "load", key, channel: "", given });
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

/** Use the client of a page that contains this one. @param {Client} other */
export function useClient(other) {
  client = other;
}
