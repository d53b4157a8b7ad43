// A button that explains what an attention head is, where a view first names heads.

import { appendElement } from "../drawing/element.js";
import { createPopup } from "./popup.js";

const QUESTION = "What is an attention head?";

const ANSWER =
  "Each layer of the model has several attention heads, which work side by side. For every token " +
  "(the query), a head distributes a weight of 1 over the tokens that it reads from (the keys): how " +
  "much it takes from each of them. A line is one of these weights: the larger the weight, the more " +
  "opaque the line.";

/**
 * Create the button, with the explanation closed.
 * @param {HTMLElement} host a positioned element
 */
export function createHeadHelp(host) {
  const { button, list } = createPopup(host, { text: "?", label: QUESTION });
  button.setAttribute("aria-label", QUESTION);
  button.title = QUESTION;
  appendElement(list, "p", "bertviz-help-text").textContent = ANSWER;
}
