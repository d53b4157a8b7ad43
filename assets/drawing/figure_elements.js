// The elements of a figure: a frame that scrolls, the visible part that stays in place, and its SVG.

import { appendElement, appendGroup } from "./element.js";
import { svgElement } from "./svg_element.js";

/**
 * Append the elements of an empty figure, and return them.
 * @param {HTMLElement} host
 * @param {Pick<import("./figure.js").FigureOptions, "label" | "fontSize" | "headerHeight" |
 *   "onBackgroundPress">} options
 */
export function appendFigureElements(
  host,
  { label, fontSize, headerHeight = 0, onBackgroundPress },
) {
  const element = appendElement(host, "div", "bertviz-figure");
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", label);
  element.style.fontSize = `${fontSize}px`;
  const content = appendElement(element, "div", "bertviz-content");
  const visible = appendElement(content, "div", "bertviz-viewport");
  const svg = svgElement(host.ownerDocument, "svg", {});
  visible.append(svg);
  const root = nodeOf(appendGroup(svg, "bertviz-root"));
  // The header has a background of its own, because rows scroll below it.
  const header = nodeOf(appendGroup(svg, "bertviz-header"));
  const headerBackground = svgElement(host.ownerDocument, "rect", {
    class: "bertviz-header-background",
    height: headerHeight,
  });
  header.append(headerBackground);
  svg.addEventListener("pointerdown", (event) => {
    if (event.target === svg) onBackgroundPress();
  });
  return { element, content, visible, svg, root, header, headerBackground };
}

/**
 * @param {import("./element.js").Group} group
 * @returns {SVGGElement}
 */
function nodeOf(group) {
  return /** @type {SVGGElement} */ (group.node());
}
