// A BibTeX file that cites BertViz and the Space.

import { modelName } from "../text/model_name.js";

/** @typedef {import("../data/wire.js").Manifest} Manifest */

/** The entry of the ACL Anthology for the paper about BertViz. */
const BERTVIZ = `@inproceedings{vig-2019-multiscale,
  title = {A Multiscale Visualization of Attention in the {T}ransformer Model},
  author = {Vig, Jesse},
  booktitle = {Proceedings of the 57th Annual Meeting of the Association for Computational Linguistics: System Demonstrations},
  year = {2019},
  month = jul,
  address = {Florence, Italy},
  publisher = {Association for Computational Linguistics},
  pages = {37--42},
  doi = {10.18653/v1/P19-3007},
  url = {https://aclanthology.org/P19-3007},
}
`;

/** The characters that have a meaning in TeX, and how to write them. */
const TEX = new Map([
  ["\\", "\\textbackslash{}"],
  ["~", "\\textasciitilde{}"],
  ["^", "\\textasciicircum{}"],
  ...[..."{}#$%&_"].map((letter) => /** @type {const} */ ([letter, `\\${letter}`])),
]);

/**
 * Return a BibTeX file with an entry for BertViz and one for the Space.
 * @param {Manifest} manifest of the result
 * @param {string} address of the page; empty if the page is a file
 * @param {Date} date of access
 * @returns {string}
 */
export function citation({ model }, address, date) {
  const day = date.toISOString().slice(0, 10);
  const lines = [
    "  title = {{BertViz Space}},",
    ...(address ? [`  url = {${escapeUrl(address)}},`] : []),
    `  urldate = {${day}},`,
    `  note = {${escapeTex(`Attention of ${modelName(model)}`)}. Accessed ${day}},`,
  ];
  return `${BERTVIZ}\n@software{bertviz-space,\n${lines.join("\n")}\n}\n`;
}

/**
 * Return a text for a field of BibTeX, on one line.
 * @param {string} text
 */
function escapeTex(text) {
  const oneLine = text.replace(/\s+/g, " ");
  return oneLine.replace(/[\\~^{}#$%&_]/g, (letter) => TEX.get(letter) ?? letter);
}

/**
 * Return a URL for a field of BibTeX, which a brace would end.
 * @param {string} url
 */
function escapeUrl(url) {
  return url.replace(/[{}\\\s]/g, (letter) => encodeURIComponent(letter));
}
