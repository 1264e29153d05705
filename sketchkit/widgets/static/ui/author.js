/**
 * The name of the person who draws in the page. The names of saved files begin with it, so that files of many people have different names.
 * @module
 */
import { element } from "./controls.js";
import { say } from "./words.js";

/** Characters that Windows does not allow in names of files. */
const FORBIDDEN = /[\\/:*?"<>|]/g;

let author = "";
/** The fields of the page, which all show the same name. @type {Set<HTMLInputElement>} */
const fields = new Set();

/** A field for the name. */
export function authorField() {
  const input = /** @type {HTMLInputElement} */ (element("input", {
    class: "sk-button", type: "text", maxlength: 60, autocomplete: "off", "aria-label": "Your name", title: "Files that you save begin with this name",
    input: () => {
      author = input.value;
      for (const field of fields) {
        if (!field.isConnected) fields.delete(field);
        else if (field !== input) field.value = author;
      }
    },
  }));
  input.value = author;
  fields.add(input);
  return element("label", { class: "sk-choose sk-author" }, element("span", {}, say("Your name")), input);
}

/** The name of a file that the user saves: `drawing.svg` becomes `Ada.svg`, and `endings.svg` becomes `Ada-endings.svg`. @param {string} name */
export function fileName(name) {
  const first = author.trim().replace(FORBIDDEN, "_");
  if (!first) return name;
  return name.replace(/^((drawing|sketch)(?=[.-]))?/, (whole) => (whole ? first : `${first}-`));
}
