// A link past the form to the figure: the first element that the Tab key reaches.

import { formOf, panelOf, tabOf } from "./elements.js";
import { openViewOf } from "./tabs.js";

/** @param {Document} document */
export function addSkipLink(document) {
  const link = document.createElement("a");
  link.className = "bertviz-skip";
  link.textContent = "Skip to the figure";
  link.href = `#${panelOf(document, "head").id}`;
  link.addEventListener("click", (event) => {
    // The address is a link to what the page shows, and an anchor is no part of it.
    event.preventDefault();
    const view = openViewOf(document) ?? "head";
    const panel = panelOf(document, view);
    // Gradio 6.31 gives the panel of a tab no name.
    panel.setAttribute("aria-labelledby", tabOf(document, view).id);
    panel.tabIndex = -1;
    panel.focus();
  });
  formOf(document).before(link);
}
