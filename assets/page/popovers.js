// The popovers "Examples", "Compare" and "Own file" are accordions of Gradio. page.css draws their content
// over the page.

import { compareOf, contentOf, examplesOf, ownFileOf, toggleOf } from "./elements.js";
import { onRun } from "./reader_runs.js";

/** @param {Document} document */
export function connectPopovers(document) {
  for (const popover of [examplesOf(document), compareOf(document), ownFileOf(document)]) {
    const toggle = toggleOf(popover);
    const content = contentOf(popover);
    announceState(toggle, content);
    toggle.addEventListener("click", () => holdInput(content), { once: true });
    const close = () => {
      if (isOpen(toggle)) toggle.click();
    };
    document.body.addEventListener("click", ({ target }) => {
      if (!popover.contains(/** @type {Node} */ (target))) close();
    });
    document.body.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape") return;
      if (popover.contains(document.activeElement)) toggle.focus();
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
 * Keep the attribute up to date that tells a screen reader whether the content can be used, which Gradio
 * 6.31 leaves out.
 * @param {HTMLElement} toggle
 * @param {HTMLElement} content
 */
function announceState(toggle, content) {
  const announce = () => {
    const isUsable = isOpen(toggle) && !content.hasAttribute("inert");
    toggle.setAttribute("aria-expanded", String(isUsable));
  };
  const observer = new MutationObserver(announce);
  observer.observe(toggle, { attributeFilter: ["class"] });
  observer.observe(content, { attributeFilter: ["inert"] });
  announce();
}

/**
 * Let nobody use the content of a popover that opens for the first time before it is complete. Gradio
 * 6.31 adds it then, and in the frame after that sets its fields to their first values: what a reader
 * has typed by then would be lost.
 * @param {HTMLElement} content
 */
async function holdInput(content) {
  content.toggleAttribute("inert", true);
  do await nextFrame();
  while (!content.querySelector("button"));
  await nextFrame();
  await nextFrame();
  content.toggleAttribute("inert", false);
}

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/**
 * Return whether Gradio shows the content of an accordion.
 * @param {HTMLElement} toggle
 */
const isOpen = (toggle) => toggle.classList.contains("open");
