// What an axis shows: its tokens, or its words. The server says where words begin
// (bertviz_space/trace/words.py); both join the tokens of a word in the same way and pass the cases of
// tests/fixtures/shared_cases/words.json.

import { positionsOfToken, tokensAt } from "./token_position.js";

/** @typedef {import("./token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("./wire.js").Token} Token */

/**
 * The units of an axis: tokens or words.
 * @typedef {object} Units
 * @property {Token[]} tokens one for each unit
 * @property {number[]} starts `[unit]`, the position of the first token of each unit
 * @property {Uint32Array} unitOfToken `[position]`
 */

/**
 * Return the units of an axis.
 * @param {Token[]} tokens of the axis
 * @param {number[] | null} words the position of the first token of each word; null for tokens
 * @returns {Units}
 */
export function unitsOf(tokens, words) {
  if (!words) {
    const positions = [...tokens.keys()];
    return { tokens, starts: positions, unitOfToken: Uint32Array.from(positions) };
  }
  const unitOfToken = new Uint32Array(tokens.length);
  const units = words.map((begin, unit) => {
    const end = words[unit + 1] ?? tokens.length;
    unitOfToken.fill(unit, begin, end);
    return joined(tokens.slice(begin, end));
  });
  return { tokens: units, starts: words, unitOfToken };
}

/**
 * Return the units of a span of tokens.
 * @param {Units} units
 * @param {[number, number]} span the first position, and one past the last
 * @returns {[number, number]}
 */
export function spanOfUnits({ starts, unitOfToken }, [begin, end]) {
  return [unitOfToken[begin], end < unitOfToken.length ? unitOfToken[end] : starts.length];
}

/**
 * Return the units of tokens.
 * @param {Units} units
 * @param {TokenPosition} token a link may have one that the text does not have
 * @returns {TokenPosition} its positions are numbers of units
 */
export function unitsOfToken({ unitOfToken }, token) {
  const units = positionsOfToken(token).map((each) => unitOfToken[each] ?? unitOfToken.length);
  return tokensAt(token.axis, units) ?? token;
}

/**
 * Return the first tokens of units.
 * @param {Units} units
 * @param {TokenPosition} unit its positions are numbers of units
 * @returns {TokenPosition}
 */
export function firstTokensOf({ starts }, unit) {
  const positions = positionsOfToken(unit).map((each) => starts[each] ?? each);
  return tokensAt(unit.axis, positions) ?? unit;
}

/**
 * Return the positions of a unit's tokens.
 * @param {Units} units
 * @param {number} unit
 * @returns {[number, number]} the first position, and one past the last
 */
export function tokensOfUnit({ starts, unitOfToken }, unit) {
  return [starts[unit], starts[unit + 1] ?? unitOfToken.length];
}

/**
 * Return a token for a word: the token itself if the word has no other one.
 * @param {Token[]} tokens at least one
 * @returns {Token}
 */
function joined(tokens) {
  const [first] = tokens;
  if (tokens.length === 1) return first;
  let text = "";
  let reached = first.start;
  for (const token of tokens) {
    // Tokens that share characters have the same text.
    if (token.end <= reached) continue;
    text += token.text;
    reached = token.end;
  }
  return {
    ...first,
    text,
    vocabulary: tokens.map((token) => token.vocabulary).join(" "),
    token_id: -1,
    end: tokens[tokens.length - 1].end,
    special: false,
    part: [1, 1],
  };
}
