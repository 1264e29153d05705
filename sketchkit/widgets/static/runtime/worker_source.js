/**
 * The text of engine_worker.js and what it imports. It is empty here: the bundle has the text.
 * @module
 */
export const WORKER_SOURCE = "";
