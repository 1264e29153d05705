/**
 * The component: elements for any page, for example `<sketch-complete model="kanji.sk">`.
 * @module
 */
import { define } from "./element.js";
import { WIDGETS } from "./traits.js";

define(WIDGETS);
