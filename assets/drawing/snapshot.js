// Copies an SVG of the page with its computed style as attributes, so that the copy needs no style
// sheet.

import { paintAttributes, svgElement } from "./svg_element.js";

/** Inherited properties of text that a copy needs, with their default values. */
const TEXT_STYLE = {
  "font-family": "",
  "font-size": "",
  "font-style": "normal",
  "font-weight": "400",
  "text-anchor": "start",
};

/** Attributes for the position and size of an element. */
const GEOMETRY = new Set("d x y x1 y1 x2 y2 cx cy r rx dx dy width height transform".split(" "));

const CONTAINERS = new Set(["svg", "g", "text"]);

/** @typedef {import("./picture_theme.js").PictureTheme} PictureTheme */
/** @typedef {Record<string, string>} TextStyle */

/**
 * Replace the characters that an XML file cannot contain with U+FFFD.
 * @param {string} text
 * @returns {string}
 */
export function xmlText(text) {
  // With the flag u, the surrogates in the pattern match only unpaired ones.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/gu, "�");
}

/**
 * Copy what is visible of an SVG element, without elements that have the attribute `data-tool`:
 * readers operate those.
 * @param {SVGElement} element on the page
 * @param {PictureTheme} theme
 * @returns {SVGElement} a group
 */
export function snapshot(element, { className }) {
  const group = svgElement(element.ownerDocument, "g", {});
  // The browser does not draw the element before the class is removed.
  element.classList.add(className);
  const copy = copyElement(element, TEXT_STYLE);
  element.classList.remove(className);
  if (copy) group.append(copy);
  return group;
}

/**
 * @param {Element} element
 * @param {TextStyle} inherited
 * @returns {Element | null} null if nothing of the element is visible
 */
function copyElement(element, inherited) {
  const { ownerDocument: document, localName, childNodes } = element;
  const style = getComputedStyle(element);
  const isTool = element.hasAttribute("data-tool");
  if (isTool || style.display === "none" || style.visibility === "hidden") return null;
  const paint = paintOf(style);
  const isShape = !CONTAINERS.has(localName);
  if (isShape && paint.fill === "none" && paint.stroke === "none") return null;
  const copy = svgElement(document, localName, { ...geometryOf(element), ...paint });
  const textStyle = Object.fromEntries(
    Object.keys(TEXT_STYLE).map((name) => [name, style.getPropertyValue(name)]),
  );
  for (const [name, value] of Object.entries(textStyle)) {
    if (!isShape && value !== inherited[name]) copy.setAttribute(name, value);
  }
  for (const child of childNodes) {
    const childCopy = copyNode(child, textStyle);
    if (childCopy) copy.append(childCopy);
  }
  return isShape || copy.hasChildNodes() ? copy : null;
}

/**
 * @param {Node} node a text or an element
 * @param {TextStyle} inherited
 * @returns {Node | null} null if nothing of the node is visible
 */
function copyNode(node, inherited) {
  if (node.nodeType === node.TEXT_NODE) {
    const document = /** @type {Document} */ (node.ownerDocument);
    return document.createTextNode(xmlText(node.textContent ?? ""));
  }
  const element = /** @type {Element} */ (node);
  if (element.localName !== "title") return copyElement(element, inherited);
  const title = svgElement(element.ownerDocument, "title", {});
  title.textContent = xmlText(element.textContent ?? "");
  return title;
}

/**
 * @param {Element} element
 * @returns {import("./svg_element.js").Attributes}
 */
function geometryOf({ attributes }) {
  const found = [...attributes].filter(({ name }) => GEOMETRY.has(name));
  return Object.fromEntries(found.map(({ name, value }) => [name, value]));
}

/**
 * @param {CSSStyleDeclaration} style
 * @returns {import("./svg_element.js").Attributes} the attributes of fill, stroke and opacity
 */
function paintOf(style) {
  const fill = paintAttributes("fill", style.fill, Number(style.fillOpacity));
  const stroke = paintAttributes("stroke", style.stroke, Number(style.strokeOpacity));
  const { strokeWidth, strokeDasharray, opacity } = style;
  return {
    ...fill,
    ...stroke,
    ...(stroke.stroke === "none" ? {} : { "stroke-width": strokeWidth }),
    ...(strokeDasharray === "none" ? {} : { "stroke-dasharray": strokeDasharray }),
    ...(opacity === "1" ? {} : { opacity }),
  };
}
