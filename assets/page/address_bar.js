// The address bar: the page's address is always a link to what the page shows.

import { onShown } from "../views/page_events.js";
import { createLinkButton } from "./link_button.js";
import { onTabOpened, openViewOf } from "./tabs.js";

/** @typedef {import("../views/page_events.js").Shown} Shown */

/**
 * Keep the address up to date, and offer it to copy.
 * @param {Window} window
 * @param {string[]} requestNames the names of a request's fields in a link
 */
export function keepLinkInAddressBar(window, requestNames) {
  const { document, history, location } = window;
  const button = createLinkButton(window);
  /** @type {Partial<Shown>} */
  let shown = {};
  const write = () => {
    if (!shown.choices) return;
    const query = linkedQuery(location.search, requestNames, shown, openViewOf(document));
    const address = `${location.pathname}?${query}`;
    if (address !== location.pathname + location.search) {
      history.replaceState(history.state, "", address);
    }
    button.update(shown.origin?.request);
  };
  onShown(document, (newlyShown) => {
    shown = { ...shown, ...newlyShown };
    write();
  });
  onTabOpened(document, write);
}

/**
 * Return the query string of a link to what the page shows. Other parts of the current query string,
 * such as the theme, are kept.
 * @param {string} search the current query string
 * @param {string[]} requestNames
 * @param {Partial<Shown>} shown
 * @param {string} [view] the name of the open view; the head view's is left out
 * @returns {URLSearchParams}
 */
export function linkedQuery(search, requestNames, shown, view = "") {
  const query = new URLSearchParams(search);
  for (const name of requestNames) query.delete(name);
  for (const [name, value] of new URLSearchParams(shown.origin?.request ?? ""))
    query.append(name, value);
  const choices = { ...shown.choices, view: view === "head" ? "" : view };
  for (const [name, value] of Object.entries(choices)) {
    query.delete(name);
    if (value) query.append(name, value);
  }
  return query;
}
