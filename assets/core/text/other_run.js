// The name of the run that a result is compared with.

import { textsOf } from "./caption.js";
import { cut } from "./label.js";

/** @typedef {import("../data/wire.js").Manifest} Manifest */

/** Letters of a short name. */
const MAX_SHORT = 40;

/**
 * Return a name for the other run of a comparison: what differs from this run.
 * @param {Pick<Manifest, "compared">} manifest
 * @returns {string} empty for a result that is compared with none
 */
export function otherRunInWords({ compared }) {
  if (!compared) return "";
  const { differs, other } = compared;
  const texts = textsOf(other.source, other.target).map(([, text]) => `“${text}”`);
  const parts = [];
  if (differs.includes("model")) parts.push(other.model.model_id);
  if (differs.includes("text")) parts.push(texts.join(" and "));
  return parts.join(" on ") || "the run without interventions";
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
