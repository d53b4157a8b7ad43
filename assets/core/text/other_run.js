// The name of the run that a result is compared with.

import { cut } from "./label.js";
import { modelName } from "./model_name.js";
import { textsOf } from "./texts_read.js";

/** @typedef {import("../data/wire.js").Manifest} Manifest */

/** Letters of a short name. */
const MAX_SHORT = 40;

/**
 * Return a name for the other run of a comparison: what differs from this run.
 * @param {Pick<Manifest, "compared">} manifest
 * @returns {string} empty for a result that is compared with none
 */
export function otherRunInWords({ compared }) {
  return compared ? nameOf(compared, compared.other.model.model_id) : "";
}

/**
 * Return a name for the other run of a comparison that tells the commit of another model.
 * @param {Pick<Manifest, "compared">} manifest
 * @returns {string} empty for a result that is compared with none
 */
export function otherRunWithCommit({ compared }) {
  return compared ? nameOf(compared, modelName(compared.other.model)) : "";
}

/**
 * Return the beginning of the name of the other run, for titles and headings.
 * @param {Pick<Manifest, "compared">} manifest
 * @returns {string} at most MAX_SHORT letters, and the quotation mark at the end
 */
export function otherRunInShort(manifest) {
  const short = cut(otherRunInWords(manifest), MAX_SHORT);
  return short.lastIndexOf("“") > short.lastIndexOf("”") ? `${short}”` : short;
}

/**
 * @param {import("../data/wire.js").Compared} compared
 * @param {string} model name of the other model
 * @returns {string}
 */
function nameOf({ differs, other }, model) {
  const texts = textsOf(other.source, other.target).map(([, text]) => `“${text}”`);
  const parts = [];
  if (differs.includes("model")) parts.push(model);
  if (differs.includes("text")) parts.push(texts.join(" and "));
  return parts.join(" on ") || "the run without interventions";
}
