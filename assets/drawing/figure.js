// A figure that may be taller than the screen and then scrolls inside its frame. Its canvases, and an
// SVG above them, cover only the visible part. They stay in place while the reader scrolls, and are
// drawn again for the part that becomes visible.

import { onBackgroundChange } from "./canvas.js";
import { appendElement, appendGroup } from "./element.js";
import { createFigureCanvas } from "./figure_canvas.js";
import { createPaintQueue } from "./paint_queue.js";
import { snapshot } from "./snapshot.js";
import { svgElement } from "./svg_element.js";
import { createViewport } from "./viewport.js";

/** @typedef {import("./figure_canvas.js").FigureCanvas} FigureCanvas */
/** @typedef {import("./figure_canvas.js").Painter} Painter */
/** @typedef {import("./static_picture.js").StaticPicture} StaticPicture */
/** @typedef {import("./viewport.js").Range} Range */

/** Pixels of height up to which a static picture shows the whole figure: 256 rows of tokens. */
const MAX_STATIC_HEIGHT = 6000;

/**
 * @typedef {object} FigureOptions
 * @property {string} label what screen readers call the figure
 * @property {number} fontSize pixels
 * @property {number} [headerHeight] pixels at the top that do not scroll, 0 by default
 * @property {() => void} onBackgroundPress the reader pressed where no element is
 * @property {(range: Range) => void} onViewportChange another part is visible: draw its SVG
 */

/** @typedef {ReturnType<typeof createFigure>} Figure */

/**
 * Create an empty figure.
 * @param {HTMLElement} host
 * @param {FigureOptions} options
 */
export function createFigure(host, options) {
  const elements = appendElements(host, options);
  const { element, visible, svg, root, header } = elements;
  /** @type {FigureCanvas[]} */
  const canvases = [];
  const viewport = createViewport(elements, {
    headerHeight: options.headerHeight ?? 0,
    onChange: options.onViewportChange,
    onScrollTo: () => canvases.forEach(queue.paintNow),
  });
  const queue = createPaintQueue(viewport.updateIfScrolled);
  const repaintSoon = () => canvases.forEach(queue.paintSoon);
  element.addEventListener("scroll", repaintSoon);
  onBackgroundChange(element, repaintSoon);

  return {
    element,
    svg,
    root,
    header,
    viewport: viewport.range,
    scrolls: viewport.scrolls,
    resize: viewport.resize,
    scrollTo: viewport.scrollTo,
    reveal: viewport.reveal,
    center: viewport.center,
    whenPainted: queue.whenPainted,
    /**
     * Add a canvas above the others and below the SVG.
     * @param {{hasBackground: boolean}} [options] whether the page's background color covers it
     */
    addCanvas({ hasBackground } = { hasBackground: false }) {
      const canvas = visible.insertBefore(host.ownerDocument.createElement("canvas"), svg);
      const figureCanvas = createFigureCanvas(canvas, hasBackground ? element : null, viewport);
      canvases.push(figureCanvas);
      return {
        /**
         * Paint now, and again whenever another part becomes visible.
         * @param {Painter | null} painter null to paint nothing
         */
        paint(painter) {
          figureCanvas.setPainter(painter);
          queue.paintNow(figureCanvas);
        },
        setVisible: figureCanvas.setVisible,
      };
    },
    /**
     * Return a static picture of the figure, or of its visible part if the figure is too tall.
     * @returns {StaticPicture}
     */
    staticPicture() {
      const { width, height } = viewport.size();
      const range =
        height > MAX_STATIC_HEIGHT ? viewport.range() : /** @type {Range} */ ([0, height]);
      const drawn = canvases.map((canvas) => canvas.staticPicture(range));
      root.removeAttribute("transform");
      options.onViewportChange(range);
      const picture = staticGroup(elements, drawn, range);
      // Painters also write numbers into the SVG, so draw both again.
      viewport.update();
      canvases.forEach(queue.paintNow);
      return { element: picture, width, height: range[1] - range[0] };
    },
  };
}

/**
 * Append the elements of a figure.
 * @param {HTMLElement} host
 * @param {FigureOptions} options
 */
function appendElements(host, { label, fontSize, headerHeight = 0, onBackgroundPress }) {
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
 * Return a copy of the SVG above static pictures of the canvases.
 * @param {{root: SVGElement, header: SVGElement}} elements
 * @param {(SVGElement | null)[]} canvases null for a canvas that shows nothing
 * @param {Range} range the part of the picture that is drawn
 * @returns {SVGElement}
 */
function staticGroup({ root, header }, canvases, [top]) {
  const picture = svgElement(root.ownerDocument, "g", { transform: `translate(0 ${-top})` });
  picture.append(...canvases.filter((canvas) => canvas !== null), snapshot(root));
  const all = svgElement(root.ownerDocument, "g", {});
  all.append(picture, snapshot(header));
  return all;
}

/**
 * @param {import("./element.js").Group} group
 * @returns {SVGGElement}
 */
function nodeOf(group) {
  return /** @type {SVGGElement} */ (group.node());
}
