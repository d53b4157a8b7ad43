// A page without a browser, with the elements of Gradio that assets/page uses. jsdom has the history,
// location and focus of a browser, which smaller DOM libraries lack.

import { JSDOM } from "jsdom";

const GRADIO = `
  <div id="bertviz-inputs">
    <input role="listbox" value="tiny-bert"><textarea></textarea><button id="bertviz-run">Run</button>
  </div>
  <div id="bertviz-said">
    <div id="bertviz-examples">
      <button class="label-wrap">Examples</button>
      <div><button class="gallery-item">The cat</button></div>
    </div>
    <div id="bertviz-compare">
      <button class="label-wrap">Compare</button>
      <div><textarea></textarea><button id="bertviz-compare-run">Compare</button></div>
    </div>
    <div id="bertviz-own-file">
      <button class="label-wrap">Own file</button>
      <div><button>Choose</button><input type="file"></div>
    </div>
    <button id="bertviz-link">Copy link</button>
  </div>
  <button role="tab" id="bertviz-head-tab-button" aria-selected="true"></button>
  <button role="tab" id="bertviz-model-tab-button" aria-selected="false"></button>
  <button role="tab" id="bertviz-neuron-tab-button" aria-selected="false"></button>
  <button role="tab" id="bertviz-matrix-tab-button" aria-selected="false"></button>
  <div id="bertviz-head-tab"><div class="bertviz-host"><div class="bertviz-stage"></div></div></div>
  <div id="bertviz-model-tab"></div>
  <div id="bertviz-neuron-tab"></div>
  <div id="bertviz-matrix-tab"></div>
`;

/**
 * Make the global window that of a new page.
 * @param {string} [query] of the page's address
 * @returns {Document}
 */
export function openPage(query = "") {
  const { window } = new JSDOM(GRADIO, { url: `http://localhost/space/${query}` });
  const { document } = window;
  Object.assign(globalThis, { window, document, location: window.location });
  globalThis.CustomEvent = window.CustomEvent;
  globalThis.MutationObserver = window.MutationObserver;
  for (const tab of document.querySelectorAll("[role=tab]")) {
    tab.addEventListener("click", () => openTab(document, tab));
  }
  for (const toggle of document.querySelectorAll(".label-wrap")) {
    toggle.addEventListener("click", () => toggle.classList.toggle("open"));
  }
  return document;
}

/** Dispatch an event of a view. */
export function dispatch(document, type, detail) {
  const event = new CustomEvent(type, { bubbles: true, detail });
  document.querySelector(".bertviz-host").dispatchEvent(event);
}

/** Resolve when the callbacks of timers without a delay have run. */
export const timers = () => new Promise((resolve) => setTimeout(resolve));

function openTab(document, opened) {
  for (const tab of document.querySelectorAll("[role=tab]")) {
    tab.setAttribute("aria-selected", String(tab === opened));
  }
}
