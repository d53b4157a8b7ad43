// Whole views on real results, without a browser: the functions `mount` of assets/views, the page's own
// modules for data, and the golden trace or a trace that a test makes.

import { once } from "node:events";
import { EMPTY_MESSAGE } from "../../assets/views/frame_elements.js";
import { mount as mountHead } from "../../assets/views/head.js";
import { mount as mountMatrix } from "../../assets/views/matrix.js";
import { mount as mountModel } from "../../assets/views/model.js";
import { mount as mountNeuron } from "../../assets/views/neuron.js";
import { serveGolden } from "./golden.js";
import { openScreen } from "./screen.js";

const MOUNT = { head: mountHead, model: mountModel, neuron: mountNeuron, matrix: mountMatrix };

/** The manifest of the golden trace, whose files `fetch` returns after `serveGolden`. */
export const GOLDEN_URL = "https://space.test/golden/manifest.json";

/**
 * A mounted view.
 * @typedef {object} MountedView
 * @property {HTMLElement} host
 * @property {import("../../assets/views/view.js").View} view
 */

/**
 * Mount a view in the empty window until the end of a test, and wait until it shows a result.
 * @param {import("node:test").TestContext} t
 * @param {import("../../assets/core/state/selection.js").ViewName} name
 * @param {{url?: string, options?: import("../../assets/views/view.js").MountOptions}} [result] the URL
 *   of its manifest, whose files `fetch` returns; the golden trace by default
 * @returns {Promise<MountedView>}
 */
export async function showView(t, name, { url, options } = {}) {
  if (!url) serveGolden(t);
  const { host, view } = mountView(t, name, options);
  await view.update(url ?? GOLDEN_URL);
  await drawn(host);
  return { host, view };
}

/**
 * Mount a view without a result in the empty window until the end of a test.
 * @param {import("node:test").TestContext} t
 * @param {import("../../assets/core/state/selection.js").ViewName} name
 * @param {import("../../assets/views/view.js").MountOptions} [options]
 * @returns {MountedView}
 */
export function mountView(t, name, options) {
  const host = openScreen(t).body.appendChild(document.createElement("div"));
  const view = MOUNT[name](host, options);
  t.after(() => view.destroy());
  return { host, view };
}

/**
 * Wait until a view has drawn, and return what it reports. A view that draws again removes its previous
 * report at once, so a call after an action waits for the picture that follows from the action.
 * @param {HTMLElement} host
 * @returns {Promise<string>} rejects with the error message that the view shows
 */
export function drawn(host) {
  return new Promise((resolve, reject) => {
    const observer = new window.MutationObserver(check);
    function check() {
      const { ready } = host.dataset;
      const message = host.querySelector(".bertviz-message")?.textContent;
      if (ready === undefined && (!message || message === EMPTY_MESSAGE)) return;
      observer.disconnect();
      if (ready === undefined) reject(new Error(message));
      else resolve(ready);
    }
    observer.observe(host, { attributes: true, childList: true, subtree: true });
    check();
  });
}

/**
 * Wait until a view is in a state. A view that fetches files changes after the action of a reader.
 * @param {HTMLElement} host
 * @param {() => boolean} isReached
 * @returns {Promise<void>}
 */
export function until(host, isReached) {
  return new Promise((resolve) => {
    const observer = new window.MutationObserver(check);
    function check() {
      if (!isReached()) return;
      observer.disconnect();
      resolve();
    }
    const changes = { attributes: true, characterData: true, childList: true, subtree: true };
    observer.observe(host, changes);
    check();
  });
}

/**
 * Scroll a figure, and wait until it is painted.
 * @param {HTMLElement} figure
 * @param {number} top pixels
 */
export async function scrollTo(figure, top) {
  const scrolled = once(figure, "scroll");
  figure.scrollTop = top;
  await scrolled;
  // The figure, which has received the event first, paints in the frame before this one.
  await new Promise((resolve) => requestAnimationFrame(resolve));
}
