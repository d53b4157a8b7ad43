// Which dimensions of a vector turn together: for marks and in words.

import { fixedNumber } from "./formula_description.js";

/** @typedef {import("../data/wire.js").Rotation} Rotation */

/**
 * Which dimensions turn with the position, and which two together.
 * @param {Rotation} rotation
 * @param {number} headDim
 * @returns {string}
 */
export function rotationNote({ start, size, interleaved }, headDim) {
  const pairs = interleaved ? "neighbours in pairs" : `i together with i + ${size / 2}`;
  if (size === headDim) return `All ${size} dimensions turn with the position, ${pairs}.`;
  const span = `Dimensions ${start} to ${start + size - 1}`;
  return `${span} turn with the position, ${pairs}; the other ${headDim - size} stay.`;
}

/**
 * The dimension that turns together with one; null for one that does not turn.
 * @param {Rotation | null} rotation
 * @param {number} dim
 * @returns {number | null}
 */
export function partnerOf(rotation, dim) {
  if (!rotation || dim < rotation.start || dim >= rotation.start + rotation.size) return null;
  const place = dim - rotation.start;
  if (rotation.interleaved) return rotation.start + (place ^ 1);
  return rotation.start + ((place + rotation.size / 2) % rotation.size);
}

/**
 * What is said of one cell of a vector.
 * @param {object} cell
 * @param {string} cell.name of the vector
 * @param {number} cell.dim
 * @param {number | null} cell.partner the dimension that turns together with it
 * @param {ArrayLike<number>} cell.numbers of the vector
 * @param {boolean} cell.hasRotation whether any dimension does
 * @returns {string}
 */
export function cellNote({ name, dim, partner, numbers, hasRotation }) {
  const number = `${name}, dimension ${dim}: ${fixedNumber(numbers[dim], 3)}`;
  if (partner !== null) {
    return `${number}; turns with dimension ${partner}: ${fixedNumber(numbers[partner], 3)}`;
  }
  return hasRotation ? `${number}; does not turn` : number;
}
