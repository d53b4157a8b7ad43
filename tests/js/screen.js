// A window without a browser, for marks, controls and views. jsdom has no layout and no canvas. This
// module gives elements the sizes that the page's modules read, and canvases that draw with Skia, as
// Chromium does. @napi-rs/canvas is the package with Skia whose binaries are on npm (35 MB).

import assert from "node:assert/strict";
import { createCanvas, ImageData } from "@napi-rs/canvas";
import { JSDOM, VirtualConsole } from "jsdom";

/** Pixels of the window's width: all columns of the expanded neuron view fit. */
const WIDTH = 1300;

/** The computed style of every element, instead of styles/views.css: a light page. */
const STYLE = { fontFamily: "sans-serif", backgroundColor: "#ffffff" };

/** @type {WeakMap<Element, import("@napi-rs/canvas").Canvas>} the picture of each canvas element */
const pictures = new WeakMap();

/** @type {Set<() => void>} the callbacks of the resize observers that observe */
const resizeCallbacks = new Set();

/** The only window of a process, because a new one takes 50 ms. */
const window = createWindow();

/** @type {Error[]} the errors in listeners since the beginning of a test */
let errors = [];

/**
 * Empty the global window at the beginning of a test. An error in a listener fails the test. A drawing is
 * complete after one frame.
 * @param {import("node:test").TestContext} t
 * @returns {Document}
 */
export function openScreen(t) {
  const { document } = window;
  errors = [];
  document.body.replaceChildren();
  resizeScreen(document, WIDTH);
  // Time stands still, so that no drawing is divided into several frames.
  t.mock.method(performance, "now", () => 0);
  t.after(() => assert.deepEqual(errors, []));
  return document;
}

function createWindow() {
  const virtualConsole = new VirtualConsole();
  virtualConsole.on("jsdomError", (error) => errors.push(error.detail ?? error));
  const { window } = new JSDOM("", { url: "https://space.test/", virtualConsole });
  giveStyle(window);
  giveSizes(window);
  giveCanvases(window);
  giveResizeObservers(window);
  setGlobals(window);
  return window;
}

/**
 * Change the width of all elements, and call the resize observers.
 * @param {Document} document
 * @param {number} width pixels
 */
export function resizeScreen(document, width) {
  document.documentElement.dataset.width = String(width);
  for (const callback of resizeCallbacks) callback();
}

/**
 * Return whether an element is visible. Only attributes and inline styles count: views.css hides what has
 * the attribute `hidden`, and the browser tests check the style sheet. Of a closed menu, only the summary
 * is visible.
 * @param {Element} element
 * @returns {boolean}
 */
export function isVisible(element) {
  for (let each = element; each; each = each.parentElement) {
    const isHidden = each.hasAttribute("hidden") || each.getAttribute("display") === "none";
    if (isHidden || each.style?.display === "none") return false;
  }
  const menu = element.parentElement?.closest("details:not([open])");
  if (menu && !element.closest("summary")) return false;
  return element.closest("[visibility]")?.getAttribute("visibility") !== "hidden";
}

/** @param {import("jsdom").DOMWindow} window */
function setGlobals(window) {
  const { document, location, navigator, CustomEvent, SVGElement } = window;
  const values = { window, document, location, CustomEvent, SVGElement, ImageData };
  Object.assign(globalThis, values, {
    innerHeight: 900,
    ResizeObserver: window.ResizeObserver,
    getComputedStyle: window.getComputedStyle,
    // The next frame is painted as soon as the current task has ended.
    requestAnimationFrame: (callback) => setImmediate(() => callback(performance.now())),
  });
  // Node 21 has a navigator, which cannot be assigned.
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
}

/**
 * Give every element the same style. jsdom would compare each element with its default style sheet.
 * @param {import("jsdom").DOMWindow} window
 */
function giveStyle(window) {
  window.getComputedStyle = ({ style }) => {
    return { ...STYLE, getPropertyValue: (name) => style.getPropertyValue(name) };
  };
}

/**
 * Give elements sizes. An HTML element is as wide as the window, and 0 pixels wide if it is hidden. It is
 * as high as its inline style says. A figure scrolls as far as the heights of figure and content allow,
 * and then dispatches an event, as in a browser.
 * @param {import("jsdom").DOMWindow} window
 */
function giveSizes(window) {
  const { prototype } = window.HTMLElement;
  const heightOf = ({ style }) => Number.parseFloat(style.maxHeight || style.height) || 0;
  const widthOf = (element) => {
    const width = Number(element.ownerDocument.documentElement.dataset.width);
    return isVisible(element) ? width : 0;
  };
  for (const name of ["clientWidth", "offsetWidth"]) {
    Object.defineProperty(prototype, name, { get: returnOf(widthOf) });
  }
  for (const name of ["clientHeight", "offsetHeight"]) {
    Object.defineProperty(prototype, name, { get: returnOf(heightOf) });
  }
  // Without a layout, no element is out of sight.
  prototype.scrollIntoView = () => {};
  const tops = new WeakMap();
  Object.defineProperty(prototype, "scrollTop", {
    get() {
      return tops.get(this) ?? 0;
    },
    set(top) {
      const maxTop = heightOf(this.firstElementChild ?? this) - heightOf(this);
      const next = Math.max(0, Math.min(top, maxTop));
      if (next === this.scrollTop) return;
      tops.set(this, next);
      setImmediate(() => this.dispatchEvent(new window.Event("scroll")));
    },
  });
}

/**
 * Return a getter that calls a function with the object that has the property.
 * @template T, R
 * @param {(object: T) => R} compute
 * @returns {() => R}
 */
function returnOf(compute) {
  return function () {
    return compute(/** @type {T} */ (this));
  };
}

/** @param {import("jsdom").DOMWindow} window */
function giveCanvases(window) {
  const { prototype } = window.HTMLCanvasElement;
  const pictureOf = (element) => {
    const picture = pictures.get(element) ?? createPicture();
    pictures.set(element, picture);
    return picture;
  };
  prototype.getContext = function (kind) {
    return pictureOf(this).getContext(kind);
  };
  prototype.toDataURL = function () {
    return pictureOf(this).toDataURL();
  };
  for (const size of ["width", "height"]) {
    Object.defineProperty(prototype, size, {
      get() {
        return pictureOf(this)[size];
      },
      set(pixels) {
        pictureOf(this)[size] = pixels;
      },
    });
  }
}

/** Create the picture of a canvas element. Its context can draw other canvas elements. */
function createPicture() {
  const picture = createCanvas(300, 150);
  const context = picture.getContext("2d");
  const drawImage = context.drawImage.bind(context);
  context.drawImage = (image, ...place) => drawImage(pictures.get(image) ?? image, ...place);
  return picture;
}

/**
 * Give a window resize observers, which `resizeScreen` calls.
 * @param {import("jsdom").DOMWindow} window
 */
function giveResizeObservers(window) {
  window.ResizeObserver = class {
    constructor(callback) {
      this.callback = callback;
    }
    observe() {
      resizeCallbacks.add(this.callback);
    }
    disconnect() {
      resizeCallbacks.delete(this.callback);
    }
  };
}
