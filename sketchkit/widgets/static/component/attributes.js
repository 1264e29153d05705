/**
 * Names of the attributes of an element (its traits, and the arguments in Python that set them), and messages about unknown attributes.
 * @module
 */
import { suggestion } from "../ui/suggest.js";
import { say } from "../ui/words.js";

/** @typedef {import("./traits.js").Widget} Widget */

/** Attributes of every element that are not traits. */
const OWN = ["model", "loading", "link"];
/** Attributes that HTML defines for all elements, and those that servers and frameworks add. */
const GLOBAL = new Set(("accesskey align anchor autocapitalize autocorrect autofocus class contenteditable dir draggable elementtiming enterkeyhint exportparts hidden id inert "
  + "inputmode is itemid itemprop itemref itemscope itemtype key lang nonce part popover ref role slot spellcheck style tabindex title translate "
  + "virtualkeyboardpolicy writingsuggestions xmlns").split(" "));

/** Names of the attributes of a widget's element. @param {Widget} widget */
export const attributesOf = (widget) => [...new Set([...OWN, ...Object.keys(widget.traits), ...Object.keys(widget.arguments)])];

/**
 * Messages about attributes that neither the element nor HTML defines. A name with a hyphen is assumed to belong to a framework (`data-`,
 * `aria-`, `v-`), unless an attribute of the element has the same name with an underscore.
 * @param {Element} element
 * @param {Widget} widget
 * @returns {Map<string, string>} messages by the names of the attributes
 */
export function unknownAttributes(element, widget) {
  const known = attributesOf(widget);
  const isUnknown = (/** @type {string} */ name) => (/^[a-z][a-z\d_]*$/.test(name)
    ? !known.includes(name) && !GLOBAL.has(name) && !name.startsWith("on")
    : known.includes(name.replaceAll("-", "_")));
  const messages = new Map(element.getAttributeNames().filter(isUnknown).map((name) => [
    name, `${say("<{tag}> has no attribute “{name}”.", { tag: element.localName, name })} ${suggestion(name.replaceAll("-", "_"), known)}`.trim(),
  ]));
  if (!/^(|hidden|true|until-found)$/i.test(element.getAttribute("hidden") ?? "")) {
    messages.set("hidden", say("`hidden` hides the whole element; write `hidden_controls` for controls."));
  }
  return messages;
}

/**
 * The name of the trait that an attribute or property sets. Usually it is the same name, but an argument that accepts a drawing or a latent
 * code sets one trait to a drawing and another trait to a code, so its trait depends on `value`.
 * @param {Widget} widget
 * @param {string} name
 * @param {any} value
 */
export function traitFor({ arguments: given, traits }, name, value) {
  const [drawing, code] = given[name] ?? [];
  if (drawing === undefined || (name in traits && !isDrawing(value))) return name;
  return code !== undefined && isCode(value) ? code : drawing;
}

/** Whether a value looks like a drawing: an object, a list, JSON, or the string from a link. @param {any} value */
const isDrawing = (value) => (typeof value === "string" ? /^\s*(\{|\[\s*\[|\d+\.[\w-]*[A-Za-z_])/.test(value) : Boolean(value?.rows) || Array.isArray(value?.[0]));

/** Whether a value is a list of numbers, or a string with such a list. @param {any} value */
function isCode(value) {
  if (ArrayBuffer.isView(value)) return true;
  const numbers = typeof value === "string" ? value.replace(/^\s*\[|\]\s*$/g, "").split(/[\s,]+/).filter((part) => part).map(Number) : value;
  return Array.isArray(numbers) && numbers.length > 1 && numbers.every((number) => typeof number === "number" && Number.isFinite(number));
}
