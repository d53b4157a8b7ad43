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
 * Draw a picker into its place; it hides where there is no choice to make. The list itself stays, and
 * with it the focus of a reader who works it by keys.
 * @template T
 * @param {HTMLElement} host an element of its own, empty or drawn before
 * @param {PickerOptions<T>} options
 */
export function drawPicker(host, { label, choices, text, chosen, onChange }) {
  const document = host.ownerDocument;
  const list = host.querySelector("select") ?? appendList(host, label);
  host.hidden = choices.length < 2;
  list.replaceChildren(
    ...choices.map((choice) => {
      const option = document.createElement("option");
      option.textContent = text(choice);
      return option;
    }),
  );
  list.selectedIndex = choices.indexOf(chosen);
  list.onchange = () => onChange(choices[list.selectedIndex]);
}

/**
 * @param {HTMLElement} host
 * @param {string} label
 * @returns {HTMLSelectElement}
 */
function appendList(host, label) {
  const document = host.ownerDocument;
  const caption = host.appendChild(document.createElement("label"));
  caption.className = "bertviz-picker";
  caption.append(label);
  return caption.appendChild(document.createElement("select"));
}
