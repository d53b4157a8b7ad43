// A labelled choice from a list.

/**
 * @template T
 * @typedef {object} PickerOptions
 * @property {string} label
 * @property {T[]} choices
 * @property {(choice: T) => string} text what the list says
 * @property {T} chosen
 * @property {(choice: T) => void} onChange
 */

/**
 * Draw a picker into its place; it hides where there is no choice to make.
 * @template T
 * @param {HTMLElement} host an element of its own, empty or drawn before
 * @param {PickerOptions<T>} options
 */
export function drawPicker(host, { label, choices, text, chosen, onChange }) {
  const document = host.ownerDocument;
  host.hidden = choices.length < 2;
  const caption = document.createElement("label");
  caption.className = "bertviz-picker";
  caption.append(label);
  const list = caption.appendChild(document.createElement("select"));
  for (const choice of choices) {
    const option = list.appendChild(document.createElement("option"));
    option.textContent = text(choice);
    option.selected = choice === chosen;
  }
  list.addEventListener("change", () => onChange(choices[list.selectedIndex]));
  host.replaceChildren(caption);
}
