// The colors of a saved picture, which do not depend on the page's theme (styles/tokens.css).

import { appendElement } from "./element.js";

/** @typedef {"light" | "dark" | "transparent"} ThemeName */

/**
 * @typedef {object} PictureTheme
 * @property {ThemeName} name
 * @property {string} className gives the elements of the page the colors of the theme
 * @property {string} text color of the title
 * @property {string} muted color of the caption
 * @property {string | null} background color; null for a transparent picture
 * @property {string} font family
 */

/**
 * How to draw a static picture of a view.
 * @typedef {object} PictureStyle
 * @property {PictureTheme} theme
 * @property {number | null} width available pixels, where the view can have another width than on the
 *   page; null for its width on the page
 */

/**
 * Read the colors of a theme from the style sheet.
 * @param {HTMLElement} root of a view
 * @param {ThemeName} name
 * @returns {PictureTheme}
 */
export function pictureTheme(root, name) {
  const className = `bertviz-saved-${name}`;
  // Elements resolve colors that a style sheet computes from other colors.
  const page = appendElement(root, "p", `${className} bertviz-page-background`);
  const caption = appendElement(page, "span", "bertviz-muted");
  const { color: text, backgroundColor, fontFamily } = getComputedStyle(page);
  const { color: muted } = getComputedStyle(caption);
  page.remove();
  const background = name === "transparent" ? null : backgroundColor;
  return { name, className, text, muted, background, font: fontFamily };
}
