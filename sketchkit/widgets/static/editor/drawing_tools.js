/**
 * Buttons for one or several drawing areas (`Paper`): playback, and a menu that copies and saves their drawings.
 * @module
 */
import { element } from "../ui/controls.js";
import { say } from "../ui/words.js";
import { pictureMenu } from "./picture_menu.js";
import { playback } from "./playback.js";

/** @typedef {import("./paper.js").Paper} Paper */

/**
 * @param {object} options
 * @param {() => Paper[]} options.papers
 * @param {string} options.label what the drawings show
 * @param {string} options.name name of the files
 * @param {(text: string) => void} options.report shows a message
 * @param {() => number} [options.columns] number of drawings in each row of a copied or saved picture
 * @param {[string, () => any][]} [options.more] further items of the menu
 * @param {boolean} [options.plays] whether there is a button for playback
 * @param {boolean} [options.titled] whether the label is shown in front of the buttons
 */
export function drawingTools({ papers, label, name, report, columns = () => 3, more, plays = true, titled = plays }) {
  const filled = () => papers().filter((paper) => paper.inks.length);
  const player = playback({
    label,
    drawings: () => filled().map((paper) => paper.inks.map(({ points }) => points)),
    show: (position) => {
      for (const paper of filled()) {
        paper.changes = player.close; // a new drawing ends the playback
        paper.showUpTo(position ?? 1);
      }
    },
  });
  const menu = pictureMenu({ label, name, report, more, sheet: () => ({ drawings: filled().map((paper) => paper.inks), columns: columns() }) });
  const title = say(label).replace(/^the /, "").replace(/^./, (letter) => letter.toUpperCase());
  return element("div", { class: "sk-toolbar", role: "toolbar", "aria-label": say("Tools of {label}", { label: say(label) }) },
    ...(titled ? [element("span", { class: "sk-count", "aria-hidden": "true" }, title)] : []),
    element("div", { class: "sk-tools" }, ...(plays ? [player.toggle] : []), menu), ...(plays ? [player.bar] : []));
}
