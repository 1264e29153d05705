/**
 * German names of the categories of the bundled models. Categories of other models keep their names.
 * @module
 */

/** @type {Record<string, string>} */
export const GERMAN_CATEGORIES = {
  ambulance: "Krankenwagen", bear: "Bär", bicycle: "Fahrrad", bird: "Vogel", calendar: "Kalender", dog: "Hund", key: "Schlüssel",
  lobster: "Hummer", monkey: "Affe", mosquito: "Mücke", "palm tree": "Palme", rabbit: "Hase", sheep: "Schaf", tiger: "Tiger",
  characters: "Schriftzeichen",
};
