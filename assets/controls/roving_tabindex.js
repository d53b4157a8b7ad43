// Keyboard focus among the items of a list or grid ("roving tabindex" in the ARIA Authoring Practices):
// the Tab key reaches one item, and the arrow keys move between the items.

/**
 * Make a container one stop of the Tab key and let arrow keys, Home and End move between its items.
 * @param {Element} container
 * @param {string} selector of the items, in reading order
 * @param {() => number} [columns] number of columns of a grid; 1 for a list, where both pairs of arrow
 *   keys move
 * @returns {{update: () => void}} call `update` after each draw, so that exactly one item has tabindex 0
 */
export function createRovingTabindex(container, selector, columns = () => 1) {
  let current = 0;
  const items = () => /** @type {HTMLElement[]} */ ([...container.querySelectorAll(selector)]);

  function update() {
    const all = items();
    current = Math.max(0, Math.min(current, all.length - 1));
    for (const [index, item] of all.entries()) item.tabIndex = index === current ? 0 : -1;
  }

  /** @param {Event} event */
  function indexOf(event) {
    const target = /** @type {Element} */ (event.target).closest(selector);
    return items().indexOf(/** @type {HTMLElement} */ (target));
  }

  // Chromium makes every SVG element with a focus listener a stop of the Tab key.
  if (container instanceof SVGElement) container.tabIndex = -1;
  container.addEventListener("focusin", (event) => {
    const index = indexOf(event);
    if (index < 0) return;
    current = index;
    update();
  });
  container.addEventListener("keydown", (event) => {
    const index = indexOf(event);
    if (index < 0) return;
    const all = items();
    const { key } = /** @type {KeyboardEvent} */ (event);
    const next = indexAfterKey(key, index, all.length, columns());
    if (next === null) return;
    event.preventDefault();
    all[next]?.focus();
  });
  return { update };
}

/**
 * Return the item that a key moves the focus to.
 * @param {string} key
 * @param {number} index of the focused item
 * @param {number} length number of items
 * @param {number} [columns] of the grid
 * @returns {number | null} the index of an item; null if the key does not move the focus
 */
export function indexAfterKey(key, index, length, columns = 1) {
  /** @type {Record<string, number>} */
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
  if (key === "Home") return 0;
  if (key === "End") return length - 1;
  if (!(key in steps)) return null;
  const next = index + steps[key];
  return next >= 0 && next < length ? next : index;
}
