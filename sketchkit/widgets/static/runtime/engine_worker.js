/**
 * The engine in a web worker.
 * @module
 */
import { Service } from "./engine_server.js";

const worker = /** @type {any} */ (globalThis);
const service = new Service((answer) => worker.postMessage(answer));
worker.onmessage = (/** @type {MessageEvent} */ event) => service.enqueue(event.data);
