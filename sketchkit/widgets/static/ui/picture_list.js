/**
 * A list of names with pictures, from which the user chooses one.
 * @module
 */
import { button, element } from "./controls.js";
import { say } from "./words.js";

/** Minimum number of names for which the list has a search field. */
const SEARCHED = 9;

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
  const search = /** @type {HTMLInputElement} */ (element("input", { class: "sk-button", type: "search", "aria-label": `Search ${label.toLowerCase()}`, placeholder: "Search", input: () => show() }));
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
    },
    focusout: (/** @type {FocusEvent} */ event) => {
      if (event.relatedTarget instanceof Node && !node.contains(event.relatedTarget)) node.open = false;
    },
    keydown: (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && close(),
  }, summary, element("div", { class: "sk-items" }, search, list)));
  const show = () => {
    search.hidden = names.length < SEARCHED;
    const typed = search.value.trim().toLowerCase();
    list.replaceChildren(...names.filter((name) => name.toLowerCase().includes(typed)).map((name) => {
      const item = button("", () => {
        close();
        if (name !== chosen) changed(name);
      }, { class: "sk-choice", "aria-pressed": String(name === chosen) });
      item.append(pictures[name] ? element("img", { src: pictures[name], alt: "" }) : element("span", { class: "sk-no-picture" }), element("span", { class: "sk-caption" }, name));
      return item;
    }));
  };
  /** @param {string[]} all @param {string} now @param {Record<string, string>} [more] pictures */
  const set = (all, now, more = pictures) => {
    [names, chosen, pictures] = [all, now, more];
    current.textContent = now;
    node.hidden = all.length < 2;
    if (node.open) show();
  };
  set(names, chosen);
  return { node, set };
}
