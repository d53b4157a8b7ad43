// The ground of a picture that may be taller than the screen: it scrolls inside its frame, with SVG
// as tall as the picture and, behind it, canvases that cover only what is in sight.

/** Pixels of height before a figure scrolls. */
const MOST_HEIGHT = 720;

/**
 * Draws a part of the picture.
 * @callback Painter
 * @param {CanvasRenderingContext2D} context in the picture's own coordinates, CSS pixels
 * @param {[number, number]} inSight top and bottom of what can be seen
 */

/**
 * A canvas of the figure; what it shows is painted again whenever another part comes in sight.
 * @typedef {object} Layer
 * @property {(painter: Painter | null) => void} paint from now on; null for nothing
 * @property {(visible: boolean) => void} show
 * @property {() => void} repaint
 */

/**
 * @typedef {object} FigureOptions
 * @property {string} label for those who do not see it
 * @property {number} fontSize pixels
 * @property {number} [maxHeight] pixels before it scrolls
 * @property {() => void} onGround the reader presses where nothing stands
 */

/**
 * @param {HTMLElement} host
 * @param {FigureOptions} options
 */
export function createFigure(host, { label, fontSize, maxHeight = MOST_HEIGHT, onGround }) {
  const document = host.ownerDocument;
  const element = host.appendChild(document.createElement("div"));
  element.className = "bertviz-figure";
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", label);
  element.style.fontSize = `${fontSize}px`;
  element.style.maxHeight = `${maxHeight}px`;
  const ground = element.appendChild(document.createElement("div"));
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  ground.append(svg);
  svg.addEventListener("pointerdown", (event) => {
    if (event.target === svg) onGround();
  });
  let width = 0;
  let height = 0;

  /** @returns {[number, number]} */
  const inSight = () => [element.scrollTop, element.scrollTop + Math.min(height, maxHeight)];

  /** @type {Layer[]} */
  const layers = [];

  /**
   * @param {{hasGround: boolean}} [options] whether it covers what is behind it with the page's colour:
   *   many faint strokes add up right on an opaque canvas alone, since a clear one rounds each by
   *   itself
   * @returns {Layer}
   */
  function addLayer({ hasGround } = { hasGround: false }) {
    const canvas = ground.insertBefore(document.createElement("canvas"), svg);
    /** @type {Painter | null} */
    let painter = null;

    function repaint() {
      const [top, bottom] = inSight();
      canvas.style.top = `${top}px`;
      const context = fitCanvas(canvas, width, bottom - top);
      context.translate(0, -top);
      if (hasGround && painter) coverGround(context, element, [0, top, width, bottom - top]);
      painter?.(context, [top, bottom]);
    }

    /** @type {Layer} */
    const layer = {
      paint(next) {
        painter = next;
        repaint();
      },
      show(visible) {
        canvas.style.visibility = visible ? "visible" : "hidden";
      },
      repaint,
    };
    layers.push(layer);
    return layer;
  }

  let frame = 0;
  function repaintSoon() {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      for (const layer of layers) layer.repaint();
    });
  }
  element.addEventListener("scroll", repaintSoon);
  onNewGround(element, repaintSoon);

  return {
    element,
    svg,
    addLayer,
    /**
     * Give the picture its size; paint the layers after that.
     * @param {{width: number, height: number}} size
     */
    resize(size) {
      ({ width, height } = size);
      element.classList.toggle("bertviz-scrolls", height > maxHeight);
      ground.style.width = `${width}px`;
      ground.style.height = `${height}px`;
      svg.setAttribute("width", String(width));
      svg.setAttribute("height", String(height));
    },
  };
}

/**
 * Cover a part of a canvas with the colour behind a figure.
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLElement} element of class bertviz-ground
 * @param {[number, number, number, number]} box left, top, width and height
 */
export function coverGround(context, element, box) {
  context.fillStyle = getComputedStyle(element).backgroundColor;
  context.fillRect(...box);
}

/**
 * Be told when the page changes between light and dark. The element's own colour changes by a
 * transition (views.css), whose end is an event of the element: no need to watch the page.
 * @param {HTMLElement} element of class bertviz-ground
 * @param {() => void} listener
 */
export function onNewGround(element, listener) {
  element.classList.add("bertviz-ground");
  element.addEventListener("transitionend", (event) => {
    if (event.target === element && event.propertyName === "background-color") listener();
  });
}

/**
 * Give a canvas a size in CSS pixels, sharp on every screen, and clear it.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width CSS pixels
 * @param {number} height CSS pixels
 * @returns {CanvasRenderingContext2D} to draw on in CSS pixels
 */
export function fitCanvas(canvas, width, height) {
  const ratio = globalThis.devicePixelRatio || 1;
  canvas.width = Math.ceil(width * ratio);
  canvas.height = Math.ceil(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(ratio, ratio);
  return context;
}
