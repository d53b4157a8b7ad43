// Exact areas in float64, by clipping polygons: the reference for rendered lines.

/** @typedef {[x1: number, y1: number, x2: number, y2: number, width: number]} Line */

/**
 * Return the area of a line with butt caps in a pixel.
 * @param {Line} line
 * @param {number} column
 * @param {number} row
 * @returns {number} 0 to 1
 */
export function exactArea([x1, y1, x2, y2, width], column, row) {
  const length = Math.hypot(x2 - x1, y2 - y1);
  const [dx, dy] = [((y1 - y2) / length) * (width / 2), ((x2 - x1) / length) * (width / 2)];
  const corners = [
    [x1 + dx, y1 + dy],
    [x2 + dx, y2 + dy],
    [x2 - dx, y2 - dy],
    [x1 - dx, y1 - dy],
  ].map(([x, y]) => [x - column, y - row]);
  const sides = [([x]) => x, ([x]) => 1 - x, ([, y]) => y, ([, y]) => 1 - y];
  return polygonArea(sides.reduce(clipped, corners));
}

/**
 * Return the part of a polygon where a linear function is not negative (Sutherland and Hodgman 1974).
 * @param {number[][]} polygon
 * @param {(point: number[]) => number} inside
 * @returns {number[][]}
 */
function clipped(polygon, inside) {
  return polygon.flatMap((point, at) => {
    const next = polygon[(at + 1) % polygon.length];
    const [here, there] = [inside(point), inside(next)];
    const kept = here >= 0 ? [point] : [];
    if (here < 0 === there < 0) return kept;
    const share = here / (here - there);
    return [...kept, point.map((each, axis) => each + share * (next[axis] - each))];
  });
}

/** @param {number[][]} polygon */
function polygonArea(polygon) {
  const double = polygon.reduce((sum, [x, y], at) => {
    const [nextX, nextY] = polygon[(at + 1) % polygon.length];
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(double) / 2;
}

/**
 * Return the exact pixels of lines in several colors, in float64.
 * @param {{columns: number, rows: number, background: number[], colors: number[][],
 *   lines: {line: Line, color: number, opacity: number}[]}} picture
 * @returns {Float64Array} `[row, column, channel]`
 */
export function exactPicture({ columns, rows, background, colors, lines }) {
  const pixels = new Float64Array(columns * rows * 3);
  for (let at = 0; at < columns * rows; at++) {
    const [column, row] = [at % columns, Math.floor(at / columns)];
    let pixel = background;
    colors.forEach((color, index) => {
      const through = lines
        .filter((each) => each.color === index)
        .reduce((product, { line, opacity }) => {
          return product * (1 - opacity * exactArea(line, column, row));
        }, 1);
      pixel = pixel.map((below, channel) => color[channel] + (below - color[channel]) * through);
    });
    pixels.set(pixel, at * 3);
  }
  return pixels;
}

/**
 * Return a generator of numbers from 0 to before 1 (mulberry32).
 * @param {number} seed
 * @returns {() => number}
 */
export function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Return a random line: steep, flat, horizontal, vertical, short, thin or wide, with ends inside or far
 * outside a picture.
 * @param {() => number} random
 * @param {number} columns
 * @param {number} rows
 * @returns {Line}
 */
export function randomLine(random, columns, rows) {
  const among = (/** @type {number[]} */ values) => values[Math.floor(random() * values.length)];
  const width = among([0.05, 0.3, 0.75, 1, 2, 2.5, 6.6, 40]) * (0.9 + random() / 5);
  const far = among([1, 1, 1, 1.5, 30, 3000]);
  const place = (/** @type {number} */ size) => {
    const place = (random() - 0.5) * size * far + size / 2;
    return random() < 0.3 ? Math.round(place) : place;
  };
  const kind = among([0, 0, 0, 0, 1, 2, 3]);
  const [x1, y1] = [place(columns), place(rows)];
  if (kind === 1) return [x1, y1, x1 + random() * columns, y1, width];
  if (kind === 2) return [x1, y1, x1, y1 + (random() - 0.5) * rows, width];
  if (kind === 3) return [x1, y1, x1 + random() + 0.01, y1 + random() - 0.5, width];
  return [x1, y1, place(columns), place(rows), width];
}
