// Runs the request of a link. Gradio calls `handle` when the fields have the values of the link.

import { runButtonOf } from "./elements.js";
import { OPENED_WITH } from "./opened_link.js";
import { started } from "./page.js";

/** Press Run if the page was opened by a link to a text. */
export async function handle() {
  // The address bar learns from an event which result is on the page.
  await started;
  if (OPENED_WITH.get("text")) runButtonOf(document).click();
}
