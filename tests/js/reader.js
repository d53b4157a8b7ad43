// The reader's actions in a window without a browser, as the events that a browser dispatches, and the
// elements that a reader looks at.

import { computeAccessibleName, getRole } from "dom-accessibility-api";
import { isVisible } from "./screen.js";

/** @type {WeakMap<Document, Element>} the element below the pointer */
const pointed = new WeakMap();

/**
 * Move the pointer to an element.
 * @param {Element} element
 * @param {{x?: number, y?: number}} [point] in the window, in pixels
 */
export function hover(element, { x = 0, y = 0 } = {}) {
  const { ownerDocument: document } = element;
  const last = pointed.get(document);
  const before = ancestors(last?.isConnected ? last : null);
  const after = ancestors(element);
  pointed.set(document, element);
  const at = { clientX: x, clientY: y };
  if (before[0] !== element) {
    if (before[0]) mouse(before[0], "pointerout", { ...at, relatedTarget: element });
    for (const left of before.filter((each) => !after.includes(each))) {
      mouse(left, "pointerleave", { ...at, bubbles: false });
    }
    mouse(element, "pointerover", { ...at, relatedTarget: before[0] });
    for (const entered of after.filter((each) => !before.includes(each)).reverse()) {
      mouse(entered, "pointerenter", { ...at, bubbles: false });
    }
  }
  mouse(element, "pointermove", at);
}

/**
 * Move the pointer out of the view.
 * @param {Document} document
 */
export function leave(document) {
  hover(document.body);
}

/**
 * Click an element, which moves the focus as in a browser.
 * @param {Element} element
 * @param {{shiftKey?: boolean, detail?: number}} [modifiers] `detail` counts the clicks of a double click
 */
export function click(element, modifiers = {}) {
  hover(element);
  mouse(element, "pointerdown", modifiers);
  const focusable = element.closest("button, input, select, summary, [tabindex]");
  if (mouse(element, "mousedown", modifiers)) {
    if (focusable) focusable.focus();
    else element.ownerDocument.activeElement?.blur();
  }
  mouse(element, "pointerup", modifiers);
  mouse(element, "mouseup", modifiers);
  mouse(element, "click", modifiers);
}

/**
 * Double-click an element: a browser reports both clicks, too.
 * @param {Element} element
 */
export function doubleClick(element) {
  click(element, { detail: 1 });
  click(element, { detail: 2 });
  mouse(element, "dblclick", { detail: 2 });
}

/**
 * Press a key on the focused element. Enter and Space click a button.
 * @param {Document} document
 * @param {string} key as in KeyboardEvent.key
 * @param {{shiftKey?: boolean}} [modifiers]
 */
export function press(document, key, modifiers = {}) {
  const { KeyboardEvent } = document.defaultView;
  const focused = document.activeElement;
  const init = { bubbles: true, cancelable: true, key, ...modifiers };
  const isDefault = focused.dispatchEvent(new KeyboardEvent("keydown", init));
  if (isDefault && [" ", "Enter"].includes(key) && focused.localName === "button") {
    mouse(focused, "click", modifiers);
  }
  (document.activeElement ?? focused).dispatchEvent(new KeyboardEvent("keyup", init));
}

/**
 * Choose an option of one of a view's pickers.
 * @param {Element} host
 * @param {string} label
 * @param {string} choice
 */
export function pick(host, label, choice) {
  const select = picker(host, label);
  const option = [...select.options].find(({ text }) => text === choice);
  if (!option) throw new Error(`${label} has no ${choice}`);
  option.selected = true;
  report(select, "input", "change");
}

/**
 * Replace the text of a field.
 * @param {HTMLInputElement} field
 * @param {string} text
 */
export function fill(field, text) {
  field.focus();
  field.value = text;
  report(field, "input");
}

/**
 * Return the visible elements of a role, or those of them with a name.
 * @param {Element} root
 * @param {string} role
 * @param {string} [name] the whole accessible name
 * @returns {HTMLElement[]}
 */
export function allByRole(root, role, name) {
  return [...root.querySelectorAll("*")].filter(
    (element) =>
      getRole(element) === role &&
      isVisible(element) &&
      (name === undefined || computeAccessibleName(element) === name),
  );
}

/**
 * Return the only visible element of a role with a name.
 * @type {(root: Element, role: string, name?: string) => HTMLElement}
 */
export function byRole(root, role, name) {
  const found = allByRole(root, role, name);
  if (found.length !== 1) throw new Error(`${found.length} elements are a ${role} "${name}"`);
  return found[0];
}

/**
 * Return one of a view's pickers.
 * @param {Element} host
 * @param {string} label
 */
export function picker(host, label) {
  return byRole(host, "combobox", label);
}

/** Return the options of one of a view's pickers. */
export function choices(host, label) {
  return [...picker(host, label).options].map(({ text }) => text);
}

/**
 * Return the visible picture of tokens.
 * @param {Element} host
 * @returns {HTMLElement}
 */
export function figure(host) {
  const found = [...host.querySelectorAll(".bertviz-figure")].filter(isVisible);
  if (found.length !== 1) throw new Error(`${found.length} figures are visible`);
  return found[0];
}

/**
 * Return the tokens of a column that are in the document, in the order of the text.
 * @param {Element} figure
 * @param {"queries" | "keys"} side
 * @returns {SVGElement[]}
 */
export function tokens(figure, side) {
  const found = [...figure.querySelectorAll(`.bertviz-${side} .bertviz-token`)];
  return found.sort((one, other) => rowOf(one) - rowOf(other));
}

/**
 * Return a token of a column.
 * @param {Element} figure
 * @param {"queries" | "keys"} side
 * @param {number} row counted from 0, of all rows of the column
 * @returns {SVGElement}
 */
export function token(figure, side, row) {
  const found = tokens(figure, side).find((each) => rowOf(each) === row);
  if (!found) throw new Error(`row ${row} of the ${side} is not in the document`);
  return found;
}

/** Return the texts of a column of tokens. */
export function labels(figure, side) {
  return texts(tokens(figure, side).map((each) => each.querySelector("text")));
}

/** Return the sentence of the inspector about the highlighted token, phrase by phrase. */
export function readout(host) {
  return texts(host.querySelectorAll(".bertviz-readout span"));
}

/**
 * Return whether a text of a figure is visible.
 * @param {Element} root
 * @param {string} text the whole text of an element
 */
export function isVisibleText(root, text) {
  const found = [...root.querySelectorAll("text")].filter((each) => each.textContent === text);
  return found.some(isVisible);
}

/** Return the texts of elements. */
export function texts(elements) {
  return [...elements].map(({ textContent }) => textContent);
}

/** Return the numbers that the texts of a group show; for "<0.001" the middle between 0 and 0.001. */
export function numbers(group) {
  return texts(group.querySelectorAll("text")).map((text) =>
    text === "<0.001" ? 0.0005 : Number(text.replace("−", "-")),
  );
}

function rowOf(token) {
  return Number(token.getAttribute("aria-posinset")) - 1;
}

/** Return an element and its ancestors, the element first. */
function ancestors(element) {
  const found = [];
  for (let each = element; each; each = each.parentElement) found.push(each);
  return found;
}

/** Dispatch an event of the mouse; jsdom 26 has no class for pointer events. */
function mouse(element, type, init) {
  const view = element.ownerDocument.defaultView;
  const event = new view.MouseEvent(type, { bubbles: true, cancelable: true, view, ...init });
  return element.dispatchEvent(Object.assign(event, { pointerType: "mouse" }));
}

function report(field, ...types) {
  const { Event } = field.ownerDocument.defaultView;
  for (const type of types) field.dispatchEvent(new Event(type, { bubbles: true }));
}
