/**
 * The hash of the bundle that loader.js asks the kernel for. It is empty here: the bundle has the hash.
 * @module
 */
export const VERSION = "";
