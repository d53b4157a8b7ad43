// Where a reader's words are in a text that is cut into tokens.

/** @typedef {import("../data/wire.js").Token} Token */

/**
 * The tokens at which some text begins, wherever it is cut: `oranges` is found in `orange`, `##s`.
 * Upper and lower case are one. `#12` is the token at position 12.
 * @param {Token[]} tokens of the whole axis
 * @param {[number, number]} span of them to search in
 * @param {string} wanted
 * @returns {number[]} positions in order
 */
export function findTokens(tokens, [begin, end], wanted) {
  const position = wanted.trim().match(/^#(\d+)$/)?.[1];
  if (position !== undefined) {
    return begin <= Number(position) && Number(position) < end ? [Number(position)] : [];
  }
  const needle = wanted.trim().replace(/\s+/g, " ").toLowerCase();
  if (!needle) return [];
  let text = "";
  /** @type {number[]} the position of the token that each letter of the text is of */
  const owners = [];
  for (let at = begin; at < end; at++) {
    const token = tokens[at];
    if (token.part[0] > 1) continue; // its letter is there already
    const before = tokens[at - 1];
    const isApart = at > begin && (token.special || before.special || token.start > before.end);
    const letters = `${isApart ? " " : ""}${token.text}`.replace(/\s+/g, " ").toLowerCase();
    text += letters;
    for (let letter = 0; letter < letters.length; letter++) owners.push(at);
  }
  const found = new Set();
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
    found.add(owners[at]);
  }
  return [...found];
}
