// A field that goes to a token: Enter to the next place where the text is found, Shift to the one
// before.

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */

const TITLE = "A word of the text, or # and a position; Enter goes on, Shift and Enter back";

/**
 * @param {HTMLElement} host an empty element of its own
 * @param {{search: (text: string) => TokenPosition[], onFind: (token: TokenPosition) => void}} actions
 */
export function createTokenFinder(host, { search, onFind }) {
  const document = host.ownerDocument;
  host.hidden = true;
  const caption = host.appendChild(document.createElement("label"));
  caption.className = "bertviz-picker";
  caption.append("Find");
  const field = caption.appendChild(document.createElement("input"));
  field.enterKeyHint = "search";
  field.size = 12;
  field.placeholder = "word or #12";
  field.title = TITLE;
  const note = caption.appendChild(document.createElement("output"));
  /** @type {TokenPosition | null} */
  let last = null;

  field.addEventListener("input", () => {
    last = null;
    note.textContent = "";
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    go(event.shiftKey ? -1 : 1);
  });

  /** @param {1 | -1} step */
  function go(step) {
    const found = search(field.value);
    if (!found.length) {
      note.textContent = field.value.trim() ? "not found" : "";
      return;
    }
    const at = found.findIndex(
      ({ axis, position }) => axis === last?.axis && position === last.position,
    );
    // From nowhere the first step leads to the first place, or to the last one.
    const next = at < 0 && step < 0 ? found.length - 1 : (at + step + found.length) % found.length;
    last = found[next];
    note.textContent = `${next + 1} of ${found.length}`;
    onFind(last);
  }

  return {
    /** @param {boolean} visible */
    show(visible) {
      host.hidden = !visible;
    },
  };
}
