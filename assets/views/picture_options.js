// The fields of the Save menu that say how the reader wants a picture.

import { appendCheckbox } from "../controls/checkbox.js";
import { drawPicker } from "../controls/picker.js";
import { appendElement } from "../drawing/element.js";

/** @typedef {import("./picture_files.js").PictureOptions} PictureOptions */

/** @type {[PictureOptions["theme"], string][]} */
const THEMES = [
  ["light", "Light"],
  ["dark", "Dark"],
  ["transparent", "Transparent"],
];
/** @type {[PictureOptions["width"], string][]} */
const WIDTHS = [
  ["screen", "As on screen"],
  ["84mm", "One column, 84 mm"],
  ["174mm", "Two columns, 174 mm"],
];
/** @type {["title" | "caption" | "scale", string][]} */
const PARTS = [
  ["title", "Title"],
  ["caption", "Caption"],
  ["scale", "Weight scale"],
];

/**
 * Append the fields. A picture is for a paper at first: light, whatever the page's theme is.
 * @param {HTMLElement} host
 * @returns {() => PictureOptions} returns what the reader has chosen
 */
export function createPictureOptions(host) {
  /** @type {PictureOptions} */
  let options = { theme: "light", width: "screen", title: true, caption: true, scale: true };
  const set = (/** @type {Partial<PictureOptions>} */ change) => {
    options = { ...options, ...change };
  };
  host.setAttribute("role", "group");
  host.setAttribute("aria-label", "Picture");
  appendPicker(host, "Theme", THEMES, options.theme, (theme) => set({ theme }));
  appendPicker(host, "Width", WIDTHS, options.width, (width) => set({ width }));
  const parts = appendElement(host, "div", "bertviz-checkboxes");
  for (const [part, text] of PARTS) {
    appendCheckbox(parts, text, options[part], (checked) => set({ [part]: checked }));
  }
  return () => options;
}

/**
 * @template {string} T
 * @param {HTMLElement} host
 * @param {string} label
 * @param {[T, string][]} choices each with its text
 * @param {T} chosen
 * @param {(choice: T) => void} onChange
 */
function appendPicker(host, label, choices, chosen, onChange) {
  const texts = new Map(choices);
  drawPicker(appendElement(host, "div", ""), {
    label,
    choices: choices.map(([choice]) => choice),
    text: (choice) => texts.get(choice) ?? "",
    chosen,
    onChange,
  });
}
