/** Define the elements, unless another script has defined them. @param {Record<string, Widget>} widgets */
export function define(widgets: Record<string, Widget>): void;
/**
 * An element with a widget. Events: `ready` when it can be used; `stroke` when the user has changed a drawing; `result` when the model
 * has drawn or computed something; `change` when the user has changed a setting; `progress` while a model is loaded, with `loaded`
 * and `total` in bytes; `error`, with `event.detail.message`. In `stroke`, `result` and `change` events, `event.detail` contains the
 * changed properties by name.
 */
export class SketchElement extends HTMLElement {
    /** The definition of the widget. @type {Widget} */
    static widget: Widget;
    static get observedAttributes(): string[];
    /** Define the properties of a kind of element. @param {typeof SketchElement} kind */
    static addProperties(kind: typeof SketchElement): void;
    set model(address: string);
    /** Address of the model file, relative to the page; or `#id`, where `id` is the id of an element that contains the model as text. */
    get model(): string;
    /** The drawings of the widget as an SVG file. @returns {string} */
    toSVG(): string;
    /** A link to this page with the drawing of the user. @returns {string} */
    toLink(): string;
    connectedCallback(): void;
    disconnectedCallback(): void;
    /** @param {string} name @param {string | null} before @param {string | null} text */
    attributeChangedCallback(name: string, before: string | null, text: string | null): void;
    #private;
}
export type Drawing = import("./traits.js").Drawing;
export type Widget = import("./traits.js").Widget;
