// Runs the request of a link. Gradio calls `handle` when the page is ready for it, in two steps.

import { runButtonOf } from "./elements.js";
import { OPENED_WITH } from "./opened_link.js";
import { started } from "./page.js";

/** What must happen before the run; see bertviz_space/page/linked_request.py. */
const missing = new Set(["fields", "views"]);

/**
 * Press Run after both steps, if the page was opened by a link to a text.
 * @param {{ready: string}} step
 */
export async function handle({ ready }) {
  missing.delete(ready);
  if (missing.size > 0 || !OPENED_WITH.get("text")) return;
  // The address bar learns from an event which result is on the page.
  await started;
  runButtonOf(document).click();
}
