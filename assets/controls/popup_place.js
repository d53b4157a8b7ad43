// The place of an element that pops up beside a button, inside the window.

/** Pixels between the button and the popup, and between the popup and the window's edge. */
const [GAP, MARGIN] = [6, 8];

/**
 * Move a popup below its button, or above it if there is more room. A popup that is higher than its
 * room scrolls. It ends at the right edge of the button, unless it would leave the window.
 * @param {HTMLElement} popup an absolutely positioned element
 * @param {HTMLElement} button in the same positioned element
 */
export function placePopup(popup, button) {
  const { documentElement } = popup.ownerDocument;
  const [windowWidth, windowHeight] = [documentElement.clientWidth, documentElement.clientHeight];
  const { left, right, top, bottom } = button.getBoundingClientRect();
  popup.style.maxHeight = "";
  popup.style.maxWidth = `${windowWidth - 2 * MARGIN}px`;
  const { width, height } = popup.getBoundingClientRect();
  const [below, above] = [windowHeight - bottom, top].map((room) => room - GAP - MARGIN);
  const isAbove = height > below && above > below;
  popup.style.maxHeight = `${Math.max(0, isAbove ? above : below)}px`;
  popup.style.top = isAbove ? "auto" : `calc(100% + ${GAP}px)`;
  popup.style.bottom = isAbove ? `calc(100% + ${GAP}px)` : "auto";
  const leftInWindow = Math.max(MARGIN, Math.min(right, windowWidth - MARGIN) - width);
  popup.style.left = `${leftInWindow - left}px`;
}
