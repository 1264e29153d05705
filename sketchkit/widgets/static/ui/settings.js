/**
 * The layout that the widgets share: drawings, and a column of settings next to them.
 * @module
 */
import { element } from "./controls.js";

/** A column of controls whose labels are aligned, and whose fields are aligned. @param {...Node} controls */
export const settingsColumn = (...controls) => element("div", { class: "sk-column sk-settings" }, ...controls);

/** Buttons in the column of the fields. @param {...Node} buttons */
export const buttonRow = (...buttons) => element("div", { class: "sk-row sk-actions" }, ...buttons);

/**
 * Drawings with their settings next to them; in a narrow widget, the settings are below the drawings.
 * @param {HTMLElement} drawings
 * @param {...Node} controls
 */
export const withSettings = (drawings, ...controls) => element("div", { class: "sk-split" }, drawings, settingsColumn(...controls));
