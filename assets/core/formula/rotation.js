// The pairs of dimensions that a rotary layer rotates with the position, in words.

import { fixedNumber } from "../text/number_format.js";

/** @typedef {import("../data/wire.js").Rotation} Rotation */

/**
 * Return a sentence about which dimensions rotate with the position, and in which pairs.
 * @param {Rotation} rotation
 * @param {number} headDim
 * @returns {string}
 */
export function rotationNote({ start, size, interleaved }, headDim) {
  const pairs = interleaved ? "in pairs of neighbors" : `in pairs of i and i + ${size / 2}`;
  if (size === headDim) return `All ${size} dimensions rotate with the position, ${pairs}.`;
  const range = `Dimensions ${start} to ${start + size - 1}`;
  return `${range} rotate with the position, ${pairs}; the other ${headDim - size} do not.`;
}

/**
 * Return the dimension that rotates together with another; null if the dimension does not rotate.
 * @param {Rotation | null} rotation
 * @param {number} dim
 * @returns {number | null}
 */
export function partnerOf(rotation, dim) {
  if (!rotation || dim < rotation.start || dim >= rotation.start + rotation.size) return null;
  const offset = dim - rotation.start;
  if (rotation.interleaved) return rotation.start + (offset ^ 1);
  return rotation.start + ((offset + rotation.size / 2) % rotation.size);
}

/**
 * Return the description of one element of a vector.
 * @param {object} cell
 * @param {string} cell.name the name of the vector
 * @param {number} cell.dim
 * @param {number | null} cell.partner the dimension that rotates together with `dim`
 * @param {ArrayLike<number>} cell.numbers the vector
 * @param {boolean} cell.hasRotation whether the layer rotates any dimension
 * @returns {string}
 */
export function cellNote({ name, dim, partner, numbers, hasRotation }) {
  const number = `${name}, dimension ${dim}: ${fixedNumber(numbers[dim], 3)}`;
  if (partner !== null) {
    return `${number}; rotates with dimension ${partner}: ${fixedNumber(numbers[partner], 3)}`;
  }
  return hasRotation ? `${number}; does not rotate` : number;
}
