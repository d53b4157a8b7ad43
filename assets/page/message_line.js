// The message line below the form (bertviz_space/page/message_line.py).

import { appendButton } from "../controls/button.js";

/**
 * @typedef {object} Message
 * @property {string} text
 * @property {"step" | "writing" | "status" | "error" | "resolved"} kind "step" while a text is run,
 *   "writing" while the model writes; "resolved" removes the error with this text
 */

/**
 * @typedef {object} MessageLineComponent what Gradio supplies
 * @property {HTMLElement} element
 * @property {{value: Message | "" | null}} props
 * @property {(name: string, onChange: () => void) => void} watch
 * @property {{stop_writing: () => Promise<void>}} server
 */

/** @param {MessageLineComponent} component */
export function start({ element, props, watch, server }) {
  const line = /** @type {HTMLElement} */ (element.querySelector("p"));
  const stop = appendButton(element, "Stop writing", () => {
    // The message of the run's end follows; without a connection, the run's own error does.
    server.stop_writing().catch(() => {});
  });
  const write = () => {
    const { text, kind } = props.value || { text: "", kind: "status" };
    if (kind === "resolved" && line.textContent !== text) return;
    line.textContent = kind === "resolved" ? "" : text;
    line.dataset.kind = kind === "resolved" ? "status" : kind;
    stop.hidden = kind !== "writing";
    // The views do not ask the reader to run a text that is running.
    element.ownerDocument.body.classList.toggle(
      "bertviz-running",
      kind === "step" || kind === "writing",
    );
  };
  watch("value", write);
  write();
}
