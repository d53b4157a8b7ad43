// The part of each pixel that a straight line covers: the exact area, not a sample.

/**
 * Pixels of a picture: columns from `left` to before `right`, rows from `top` to before `bottom`.
 * @typedef {object} PixelBox
 * @property {number} left
 * @property {number} right
 * @property {number} top
 * @property {number} bottom
 */

/**
 * The coverage of a straight line with butt caps. Coordinates are in pixels; the pixel in column 0 and
 * row 0 has its center at 0.5, 0.5.
 *
 * Between its ends, the line is a strip: the part of a pixel inside the strip depends only on the
 * distance of the pixel's center from the middle of the line. Distances are vertical if the line is flat,
 * and horizontal if it is steep.
 */
export class LineCoverage {
  #corners;

  /**
   * @param {number} x1
   * @param {number} y1
   * @param {number} x2
   * @param {number} y2
   * @param {number} width
   */
  constructor(x1, y1, x2, y2, width) {
    // From left to right.
    if (x2 < x1) [x1, y1, x2, y2] = [x2, y2, x1, y1];
    const [dx, dy] = [x2 - x1, y2 - y1];
    const length = Math.sqrt(dx * dx + dy * dy);
    const [cos, sin] = [dx / length, dy / length];
    const tilt = Math.abs(sin);
    const isFlat = cos >= tilt;
    const [longer, shorter] = isFlat ? [cos, tilt] : [tilt, cos];

    /** Distance of a side of the strip from the middle. */
    this.halfWidth = width / 2 / longer;
    /** Change of a side's distance within half a pixel along the strip: at most 0.5. */
    this.halfRise = shorter / 2 / longer;
    this.distancePerColumn = -sin / longer;
    this.distancePerRow = cos / longer;
    /** Distance of the center of the pixel in column 0 and row 0 from the middle. */
    this.distanceAtOrigin = ((0.5 - y1) * cos - (0.5 - x1) * sin) / longer;

    /** Column of the middle of the line in row 0, and its change per row. */
    this.columnPerRow = tilt === 0 ? 0 : dx / dy;
    this.columnAtOrigin = x1 - 0.5 + (0.5 - y1) * this.columnPerRow;
    /** Largest distance, in columns, of a pixel that the strip touches in a row. */
    this.halfSpan = (width + cos + tilt) / 2 / tilt;

    const [across, down] = [(sin * width) / 2, (cos * width) / 2];
    /** x and y of each corner, around the line. */
    this.#corners = [x1 - across, y1 + down, x1 + across, y1 - down];
    this.#corners.push(x2 + across, y2 - down, x2 - across, y2 + down);

    const { bounds, strip, ends } = isFlat
      ? boxesOf([x1, x2], [y1, y2], cos, tilt, width)
      : exchanged(boxesOf([y1, y2], [x1, x2], tilt, cos, width));
    /** The pixels that the line can touch. */
    this.bounds = bounds;
    /** The part of them that no end cuts off. */
    this.strip = strip;
    /** The part of them near each end. */
    this.ends = ends;
  }

  /**
   * Return the part of a pixel inside the strip.
   * @param {number} column
   * @param {number} row
   * @returns {number} 0 to 1
   */
  ofStrip(column, row) {
    const distance = Math.abs(
      this.distanceAtOrigin + row * this.distancePerRow + column * this.distancePerColumn,
    );
    return (
      insideEdge(this.halfWidth - distance, this.halfRise) -
      insideEdge(-this.halfWidth - distance, this.halfRise)
    );
  }

  /**
   * Return the part of a pixel inside the line: the sum over its four edges of the area between the
   * edge and the lower side of the pixel, negative for edges that run to the left.
   * @param {number} column
   * @param {number} row
   * @returns {number} 0 to 1
   */
  ofLine(column, row) {
    let area = 0;
    let [x1, y1] = [this.#corners[6] - column, this.#corners[7] - row];
    for (let at = 0; at < 8; at += 2) {
      const [x2, y2] = [this.#corners[at] - column, this.#corners[at + 1] - row];
      area += areaBelow(x1, y1, x2, y2);
      [x1, y1] = [x2, y2];
    }
    return Math.abs(area);
  }
}

/** @typedef {{bounds: PixelBox, strip: PixelBox, ends: PixelBox[]}} Boxes */

/**
 * Return the boxes of a flat line.
 * @param {number[]} x of both ends
 * @param {number[]} y of both ends
 * @param {number} cos
 * @param {number} tilt absolute value of the sine
 * @param {number} width
 * @returns {Boxes}
 */
function boxesOf([x1, x2], [y1, y2], cos, tilt, width) {
  const [left, right] = x1 < x2 ? [x1, x2] : [x2, x1];
  const [yLeft, yRight] = x1 < x2 ? [y1, y2] : [y2, y1];
  // Horizontal and vertical distance of a corner from the end.
  const [across, down] = [(tilt * width) / 2, (cos * width) / 2];
  const bounds = {
    left: Math.floor(left - across),
    right: Math.ceil(right + across),
    top: Math.floor(Math.min(y1, y2) - down),
    bottom: Math.ceil(Math.max(y1, y2) + down),
  };
  // Horizontal distance of the nearest pixel that an end does not cut off.
  const near = ((cos + tilt) * cos + (width + cos + tilt) * tilt - 1) / 2;
  const begin = Math.ceil(left + near);
  const end = Math.max(begin, Math.floor(right - near));
  const reach = width / 2 / cos + ((near + 1) * tilt) / cos;
  const around = (/** @type {number} */ y) => {
    return { top: Math.floor(y - reach), bottom: Math.ceil(y + reach) };
  };
  return {
    bounds,
    strip: { ...bounds, left: begin, right: end },
    ends: [
      { left: bounds.left, right: begin, ...around(yLeft) },
      { left: end, right: bounds.right, ...around(yRight) },
    ],
  };
}

/**
 * Return boxes with columns and rows exchanged.
 * @param {Boxes} boxes
 * @returns {Boxes}
 */
function exchanged({ bounds, strip, ends }) {
  const exchange = (/** @type {PixelBox} */ { left, right, top, bottom }) => {
    return { left: top, right: bottom, top: left, bottom: right };
  };
  return { bounds: exchange(bounds), strip: exchange(strip), ends: ends.map(exchange) };
}

/**
 * Return the area between an edge and the lower side of the pixel in column 0 and row 0.
 * @param {number} x1
 * @param {number} y1
 * @param {number} x2
 * @param {number} y2
 * @returns {number} negative if the edge runs to the left
 */
function areaBelow(x1, y1, x2, y2) {
  const begin = Math.min(1, Math.max(0, x1));
  const end = Math.min(1, Math.max(0, x2));
  if (begin === end) return 0;
  const slope = (y2 - y1) / (x2 - x1);
  const height = 0.5 - (y1 + slope * ((begin + end) / 2 - x1));
  return (end - begin) * insideEdge(height, Math.abs((slope * (end - begin)) / 2));
}

/**
 * Return the part of a pixel on one side of an edge: the mean of `min(1, max(0, 0.5 + t))` over all t
 * from `distance - halfRise` to `distance + halfRise`.
 * @param {number} distance of the pixel's center from the edge; positive on that side
 * @param {number} halfRise change of the distance from the middle of the pixel to its sides
 * @returns {number} 0 to 1
 */
function insideEdge(distance, halfRise) {
  return meanOfPositive(distance + 0.5, halfRise) - meanOfPositive(distance - 0.5, halfRise);
}

/**
 * Return the mean of `max(0, t)` over all t from `middle - half` to `middle + half`.
 * @param {number} middle
 * @param {number} half
 */
function meanOfPositive(middle, half) {
  if (middle <= -half) return 0;
  if (middle >= half) return middle;
  return (middle + half) ** 2 / (4 * half);
}
