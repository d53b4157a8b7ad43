// Reads pixels of a figure's canvases, and compares them with what BertViz's formulas give. Points are
// pixels from the top left corner of the figure's visible part.

import assert from "node:assert/strict";

export const CATEGORY10 =
  "#1f77b4 #ff7f0e #2ca02c #d62728 #9467bd #8c564b #e377c2 #7f7f7f #bcbd22 #17becf".split(" ");

/** Attention of one head, in the neuron view. */
export const BLUE = "#2b7de9";

/** @typedef {[x: number, y: number]} Point */
/** @typedef {[red: number, green: number, blue: number, alpha: number]} Pixel each from 0 to 255 */
/** @typedef {{x: number, y: number, width: number, height: number}} Box from the top left corner */

/**
 * Return the pixels at points: those of the topmost visible canvas that has a color there.
 * @param {Element} figure
 * @param {Point[]} points
 * @returns {Pixel[]}
 */
export function pixels(figure, points) {
  const canvases = [...figure.querySelectorAll("canvas")]
    .filter(({ style }) => style.visibility !== "hidden")
    .reverse();
  return points.map(([x, y]) => {
    for (const canvas of canvases) {
      if (x < 0 || x >= canvas.width || y < 0 || y >= canvas.height) continue;
      const { data } = canvas.getContext("2d").getImageData(Math.floor(x), Math.floor(y), 1, 1);
      if (data[3] > 0) return [...data];
    }
    return [0, 0, 0, 0];
  });
}

/**
 * Return whether a pixel is neither transparent nor the background of a light page.
 * @param {Pixel} pixel
 */
export function hasInk(pixel) {
  return pixel[3] > 0 && pixel.slice(0, 3).some((part) => part !== 255);
}

/**
 * Check that a pixel has the color of strokes drawn over each other on a light page. The tolerance is one
 * step of 255 for each stroke.
 * @param {Pixel} pixel
 * @param {...[color: string, opacity: number]} strokes
 */
export function assertInk([red, green, blue, alpha], ...strokes) {
  let ink = [255, 255, 255];
  for (const [color, opacity] of strokes) {
    ink = rgb(color).map((part, at) => part * opacity + ink[at] * (1 - opacity));
  }
  const drawn = [red, green, blue].map((part) => (part * alpha) / 255 + 255 - alpha);
  const distance = Math.max(...drawn.map((part, at) => Math.abs(part - ink[at])));
  assert.ok(distance <= 0.51 + strokes.length, `${drawn} is drawn, ${ink} was expected`);
}

/**
 * Return the three bytes of `#rrggbb` or `rgb(r, g, b)`.
 * @param {string} color
 */
export function rgb(color) {
  if (!color.startsWith("#")) return color.match(/\d+/g).slice(0, 3).map(Number);
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
}

/**
 * Return the boxes of the tokens of a column, also of the tokens that are not in the document: all tokens
 * have the same distance.
 * @param {Element} figure
 * @param {"queries" | "keys"} side
 * @returns {Box[]}
 */
export function tokenBoxes(figure, side) {
  const first = figure.querySelector(`.bertviz-${side} .bertviz-token`);
  const [x, middle] = translation(first);
  const background = first.querySelector(".bertviz-background");
  const [width, height] = ["width", "height"].map((name) => Number(background.getAttribute(name)));
  const row = Number(first.getAttribute("aria-posinset")) - 1;
  const top = middle - height / 2 - row * height + scrolled(figure);
  return Array.from({ length: Number(first.getAttribute("aria-setsize")) }, (_, each) => {
    return { x, y: top + each * height, width, height };
  });
}

/**
 * Return a point in the middle of the stroke of the line from a query to a key.
 * @param {Element} figure two token columns with lines between them
 * @param {number} query a row of the query column
 * @param {number} key a row of the key column
 * @param {number} at the approximate position on the line, from 0 at the query to 1 at the key
 * @returns {Point}
 */
export function onLine(figure, query, key, at) {
  const [start, end] = [tokenBoxes(figure, "queries")[query], tokenBoxes(figure, "keys")[key]];
  const [x1, x2] = [start.x + start.width, end.x];
  const [y1, y2] = [start, end].map(({ y, height }) => y + height / 2);
  // Of the pixels nearby, the one whose center is closest to the line is fully covered.
  const points = Array.from({ length: 17 }, (_, step) => {
    const x = Math.floor(x1 + at * (x2 - x1)) + step - 8 + 0.5;
    return /** @type {Point} */ ([x, y1 + ((x - x1) / (x2 - x1)) * (y2 - y1)]);
  }).filter(([x]) => x1 + 1 <= x && x <= x2 - 1);
  const distance = ([, y]) => Math.abs((y % 1) - 0.5);
  return points.reduce((best, point) => (distance(point) < distance(best) ? point : best));
}

/**
 * Return the boxes behind the tokens that the highlighted token attends to, or that attend to it.
 * @param {Element} figure
 */
export function boxesOf(figure) {
  return [...figure.querySelectorAll(".bertviz-boxes rect")].map((rect) => {
    const [x, y, width, height, opacity] = "x y width height fill-opacity"
      .split(" ")
      .map((name) => Number(rect.getAttribute(name)));
    return { x, y: y + scrolled(figure), width, height, opacity, color: rect.getAttribute("fill") };
  });
}

/**
 * Check for one box per active head and token, whose opacity is the undivided weight. The boxes of a
 * token have the same width and cover the token.
 * @param {ReturnType<typeof boxesOf>} boxes
 * @param {number[][]} weights `[active head][token]`
 * @param {string[]} colors of the active heads
 * @param {Element} figure
 * @param {"queries" | "keys"} side the column of the boxes
 */
export function assertBoxes(boxes, weights, colors, figure, side) {
  const columns = tokenBoxes(figure, side);
  const expected = weights.flatMap((row, head) =>
    row.map((opacity, at) => {
      const { x, y, width, height } = columns[at];
      const own = width / weights.length;
      return { x: x + head * own, y, width: own, height, opacity, color: colors[head] };
    }),
  );
  assert.equal(boxes.length, expected.length);
  for (const [at, box] of boxes.entries()) {
    assert.equal(box.color, expected[at].color);
    assertClose(box.opacity, expected[at].opacity, 1e-4);
    for (const name of ["x", "y", "width", "height"])
      assertClose(box[name], expected[at][name], 0.1);
  }
}

/**
 * Check that a number differs from another one by at most a tolerance.
 * @param {number} actual
 * @param {number} expected
 * @param {number} tolerance
 */
export function assertClose(actual, expected, tolerance) {
  const isClose = Math.abs(actual - expected) <= tolerance;
  assert.ok(isClose, `${actual} instead of ${expected} ± ${tolerance}`);
}

/**
 * Return the x and y of an element's transform.
 * @param {Element} element
 * @returns {Point}
 */
export function translation(element) {
  const [x, y] = element.getAttribute("transform").match(/-?[\d.]+/g);
  return [Number(x), Number(y)];
}

/**
 * Return the vertical distance of the part of the SVG that scrolls, 0 or less.
 * @param {Element} figure
 */
export function scrolled(figure) {
  return translation(figure.querySelector(".bertviz-root"))[1];
}
