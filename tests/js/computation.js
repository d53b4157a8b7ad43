// Where the expanded neuron view draws its vectors, and what color their cells have.

import assert from "node:assert/strict";
import { assertClose, pixels, tokenBoxes } from "./ink.js";

/** Pixels between the columns of keys and products. */
const COLUMN_GAP = 28;

/** The headings of the columns of vectors. */
export const VECTORS = { q: "Query q", k: "Key k", product: "q × k (elementwise)" };

/**
 * Return a text above the columns.
 * @param {Element} figure
 * @param {string} text the whole text
 */
export function heading(figure, text) {
  return [...figure.querySelectorAll("text")].find(({ textContent }) => textContent === text);
}

/**
 * Return the middle of a heading, in pixels.
 * @param {Element} figure
 * @param {string} text
 */
export function middleOf(figure, text) {
  return Number(heading(figure, text).getAttribute("x"));
}

/** Return the width of a vector, in pixels. */
export function bandWidth(figure) {
  return middleOf(figure, VECTORS.product) - middleOf(figure, VECTORS.k) - COLUMN_GAP;
}

/**
 * Return the middles of the cells of one vector.
 * @param {Element} figure
 * @param {keyof typeof VECTORS} column
 * @param {number} row of the queries or the keys
 * @param {number} size numbers of the vector
 * @param {number} [width] of the vector, in pixels; needed where not all columns are shown
 * @returns {import("./ink.js").Point[]}
 */
export function cells(figure, column, row, size, width = bandWidth(figure)) {
  const { y, height } = tokenBoxes(figure, column === "q" ? "queries" : "keys")[row];
  const middle = middleOf(figure, VECTORS[column]);
  return Array.from({ length: size }, (_, dim) => [
    middle + ((dim + 0.5) / size - 0.5) * width,
    y + height / 2,
  ]);
}

/**
 * Check a drawn vector: positive numbers are blue, negative ones orange, and the opacity is
 * tanh(|number| / 4).
 * @param {Element} figure
 * @param {keyof typeof VECTORS} column
 * @param {number} row
 * @param {number[]} vector
 * @param {number} [width] of the drawn vector, in pixels; needed where not all columns are shown
 */
export function assertVector(figure, column, row, vector, width) {
  const drawn = pixels(figure, cells(figure, column, row, vector.length, width));
  for (const [dim, pixel] of drawn.entries()) assertNumber(pixel, vector[dim]);
}

/**
 * Check the color and the opacity of a number.
 * @param {import("./ink.js").Pixel} pixel
 * @param {number} number
 */
export function assertNumber([red, green, blue, alpha], number) {
  assertClose(alpha, 255 * Math.tanh(Math.abs(number) / 4), 1.01);
  if (alpha <= 8) return;
  const isBlue = blue > green && green > red;
  const isOrange = red > green && green > blue;
  assert.ok(number > 0 ? isBlue : isOrange, `${number} is ${[red, green, blue]}`);
}
