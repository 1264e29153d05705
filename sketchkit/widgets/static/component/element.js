/**
 * The elements of the component. Each element shows a widget, and has the traits of this widget as attributes and properties.
 * @module
 */
import { svgOf } from "../editor/export.js";
import { addressWith, drawingOfPage } from "../editor/link_text.js";
import { toStrokes } from "../editor/strokes.js";
import { render } from "../index.js";
import { nameOf } from "../runtime/model_files.js";
import { PageModel } from "../runtime/page_model.js";
import { whenInView } from "../ui/in_view.js";
import { say } from "../ui/words.js";
import { attributesOf, traitFor, unknownAttributes } from "./attributes.js";
import { fitToModel } from "./fit.js";
import { layout } from "./layout.js";
import { shared, useSharedClient } from "./shared.js";
import { checked, fromAttribute } from "./values.js";

/** @typedef {import("./traits.js").Drawing} Drawing */
/** @typedef {import("./traits.js").Widget} Widget */

/** Traits whose names HTML uses for something else, by the names of the properties that stand for them. @type {Record<string, string>} */
const RENAMED = { hidden_controls: "hidden", locked_controls: "locked" };
/** The reverse of `RENAMED`. */
const NAMES = Object.fromEntries(Object.entries(RENAMED).map(([property, trait]) => [trait, property]));
/** @param {string} property */
const traitOf = (property) => RENAMED[property] ?? property;
/** Names of the properties of a widget: its traits and the arguments in Python that set them. @param {Widget} widget */
const propertiesOf = ({ traits, arguments: given }) => [...new Set([...Object.keys(traits), ...Object.keys(given)])];
/** Whether a drawing or a list has no elements. @param {any} value */
const isEmpty = (value) => !(value?.rows ?? value)?.length;

/** Name of the parameter of a link, if the attribute `link` is empty. */
const LINK = "sketch";

/** `HTMLElement`; on a server, where modules are only imported, an empty class. @type {typeof HTMLElement} */
const Base = globalThis.HTMLElement ?? /** @type {any} */ (class {});

/**
 * An element with a widget. Events: `ready` when it can be used; `stroke` when the user has changed a drawing; `result` when the model
 * has drawn or computed something; `change` when the user has changed a setting; `progress` while a model is loaded, with `loaded`
 * and `total` in bytes; `error`, with `event.detail.message`. In `stroke`, `result` and `change` events, `event.detail` contains the
 * changed properties by name.
 */
export class SketchElement extends Base {
  /** The definition of the widget. @type {Widget} */
  static widget;

  /** Values that attributes and properties have set, by the names of the properties. @type {Record<string, any>} */
  #values = {};
  /** Error messages by the names of properties. @type {Map<string, string>} */
  #problems = new Map();
  /** @type {ReturnType<typeof layout>} */
  #parts;
  /** @type {PageModel | null} */
  #model = null;
  /** @type {(() => void) | null} */
  #close = null;
  /** Stops waiting for the element to come into view. */
  #stopWaiting = () => {};
  /** @type {ReturnType<ReturnType<typeof layout>["followColors"]> | null} */
  #colors = null;
  /** Number of the latest attempt to load; the results of earlier attempts are discarded. */
  #start = 0;
  #loading = false;

  /** Show the drawing that the address of the page contains, after the address has changed. */
  #followLink = () => {
    const place = this.#model?.get("_link");
    if (place) this.#try("link", () => {
      const drawing = drawingOfPage(place.name);
      if (drawing) this.#set(place.trait, drawing);
    });
  };

  constructor() {
    super();
    this.#parts = layout(this.attachShadow({ mode: "open" }));
  }

  static get observedAttributes() {
    return attributesOf(this.widget).filter((name) => name !== "loading");
  }

  get #widget() {
    return /** @type {typeof SketchElement} */ (this.constructor).widget;
  }

  /** Address of the model file, relative to the page; or `#id`, where `id` is the id of an element that contains the model as text. */
  get model() {
    return this.getAttribute("model") ?? "";
  }

  set model(address) {
    this.setAttribute("model", address);
  }

  /** The drawings of the widget as an SVG file. @returns {string} */
  toSVG() {
    const ofSketch = (/** @type {Drawing | undefined} */ sketch, /** @type {boolean[]} */ byModel = []) =>
      (sketch?.rows.length ? [toStrokes(sketch).map((points, i) => ({ points, byModel: byModel[i] ?? false }))] : []);
    const { completion, by_model: byModel, sketch, drawings = [] } = this.#state();
    const main = completion?.rows.length ? ofSketch(completion, byModel) : ofSketch(sketch);
    return svgOf({ drawings: main.length ? main : drawings.flatMap((/** @type {Drawing} */ each) => ofSketch(each)), columns: main.length ? 1 : 5 });
  }

  /** A link to this page with the drawing of the user. @returns {string} */
  toLink() {
    const { name, trait } = this.#place();
    return addressWith(name, this.#state()[trait] ?? { start: [0, 0], rows: [] });
  }

  connectedCallback() {
    for (const name of propertiesOf(this.#widget)) {
      if (!Object.hasOwn(this, name)) continue;
      const value = /** @type {any} */ (this)[name]; // a value that was set before the element was defined
      delete /** @type {any} */ (this)[name];
      /** @type {any} */ (this)[name] = value;
    }
    for (const [name, message] of unknownAttributes(this, this.#widget)) {
      this.#setProblem(name, message);
      console.warn(`${message} ${say("The attributes are {names}.", { names: attributesOf(this.#widget).join(", ") })}`);
    }
    this.#colors = this.#parts.followColors();
    addEventListener("hashchange", this.#followLink);
    if (this.#model) return this.#show();
    if (this.getAttribute("loading") === "eager") return void this.#load();
    this.#stopWaiting = whenInView(this, () => void this.#load());
  }

  disconnectedCallback() {
    this.#stopWaiting();
    this.#colors?.end();
    removeEventListener("hashchange", this.#followLink);
    queueMicrotask(() => this.isConnected || this.#hide()); // an element that was only moved is connected again by then
  }

  /** @param {string} name @param {string | null} before @param {string | null} text */
  attributeChangedCallback(name, before, text) {
    if (before === text) return;
    if (name === "model" || name === "link") return void (this.#model || this.#loading || this.#problems.has("") ? this.#restart() : undefined);
    if (text === null) return this.#clear(name);
    this.#write(name, text);
  }

  /** Define the properties of a kind of element. @param {typeof SketchElement} kind */
  static addProperties(kind) {
    for (const name of propertiesOf(kind.widget)) {
      Object.defineProperty(kind.prototype, name, {
        configurable: true, enumerable: true,
        get() {
          return this.#read(name);
        },
        set(value) {
          this.#write(name, value);
        },
      });
    }
  }

  /** @param {string} name */
  #read(name) {
    const state = this.#state(), names = this.#widget.traits[name] ? [name] : this.#widget.arguments[name];
    return structuredClone(state[traitOf(names.find((each) => !isEmpty(state[each])) ?? names[0])]);
  }

  /** @param {string} name @param {any} value */
  #write(name, value) {
    const target = traitFor(this.#widget, name, value), trait = this.#widget.traits[target];
    this.#try(name, () => {
      const result = typeof value === "string" ? fromAttribute(name, trait, value) : checked(name, trait, value);
      if (target !== name) for (const other of this.#widget.arguments[name]) if (other !== target) this.#clear(other);
      this.#set(target, result);
      if (/^[cd]$/.test(name) && !this.hasAttribute("square")) this.#set("square", true); // as in Python, an end c or d makes a square
    });
  }

  /** Set a trait, or all traits that an argument can set, to the default. @param {string} name */
  #clear(name) {
    for (const each of this.#widget.traits[name] ? [name] : this.#widget.arguments[name]) {
      this.#try(each, () => this.#set(each, structuredClone(this.#widget.traits[each].value)));
    }
    this.#setProblem(name, "");
  }

  /** Run an action, and show its error in place of the widget or above it. @param {string} name @param {() => void} act */
  #try(name, act) {
    try {
      act();
      this.#setProblem(name, "");
    } catch (error) {
      this.#setProblem(name, error instanceof Error ? error.message : String(error));
    }
  }

  /** @param {string} name @param {string} message empty to remove the message */
  #setProblem(name, message) {
    if (message) this.#problems.set(name, message);
    else this.#problems.delete(name);
    this.#parts.showProblems([...this.#problems.values()]);
    if (message) this.dispatchEvent(new CustomEvent("error", { detail: { message } }));
  }

  /** @param {string} name @param {any} value a checked value */
  #set(name, value) {
    this.#values[name] = value;
    this.#model?.assign(traitOf(name), name === "models" ? [...this.#choices().keys()] : structuredClone(value));
  }

  /** The values of the traits by name: those of the view or, as long as there is no view, those of the properties. @returns {Record<string, any>} */
  #state() {
    if (this.#model) return this.#model.state;
    const { traits } = this.#widget;
    return Object.fromEntries(Object.keys(traits).map((name) => [traitOf(name), this.#values[name] ?? structuredClone(traits[name].value)]));
  }

  /** The parameter of links to the page, and the trait with the drawing of the user. @returns {import("../views/copy_link.js").Place} */
  #place() {
    const trait = Object.entries(this.#widget.traits).find(([, { input }]) => input)?.[0];
    if (!trait) throw new Error(say("{name} has no drawing that a link can contain.", { name: this.localName }));
    return { name: this.getAttribute("link") || LINK, trait };
  }

  /** The models that the user can choose, by name. @returns {Map<string, string | Element>} */
  #choices() {
    const given = /** @type {string[]} */ (this.#values.models ?? []);
    return new Map([...new Set([...given, this.model])].map((address) => [nameOf(address.replace(/^#/, "")), this.#resolve(address)]));
  }

  /** @param {string} address */
  #resolve(address) {
    if (!address.startsWith("#")) return new URL(address, this.ownerDocument.baseURI).href;
    const inline = this.ownerDocument.getElementById(address.slice(1));
    if (!inline) throw new Error(say("The page has no element {id} with a model.", { id: address }));
    return inline;
  }

  #restart() {
    this.#hide();
    this.#model = null;
    void this.#load();
  }

  async #load() {
    this.#stopWaiting();
    if (this.#model || this.#loading) return;
    const start = ++this.#start;
    this.#loading = true;
    this.#setProblem("", "");
    try {
      const card = this.#widget.needsModel ? await this.#loadModel() : null;
      if (start !== this.#start) return;
      this.#model = this.#modelWith(card);
      if (this.isConnected) this.#show();
    } catch (error) {
      if (start === this.#start) this.#setProblem("", error instanceof Error ? error.message : String(error));
    } finally {
      if (start === this.#start) {
        this.#loading = false;
        this.#parts.showProgress(null);
      }
    }
  }

  /** Load the model, and return its properties. */
  async #loadModel() {
    if (!this.model) throw new Error(say("Give the address of a model file: {example}.", { example: `<${this.localName} model="kanji.sk">` }));
    useSharedClient(); // the worker starts while the model is loaded
    return this.#choose(nameOf(this.model.replace(/^#/, "")));
  }

  /** @param {string} choice */
  async #choose(choice) {
    const place = this.#choices().get(choice);
    if (!place) throw new Error(say("This page does not contain that model."));
    const { card } = await shared().files.load(place, (loaded, total) => {
      this.#parts.showProgress(total ? loaded / total : 0);
      this.dispatchEvent(new ProgressEvent("progress", { lengthComputable: total > 0, loaded, total }));
    });
    const { name, needsCode, needsCategories } = this.#widget;
    if (needsCode && !card.conditional) throw new Error(say("{name} needs a model with a latent code; {model} has none.", { name, model: card.name }));
    if (needsCategories && card.categories.length < 2) throw new Error(say("{name} needs a model with two or more categories; {model} has fewer.", { name, model: card.name }));
    return { ...card, choice };
  }

  /** The state of the widget with a model. @param {any} card */
  #modelWith(card) {
    const { view, traits, temperature } = this.#widget;
    const own = structuredClone(this.#state());
    if (card) {
      own.temperature = this.#values.temperature ?? temperature ?? card.temperature;
      own.models = [...this.#choices().keys()];
      for (const [name, message] of fitToModel(own, card, this.#widget)) this.#setProblem(name, message);
    }
    if (own.names && own.drawings) own.names = own.drawings.map((/** @type {any} */ _, /** @type {number} */ i) => own.names[i] ?? String(i + 1));
    if (this.hasAttribute("link")) {
      this.#try("link", () => {
        own._link = this.#place();
        const drawing = drawingOfPage(own._link.name);
        if (drawing) own[own._link.trait] = drawing;
      });
    }
    const reset = Object.keys(traits).filter((name) => traits[name].reset).map(traitOf);
    Object.assign(own, { _view: view, _observed: true, _bundled: [], _names: NAMES, _start: structuredClone(Object.fromEntries(reset.map((name) => [name, own[name]]))) });
    if (card) Object.assign(own, { _card: card, _start_choice: card.choice });
    const model = new PageModel(own, { choose: async (choice) => ({ card: await this.#choose(choice) }), weights: (key) => shared().files.weights(key) });
    model.saved = (names) => this.#tell(names);
    return model;
  }

  /** Dispatch events for changes in the view. @param {string[]} names of traits */
  #tell(names) {
    const { traits } = this.#widget, properties = Object.keys(traits).filter((name) => names.includes(traitOf(name)));
    const send = (/** @type {string} */ event, /** @type {string[]} */ some) => {
      if (some.length) this.dispatchEvent(new CustomEvent(event, { bubbles: true, composed: true, detail: Object.fromEntries(some.map((name) => [name, this.#read(name)])) }));
    };
    const isResult = (/** @type {string} */ name) => traits[name].result || traits[name].kind === "drawings";
    for (const name of properties) this.#values[name] = this.#model?.state[traitOf(name)];
    send("stroke", properties.filter((name) => traits[name].input));
    send("result", properties.filter(isResult));
    send("change", properties.filter((name) => !traits[name].input && !isResult(name) && traits[name].kind !== "ink"));
  }

  #show() {
    if (this.#close || !this.#model) return;
    try {
      this.#close = render({ model: this.#model, el: this.#parts.widget });
      this.#colors?.update();
      this.#parts.showWidget(true);
      this.dispatchEvent(new CustomEvent("ready"));
    } catch (error) {
      this.#hide();
      this.#setProblem("", say("This widget could not be displayed: {reason}", { reason: error instanceof Error ? error.message : String(error) }));
    }
  }

  #hide() {
    this.#start++;
    this.#loading = false;
    this.#close?.();
    this.#close = null;
    this.#parts.widget.replaceChildren();
    this.#parts.showWidget(false);
  }
}

/** Define the elements, unless another script has defined them. @param {Record<string, Widget>} widgets */
export function define(widgets) {
  if (!globalThis.customElements) return; // a server has no custom elements
  for (const [tag, widget] of Object.entries(widgets)) {
    if (customElements.get(tag)) continue;
    const kind = class extends SketchElement {
      static widget = widget;
    };
    SketchElement.addProperties(kind);
    customElements.define(tag, kind);
  }
}
