// The message line below the form (bertviz_space/page/message_line.py).

/**
 * @typedef {object} Message
 * @property {string} text
 * @property {"status" | "error" | "resolved"} kind "resolved" removes the error with this text
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
    line.dataset.kind = kind === "error" ? kind : "status";
  };
  watch("value", write);
  write();
}
