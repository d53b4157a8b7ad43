// The message line below the form (bertviz_space/page/message_line.py).

/**
 * @typedef {object} Message
 * @property {string} text
 * @property {"step" | "status" | "error" | "resolved"} kind "step" while a text is run; "resolved" removes
 *   the error with this text
 */

/**
 * @typedef {object} MessageLineComponent what Gradio supplies
 * @property {HTMLElement} element
 * @property {{value: Message | "" | null}} props
 * @property {(name: string, onChange: () => void) => void} watch
 */

/** @param {MessageLineComponent} component */
export function start({ element, props, watch }) {
  const line = /** @type {HTMLElement} */ (element.querySelector("p"));
  const write = () => {
    const { text, kind } = props.value || { text: "", kind: "status" };
    if (kind === "resolved" && line.textContent !== text) return;
    line.textContent = kind === "resolved" ? "" : text;
    line.dataset.kind = kind === "resolved" ? "status" : kind;
    // The views do not ask the reader to run a text that is running.
    element.ownerDocument.body.classList.toggle("bertviz-running", kind === "step");
  };
  watch("value", write);
  write();
}
