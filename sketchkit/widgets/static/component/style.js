/**
 * The stylesheet of the elements. The bundler inserts it.
 * @module
 */
export const STYLE = "";
