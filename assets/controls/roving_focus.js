// Many things behind one stop of the Tab key: arrow keys go from one to the next, as in a list or a
// grid of the desktop.

/**
 * @param {Element} container
 * @param {string} selector of what can be gone to, in reading order
 * @param {() => number} [columns] of the grid; one makes a list, where both pairs of arrows work
 * @returns {{settle: () => void}} call settle after each draw: one item stays the stop
 */
export function createRovingFocus(container, selector, columns = () => 1) {
  let stop = 0;
  const items = () => /** @type {HTMLElement[]} */ ([...container.querySelectorAll(selector)]);

  function settle() {
    const all = items();
    stop = Math.max(0, Math.min(stop, all.length - 1));
    for (const [index, item] of all.entries()) item.tabIndex = index === stop ? 0 : -1;
  }

  /** @param {Event} event */
  function indexOf(event) {
    const target = /** @type {Element} */ (event.target).closest(selector);
    return items().indexOf(/** @type {HTMLElement} */ (target));
  }

  // Chromium makes every SVG element with a focus listener a stop of its own.
  if (container instanceof SVGElement) container.tabIndex = -1;
  container.addEventListener("focusin", (event) => {
    const index = indexOf(event);
    if (index < 0) return;
    stop = index;
    settle();
  });
  container.addEventListener("keydown", (event) => {
    const index = indexOf(event);
    if (index < 0) return;
    const all = items();
    const { key } = /** @type {KeyboardEvent} */ (event);
    const next = nextItem(key, index, all.length, columns());
    if (next === null) return;
    event.preventDefault();
    all[next]?.focus();
  });
  return { settle };
}

/**
 * @param {string} key
 * @param {number} index
 * @param {number} length of all items
 * @param {number} [columns] of the grid
 * @returns {number | null} where the key leads, null for a key that leads nowhere
 */
export function nextItem(key, index, length, columns = 1) {
  /** @type {Record<string, number>} */
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
  if (key === "Home") return 0;
  if (key === "End") return length - 1;
  if (!(key in steps)) return null;
  const next = index + steps[key];
  return next >= 0 && next < length ? next : index;
}
