// The text that a causal model wrote to continue the reader's text.

/** @typedef {import("../data/wire.js").Manifest} Manifest */

/**
 * Return the text of the tokens that the model wrote, without special tokens. A blank replaces whatever
 * lies between two tokens and belongs to no token.
 * @param {Pick<Manifest, "source" | "written_from">} manifest
 * @returns {string} empty if it wrote none
 */
export function writtenText({ source, written_from }) {
  if (written_from === null) return "";
  let text = "";
  let end = source[written_from - 1].end;
  for (const token of source.slice(written_from)) {
    // Tokens that share characters have the same text.
    if (token.special || token.end <= end) continue;
    text += token.start > end ? ` ${token.text}` : token.text;
    end = token.end;
  }
  return text;
}
