// The popovers "Examples", "Compare" and "Own file" are accordions of Gradio. page.css draws their content
// over the page.

import { compareOf, contentOf, examplesOf, ownFileOf, toggleOf } from "./elements.js";
import { onRun } from "./reader_runs.js";

/** @param {Document} document */
export function connectPopovers(document) {
  for (const popover of [examplesOf(document), compareOf(document), ownFileOf(document)]) {
    announceState(toggleOf(popover));
    toggleOf(popover).addEventListener("click", () => holdInput(contentOf(popover)), {
      once: true,
    });
    const close = () => {
      if (isOpen(toggleOf(popover))) toggleOf(popover).click();
    };
    document.body.addEventListener("click", ({ target }) => {
      if (!popover.contains(/** @type {Node} */ (target))) close();
    });
    document.body.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape") return;
      if (popover.contains(document.activeElement)) toggleOf(popover).focus();
      close();
    });
    popover.addEventListener("focusout", ({ relatedTarget }) => {
      // The focus leaves the page while the reader chooses a file.
      if (relatedTarget && !popover.contains(/** @type {Node} */ (relatedTarget))) close();
    });
    onRun(document, close);
  }
}

/**
 * Keep the attribute up to date that tells a screen reader whether the content is shown, which Gradio
 * 6.31 leaves out.
 * @param {HTMLElement} toggle
 */
function announceState(toggle) {
  const announce = () => toggle.setAttribute("aria-expanded", String(isOpen(toggle)));
  new MutationObserver(announce).observe(toggle, { attributeFilter: ["class"] });
  announce();
}

/**
 * Let nobody use the content of a popover that opens for the first time before it is complete. Gradio
 * 6.31 adds it then, and in the frame after that sets its fields to their first values: what a reader
 * has typed by then would be lost.
 * @param {HTMLElement} content
 */
async function holdInput(content) {
  content.inert = true;
  do await nextFrame();
  while (!content.querySelector("button"));
  await nextFrame();
  await nextFrame();
  content.inert = false;
}

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/**
 * Return whether Gradio shows the content of an accordion.
 * @param {HTMLElement} toggle
 */
const isOpen = (toggle) => toggle.classList.contains("open");
