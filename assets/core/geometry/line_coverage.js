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

    const across = (sin * width) / 2;
    const down = (cos * width) / 2;
    /** The four corners, around the line. */
    this.ax = x1 - across;
    this.ay = y1 + down;
    this.bx = x1 + across;
    this.by = y1 - down;
    this.cx = x2 + across;
    this.cy = y2 - down;
    this.dx = x2 - across;
    this.dy = y2 + down;

    const boxes = isFlat
      ? boxesOf([x1, x2], [y1, y2], cos, tilt, width)
      : exchanged(boxesOf([y1, y2], [x1, x2], tilt, cos, width));
    /** The pixels that the line can touch. */
    this.bounds = boxes.bounds;
    /** Those of them that no end cuts off. */
    this.strip = boxes.strip;
    /** Those of them near one end, and near the other. */
    this.leftEnd = boxes.leftEnd;
    this.rightEnd = boxes.rightEnd;
  }

  /**
   * Return the part of a pixel inside the strip.
   * @param {number} column
   * @param {number} row
   * @returns {number} 0 to 1
   */
  ofStrip(column, row) {
    const distance = this.distanceOf(column, row);
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
    const [ax, ay, bx, by] = [this.ax - column, this.ay - row, this.bx - column, this.by - row];
    const [cx, cy, dx, dy] = [this.cx - column, this.cy - row, this.dx - column, this.dy - row];
    return Math.abs(
      areaBelow(ax, ay, bx, by) +
        areaBelow(bx, by, cx, cy) +
        areaBelow(cx, cy, dx, dy) +
        areaBelow(dx, dy, ax, ay),
    );
  }

  /**
   * Return the distance of a pixel's center from the middle.
   * @param {number} column
   * @param {number} row
   * @returns {number}
   */
  distanceOf(column, row) {
    return Math.abs(
      this.distanceAtOrigin + row * this.distancePerRow + column * this.distancePerColumn,
    );
  }

  /** The distance from which on a pixel is outside the strip. */
  get outerDistance() {
    return this.halfWidth + 0.5 + this.halfRise;
  }
}

/** @typedef {{bounds: PixelBox, strip: PixelBox, leftEnd: PixelBox, rightEnd: PixelBox}} Boxes */

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
  const isForward = x1 < x2;
  const [xLeft, xRight] = isForward ? [x1, x2] : [x2, x1];
  const [yLeft, yRight] = isForward ? [y1, y2] : [y2, y1];
  // Horizontal and vertical distance of a corner from the end.
  const across = (tilt * width) / 2;
  const down = (cos * width) / 2;
  const left = Math.floor(xLeft - across);
  const right = Math.ceil(xRight + across);
  const top = Math.floor(Math.min(y1, y2) - down);
  const bottom = Math.ceil(Math.max(y1, y2) + down);
  // Horizontal distance of the nearest pixel that an end does not cut off.
  const near = ((cos + tilt) * cos + (width + cos + tilt) * tilt - 1) / 2;
  const begin = Math.ceil(xLeft + near);
  const end = Math.max(begin, Math.floor(xRight - near));
  const reach = width / 2 / cos + ((near + 1) * tilt) / cos;
  return {
    bounds: { left, right, top, bottom },
    strip: { left: begin, right: end, top, bottom },
    leftEnd: {
      left,
      right: begin,
      top: Math.floor(yLeft - reach),
      bottom: Math.ceil(yLeft + reach),
    },
    rightEnd: {
      left: end,
      right,
      top: Math.floor(yRight - reach),
      bottom: Math.ceil(yRight + reach),
    },
  };
}

/**
 * Return boxes with columns and rows exchanged.
 * @param {Boxes} boxes
 * @returns {Boxes}
 */
function exchanged({ bounds, strip, leftEnd, rightEnd }) {
  return {
    bounds: exchangedBox(bounds),
    strip: exchangedBox(strip),
    leftEnd: exchangedBox(leftEnd),
    rightEnd: exchangedBox(rightEnd),
  };
}

/**
 * @param {PixelBox} box
 * @returns {PixelBox}
 */
function exchangedBox({ left, right, top, bottom }) {
  return { left: top, right: bottom, top: left, bottom: right };
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
