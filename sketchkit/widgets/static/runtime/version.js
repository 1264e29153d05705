/**
 * The hash of the bundle that loader.js requests from the kernel. The bundler inserts it.
 * @module
 */
export const VERSION = "";
