// The beginning, the lines and the numbers of a CSV file.

import { interventionsInWords } from "../data/interventions_in_words.js";
import { otherRunWithCommit } from "../text/other_run.js";
import { textsOf } from "../text/texts_read.js";

/** Without a byte order mark, Excel decodes a file with an encoding of the reader's country. */
const BYTE_ORDER_MARK = "\uFEFF";

/** A spreadsheet evaluates a cell that begins with one of these as a formula. */
const FORMULA = /^[=+\-@＝＋－＠]/;

/**
 * Return a line of a CSV file as RFC 4180 defines it. A text that contains "#" is quoted too: programs
 * that skip comments, such as pandas with `comment="#"`, would cut the line there.
 * @param {(string | number)[]} cells
 * @returns {string} ends with CRLF
 */
export function csvLine(cells) {
  const fields = cells.map((cell) =>
    typeof cell === "string" && /[",\r\n#]/.test(cell) ? quoted(cell) : cell,
  );
  return `${fields.join(",")}\r\n`;
}

/**
 * Return a line that programs can skip as a comment. A spreadsheet shows it as two cells.
 * @param {string} name
 * @param {string} text
 * @returns {string} ends with CRLF
 */
export function commentLine(name, text) {
  // A comment ends with its line, also inside quotes.
  return `# ${name},${quoted(cellText(text.replace(/[\r\n]+/g, " ")))}\r\n`;
}

/**
 * Return the beginning of a file: comments that name the model, the texts, the interventions, and the run
 * that the result is compared with.
 * @param {import("../data/wire.js").Manifest} manifest
 * @returns {string[]}
 */
export function beginningOf(manifest) {
  const { model, source, target } = manifest;
  const interventions = interventionsInWords(manifest);
  const other = otherRunWithCommit(manifest);
  return [
    BYTE_ORDER_MARK,
    commentLine("model", model.model_id),
    commentLine("commit", model.revision),
    ...textsOf(source, target).map(([name, text]) => commentLine(`text ${name}`.trim(), text)),
    ...(interventions.length ? [commentLine("interventions", interventions.join("; "))] : []),
    ...(other ? [commentLine("compared with", other)] : []),
  ];
}

/**
 * Return a text that a spreadsheet does not evaluate as a formula: an apostrophe precedes such a text.
 * @param {string} text
 * @returns {string}
 */
export function cellText(text) {
  return FORMULA.test(text) ? `'${text}` : text;
}

/**
 * Return the number with the fewest digits that reads back as the same float32.
 * @param {number} value float32
 * @returns {number}
 */
export function shortestFloat32(value) {
  for (const digits of [6, 7, 8]) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}

/** @param {string} text */
function quoted(text) {
  return `"${text.replaceAll('"', '""')}"`;
}
