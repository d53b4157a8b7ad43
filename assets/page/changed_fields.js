// Tells the views when the page's fields no longer contain what the picture shows.

import { FIELDS, onShown, reportChange } from "../views/page_events.js";
import { isInPage } from "./elements.js";

/** @typedef {import("../views/page_events.js").FieldValue} FieldValue */

const LANGUAGES = "Languages changed";
const COMPARISON = "Comparison changed";

/**
 * What a reader changes in a field, in the order of `Fields.request` (bertviz_space/page/fields.py); null
 * for the interventions, which change only together with the picture.
 */
const CHANGES = [
  "Model changed",
  "Text changed",
  "Text changed",
  "Text changed",
  LANGUAGES,
  LANGUAGES,
  ...Array(6).fill("Options changed"),
  null,
  COMPARISON,
  COMPARISON,
];

/** What empty fields mean from the number of tokens on; null for no temperature. */
const DEFAULT_NUMBERS = [0, null, 1, 0];

/** @type {{ids: string[], values: FieldValue[]} | null} the fields, null before the first change */
let fields = null;
/** @type {FieldValue[] | null} what the fields contained when the picture was made */
let used = null;

/**
 * Gradio calls this function when a field has changed.
 * @param {{field_ids: string[]}} data the ids of the fields
 * @param {FieldValue[]} values of the fields
 */
export function handle({ field_ids: ids }, ...values) {
  fields = { ids, values };
  report(document);
}

/**
 * Compare each new picture with the fields.
 * @param {Document} document
 */
export function watchPictures(document) {
  onShown(document, ({ origin }) => {
    if (!origin) return;
    used = origin.fields;
    report(document);
  });
}

/** @param {Document} document */
function report(document) {
  if (!fields) return;
  // A field that the model does not have keeps its value, and is not in the page.
  // The popover of a comparison keeps its values while it is closed, and they are those of the next run.
  const shown = fields.ids.map((id, at) => CHANGES[at] === COMPARISON || isInPage(document, id));
  reportChange(document, used ? changeOf(fields.values, used, shown) : "");
}

/**
 * Return what a reader has changed since a run; an empty string for nothing.
 * @param {FieldValue[]} values of the fields
 * @param {FieldValue[]} used the values of the run
 * @param {boolean[]} shown whether the page shows the field
 * @returns {string}
 */
export function changeOf(values, used, shown) {
  const hasContinuation = [values, used].some((each) => numberIn(each, FIELDS.numTokens) !== 0);
  const index = values.findIndex((value, at) => {
    if (!shown[at] || !CHANGES[at]) return false;
    // The settings of a continuation count only if there is one.
    if (at >= FIELDS.numTokens && at < FIELDS.interventions)
      return hasContinuation && numberIn(values, at) !== numberIn(used, at);
    // A run without a language used the model's default, which the field may show only later.
    if (CHANGES[at] === LANGUAGES && !used[at]) return false;
    return (value || "") !== (used[at] || "");
  });
  return CHANGES[index] ?? "";
}

/**
 * Return the number in a field of the continuation.
 * @param {FieldValue[]} values of the fields
 * @param {number} at index of the field
 * @returns {number | null} the default of an empty field; NaN if the text is no number
 */
function numberIn(values, at) {
  const value = values[at] ?? "";
  return String(value).trim() === "" ? DEFAULT_NUMBERS[at - FIELDS.numTokens] : Number(value);
}
