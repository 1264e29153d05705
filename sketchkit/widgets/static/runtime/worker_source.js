/**
 * The source text of engine_worker.js and its imports. The bundler inserts it.
 * @module
 */
export const WORKER_SOURCE = "";
