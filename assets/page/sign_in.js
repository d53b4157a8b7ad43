// Signs a reader in or out, and returns to a link to what the fields contain. Gradio calls `handle`
// when the reader presses the button.

import { isOwnDocument } from "./page_place.js";

/**
 * @typedef {object} SignInData
 * @property {string} sign_in_label the label of the button while the reader is signed out
 * @property {string[]} names the names of the fields in a link
 * @property {number} max_characters a longer query string is left out of the link
 */

/** @typedef {string | boolean | number | null} FieldValue */

/**
 * @param {SignInData} data
 * @param {string} label the label of the button
 * @param {FieldValue[]} values the values of the fields, in the order of `names`
 */
export function handle(data, label, ...values) {
  // Asks the Hub's page around a Space to let the sign-in page scroll.
  window.parent?.postMessage({ type: "SET_SCROLLING", enabled: true }, "*");
  const url = signInUrl(data, label, values);
  if (isOwnDocument(document)) window.location.assign(url);
  // The Space's own page, because this one is somebody else's.
  else window.open(new URL(url, import.meta.url), "_blank", "noopener");
}

/**
 * Return the path of Gradio that signs in or out and returns to a link.
 * @param {SignInData} data
 * @param {string} label
 * @param {FieldValue[]} values
 */
export function signInUrl({ sign_in_label, names, max_characters }, label, values) {
  const query = new URLSearchParams();
  names.forEach((name, index) => {
    const value = values[index];
    if (value) query.set(name, value === true ? "1" : String(value));
  });
  const link = query.toString().length > max_characters ? "/" : `/?${query}`;
  const path = label === sign_in_label ? "/login/huggingface" : "/logout";
  return `${path}?_target_url=${encodeURIComponent(link)}`;
}
