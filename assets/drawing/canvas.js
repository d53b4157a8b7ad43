// The size and the background color of a canvas.

/**
 * Fill a part of a canvas with the background color of an element.
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLElement} element of class bertviz-page-background, which has the page's background color
 * @param {[number, number, number, number]} box left, top, width and height
 * @returns {string} the color
 */
export function fillBackground(context, element, box) {
  const color = getComputedStyle(element).backgroundColor;
  context.fillStyle = color;
  context.fillRect(...box);
  return color;
}

/**
 * Call a listener when the page changes between light and dark. The element's own color then changes
 * with a transition (views.css). The end of the transition is an event of the element, so there is no
 * need to observe the page.
 * @param {HTMLElement} element receives the class bertviz-page-background
 * @param {() => void} listener
 */
export function onBackgroundChange(element, listener) {
  element.classList.add("bertviz-page-background");
  element.addEventListener("transitionend", (event) => {
    if (event.target === element && event.propertyName === "background-color") listener();
  });
}

/**
 * Set the size of a canvas at the screen's resolution, and clear the canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width CSS pixels
 * @param {number} height CSS pixels
 * @param {number} [ratio] canvas pixels per CSS pixel, the screen's ratio by default
 * @returns {CanvasRenderingContext2D} a context that draws in CSS pixels
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
