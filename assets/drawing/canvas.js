// A canvas as large as it is asked to be, and the colour of the page behind it.

/**
 * Cover a part of a canvas with the colour behind a figure.
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLElement} element of class bertviz-ground
 * @param {[number, number, number, number]} box left, top, width and height
 * @returns {string} the colour
 */
export function fillBackground(context, element, box) {
  const color = getComputedStyle(element).backgroundColor;
  context.fillStyle = color;
  context.fillRect(...box);
  return color;
}

/**
 * Be told when the page changes between light and dark. The element's own colour changes by a
 * transition (views.css), whose end is an event of the element: no need to watch the page.
 * @param {HTMLElement} element of class bertviz-ground
 * @param {() => void} listener
 */
export function onBackgroundChange(element, listener) {
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
 * @param {number} [ratio] pixels of the canvas to a CSS pixel, the screen's by default
 * @returns {CanvasRenderingContext2D} to draw on in CSS pixels
 */
export function resizeCanvas(canvas, width, height, ratio = globalThis.devicePixelRatio || 1) {
  canvas.width = Math.ceil(width * ratio);
  canvas.height = Math.ceil(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(ratio, ratio);
  return context;
}
