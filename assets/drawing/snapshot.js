// A copy of an SVG of the page that needs no style sheet: how it looks now is written on it.

import { painted, svgElement } from "./svg_surface.js";

/** Properties of a look that children inherit, and what they are where nothing is said. */
const TEXT = {
  "font-family": "",
  "font-size": "",
  "font-style": "normal",
  "font-weight": "400",
  "text-anchor": "start",
};

/** What says where an element stands, and how large it is. */
const PLACE = new Set("d x y x1 y1 x2 y2 cx cy r rx dx dy width height transform".split(" "));

const CONTAINERS = new Set(["svg", "g", "text"]);

/** @typedef {Record<string, string>} Look */

/**
 * @param {string} text anyone's
 * @returns {string} with a sign in the place of what an XML file cannot hold
 */
export function xmlText(text) {
  // With the flag u a surrogate is half a character alone.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/gu, "�");
}

/**
 * @param {SVGElement} element on the page
 * @returns {SVGElement} a group with what of it can be seen, without what readers work it with
 */
export function snapshot(element) {
  const group = svgElement(element.ownerDocument, "g", {});
  const copied = copyOf(element, TEXT);
  if (copied) group.append(copied);
  return group;
}

/**
 * @param {Element} element
 * @param {Look} around what is inherited
 * @returns {Element | null} null where nothing of it can be seen
 */
function copyOf(element, around) {
  const { ownerDocument: document, localName, childNodes } = element;
  const style = getComputedStyle(element);
  const isTool = element.hasAttribute("data-tool");
  if (isTool || style.display === "none" || style.visibility === "hidden") return null;
  const paint = paintOf(style);
  const isShape = !CONTAINERS.has(localName);
  if (isShape && paint.fill === "none" && paint.stroke === "none") return null;
  const copy = svgElement(document, localName, { ...placeOf(element), ...paint });
  const look = Object.fromEntries(
    Object.keys(TEXT).map((name) => [name, style.getPropertyValue(name)]),
  );
  for (const [name, value] of Object.entries(look)) {
    if (!isShape && value !== around[name]) copy.setAttribute(name, value);
  }
  for (const child of childNodes) {
    const copied = isText(child) ? textOf(document, child) : copyOfChild(child, look);
    if (copied) copy.append(copied);
  }
  return isShape || copy.hasChildNodes() ? copy : null;
}

/**
 * @param {Node} child
 * @param {Look} look
 */
function copyOfChild(child, look) {
  const element = /** @type {Element} */ (child);
  if (element.localName !== "title") return copyOf(element, look);
  const title = svgElement(element.ownerDocument, "title", {});
  title.textContent = xmlText(element.textContent ?? "");
  return title;
}

/** @param {Node} node */
function isText(node) {
  return node.nodeType === node.TEXT_NODE;
}

/**
 * @param {Document} document
 * @param {Node} node
 */
function textOf(document, node) {
  return document.createTextNode(xmlText(node.textContent ?? ""));
}

/** @param {Element} element */
function placeOf({ attributes }) {
  const places = [...attributes].filter(({ name }) => PLACE.has(name));
  return Object.fromEntries(places.map(({ name, value }) => [name, value]));
}

/**
 * @param {CSSStyleDeclaration} style
 * @returns {import("./svg_surface.js").Attributes}
 */
function paintOf({
  fill,
  fillOpacity,
  stroke,
  strokeOpacity,
  strokeWidth,
  strokeDasharray,
  opacity,
}) {
  const line = painted("stroke", stroke, Number(strokeOpacity));
  return {
    ...painted("fill", fill, Number(fillOpacity)),
    ...line,
    ...(line.stroke === "none" ? {} : { "stroke-width": strokeWidth }),
    ...(strokeDasharray === "none" ? {} : { "stroke-dasharray": strokeDasharray }),
    ...(opacity === "1" ? {} : { opacity }),
  };
}
