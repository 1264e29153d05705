/**
 * A list of names with pictures, from which the user chooses one.
 * @module
 */
import { button, element } from "./controls.js";
import { say } from "./words.js";

/** Minimum number of names for which the list has a search field. */
const SEARCHED = 9;

/** Maximum number of characters that fit into a line of the list. */
const LINE_LENGTH = 14;

/** The parts of a name, between which a line may break: after "/", and in a long part also after "_". @param {string} name */
const breakable = (name) => name.split(/(?<=\/)/).flatMap((part) => (part.length > LINE_LENGTH ? part.split(/(?<=_)/) : part))
  .flatMap((part, i) => (i ? [element("wbr"), part] : [part]));

/** A box in place of a picture, with the first letter of the last part of a name: "C" for "quickdraw/cat". @param {string} name */
const initial = (name) =>
  element("span", { class: "sk-no-picture", "aria-hidden": "true" }, [...name.slice(name.lastIndexOf("/") + 1)][0]?.toUpperCase() ?? "");

/**
 * A labeled button that opens a list of names with pictures; hidden if there are fewer than two names.
 * @param {string} label
 * @param {string[]} names
 * @param {string} chosen
 * @param {(name: string) => void} changed
 * @param {() => void} opened called when the list opens, for example to request pictures
 */
export function pictureList(label, names, chosen, changed, opened) {
  /** Pictures by name, as URIs. @type {Record<string, string>} */
  let pictures = {};
  const current = element("span", { class: "sk-button sk-current" });
  const summary = element("summary", { "data-name": label }, element("span", {}, say(label)), " ", current);
  const search = /** @type {HTMLInputElement} */ (element("input", {
    class: "sk-button", type: "search", "aria-label": `Search ${label.toLowerCase()}`, placeholder: "Search", input: () => show(),
    keydown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // the choice moves the focus to the button of the list, which the key would press
      if (search.value.trim()) list.querySelector("button")?.click();
    },
  }));
  const list = element("div", { class: "sk-pictures", role: "group", "aria-label": `${label}s` });
  const close = () => {
    node.open = false;
    summary.focus();
  };
  const node = /** @type {HTMLDetailsElement} */ (element("details", {
    class: "sk-menu sk-models",
    toggle: () => {
      if (!node.open) return;
      search.value = "";
      show();
      opened();
      focusStart();
    },
    focusout: (/** @type {FocusEvent} */ event) => {
      if (event.relatedTarget instanceof Node && !node.contains(event.relatedTarget)) node.open = false;
    },
    keydown: (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && close(),
  }, summary, element("div", { class: "sk-items" }, search, list)));
  /** Focus the search field, or the chosen name if there is none or if the keyboard of a touch screen would cover the list. */
  const focusStart = () => {
    if (search.hidden || matchMedia("(pointer: coarse)").matches) /** @type {HTMLElement | null} */ (list.querySelector("[aria-pressed=true]"))?.focus();
    else search.focus();
  };
  const show = () => {
    search.hidden = names.length < SEARCHED;
    const typed = search.value.trim().toLowerCase();
    const hasPictures = Object.values(pictures).some(Boolean);
    const found = names.filter((name) => name.toLowerCase().includes(typed)).map((name) => {
      const item = button("", () => {
        close();
        if (name !== chosen) changed(name);
      }, { class: "sk-choice", "aria-pressed": String(name === chosen) });
      if (hasPictures) item.append(pictures[name] ? element("img", { src: pictures[name], alt: "" }) : initial(name));
      item.append(element("span", { class: "sk-caption" }, ...breakable(name)));
      return item;
    });
    list.replaceChildren(...(found.length ? found : [say("No name contains “{typed}”.", { typed: search.value.trim() })]));
  };
  /** @param {string[]} all @param {string} now @param {Record<string, string>} [more] pictures */
  const set = (all, now, more = pictures) => {
    [names, chosen, pictures] = [all, now, more];
    current.textContent = now;
    node.hidden = all.length < 2;
    if (!node.open) return;
    const hasFocus = list.matches(":focus-within");
    show();
    if (hasFocus) focusStart(); // the focused button has been replaced
  };
  set(names, chosen);
  return { node, set };
}
