// The part of each pixel that a straight line covers: the exact area, not a sample.

/**
 * Pixels of a picture: columns from `left` to before `right`, rows from `top` to before `bottom`.
 * @typedef {object} PixelBox
 * @property {number} left
 * @property {number} right
 * @property {number} top
 * @property {number} bottom
 */

/** The slope of a horizontal or vertical line, because a slope is a divisor: it changes no coverage. */
const MIN_SLOPE = 1e-12;

/**
 * The coverage of a straight line with butt caps. Coordinates are in pixels; the pixel in column 0 and
 * row 0 has its center at 0.5, 0.5.
 *
 * A steep line is treated like a flat one, with columns and rows exchanged: `u` is the coordinate in
 * which the line is longer, and `v` is the other one. So the slope, the change of v per u, is -1 to 1.
 *
 * Between its ends, the line is a strip: the part of a pixel inside the strip depends only on the
 * distance, along v, of the pixel's center from the middle of the line.
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
    const isFlat = Math.abs(x2 - x1) >= Math.abs(y2 - y1);
    const isForward = isFlat ? x1 <= x2 : y1 <= y2;
    const u1 = isFlat ? Math.min(x1, x2) : Math.min(y1, y2);
    const u2 = isFlat ? Math.max(x1, x2) : Math.max(y1, y2);
    const v1 = isFlat ? (isForward ? y1 : y2) : isForward ? x1 : x2;
    const v2 = isFlat ? (isForward ? y2 : y1) : isForward ? x2 : x1;
    const ratio = (v2 - v1) / (u2 - u1);
    const slope = Math.abs(ratio) < MIN_SLOPE ? MIN_SLOPE : ratio;
    const cos = 1 / Math.sqrt(1 + slope * slope);
    const sin = slope * cos;
    const tilt = Math.abs(sin);

    this.isFlat = isFlat;
    /** Thickness of the strip, along v. */
    this.thickness = width / cos;
    /** Change of v within a pixel. */
    this.rise = Math.abs(slope);
    /** Distance from which on a pixel is outside the strip. */
    this.reach = (1 + this.rise + this.thickness) / 2;
    this.distancePerColumn = isFlat ? -slope : 1;
    this.distancePerRow = isFlat ? 1 : -slope;
    /** Distance of the center of the pixel in column 0 and row 0. */
    this.distanceAtOrigin = 0.5 - v1 - slope * (0.5 - u1);
    /** Change of the column, along a row, per distance. */
    this.columnsPerDistance = 1 / this.distancePerColumn;

    // Distance of a corner from the end.
    const du = (sin * width) / 2;
    const dv = (cos * width) / 2;
    /** The corners at the beginning, v1 + dv and v1 - dv, and those at the end, v2 - dv and v2 + dv. */
    this.ua = u1 - du;
    this.ub = u1 + du;
    this.uc = u2 + du;
    this.ud = u2 - du;
    this.sideSlope = slope;
    this.endSlope = -1 / slope;
    /** Distances, along v, from the four edges to the center of a pixel at v = 0, on its side u = 0. */
    this.distanceAB = 0.5 - (v1 + dv) + this.endSlope * this.ua;
    this.distanceBC = 0.5 - (v1 - dv) + slope * this.ub;
    this.distanceCD = 0.5 - (v2 - dv) + this.endSlope * this.uc;
    this.distanceDA = 0.5 - (v2 + dv) + slope * this.ud;

    const begin = Math.floor(u1 - Math.abs(du));
    const end = Math.ceil(u2 + Math.abs(du));
    // Distance, along u, from an end to the nearest pixel that it does not cut off.
    const near = ((cos + tilt) * cos + (width + cos + tilt) * tilt - 1) / 2;
    const stripBegin = Math.ceil(u1 + near);
    const stripEnd = Math.max(stripBegin, Math.floor(u2 - near));
    // Largest distance, along v, from an end to the strip in a pixel that it cuts off.
    const far = this.thickness / 2 + (near + 1) * this.rise;
    /** The pixels that the line can touch: those that no end cuts off, and those near each end. */
    this.strip = box(isFlat, stripBegin, stripEnd, Math.min(v1, v2) - dv, Math.max(v1, v2) + dv);
    this.ends = [
      box(isFlat, begin, stripBegin, v1 - far, v1 + far),
      box(isFlat, stripEnd, end, v2 - far, v2 + far),
    ];
  }

  /**
   * Return the part of a pixel inside the strip. As a function of the distance, it is the convolution of
   * three boxes, as wide as the pixel, the rise and the thickness. With the depth below the outer
   * distance it grows as a parabola within the rise, then as a straight line. Within the rise before
   * the pixel or the line ends, a parabola is subtracted; from there on it is constant.
   * @param {number} column
   * @param {number} row
   * @returns {number} 0 to 1
   */
  ofStrip(column, row) {
    const { rise, thickness } = this;
    const maxDepth = rise + Math.min(1, thickness);
    const depth = Math.max(0, Math.min(maxDepth, this.reach - this.distanceOf(column, row)));
    const curved =
      Math.min(rise, depth) ** 2 -
      Math.max(0, depth - 1) ** 2 -
      Math.max(0, depth - thickness) ** 2;
    return curved / (2 * rise) + Math.max(0, depth - rise);
  }

  /**
   * Return the part of a pixel inside the line: the sum over its four edges of the area between the
   * edge and the side of the pixel where v is largest, negative for edges along which u decreases.
   * @param {number} column
   * @param {number} row
   * @returns {number} 0 to 1
   */
  ofLine(column, row) {
    const u = this.isFlat ? column : row;
    const v = this.isFlat ? row : column;
    const [a, b, c, d] = [this.ua - u, this.ub - u, this.uc - u, this.ud - u];
    const { endSlope, sideSlope } = this;
    return Math.abs(
      areaBeyond(a, b, this.distanceAB + v - endSlope * u, endSlope) +
        areaBeyond(b, c, this.distanceBC + v - sideSlope * u, sideSlope) +
        areaBeyond(c, d, this.distanceCD + v - endSlope * u, endSlope) +
        areaBeyond(d, a, this.distanceDA + v - sideSlope * u, sideSlope),
    );
  }

  /**
   * Return the columns of the pixels in a row that the strip can touch.
   * @param {number} row
   * @returns {[first: number, end: number]} `end` is one past the last
   */
  columnsOfRow(row) {
    const distance = this.distanceAtOrigin + row * this.distancePerRow;
    const middle = -distance * this.columnsPerDistance;
    const half = this.reach * Math.abs(this.columnsPerDistance);
    return [Math.ceil(middle - half), Math.ceil(middle + half)];
  }

  /**
   * Return the distance of a pixel's center from the middle of the line.
   * @param {number} column
   * @param {number} row
   * @returns {number}
   */
  distanceOf(column, row) {
    return Math.abs(
      this.distanceAtOrigin + row * this.distancePerRow + column * this.distancePerColumn,
    );
  }
}

/**
 * @param {boolean} isFlat
 * @param {number} begin whole number
 * @param {number} end whole number
 * @param {number} low
 * @param {number} high
 * @returns {PixelBox} the pixels from u = `begin` to `end` that have a part between v = `low` and `high`
 */
function box(isFlat, begin, end, low, high) {
  const first = Math.floor(low);
  const last = Math.ceil(high);
  return isFlat
    ? { left: begin, right: end, top: first, bottom: last }
    : { left: first, right: last, top: begin, bottom: end };
}

/**
 * Return the area between an edge and the side of the pixel at u = 0 and v = 0 where v is largest.
 * @param {number} u1
 * @param {number} u2
 * @param {number} distance along v, from the edge to the pixel's center, at u = 0
 * @param {number} slope
 * @returns {number} negative if u2 < u1
 */
function areaBeyond(u1, u2, distance, slope) {
  const begin = Math.min(1, Math.max(0, u1));
  const end = Math.min(1, Math.max(0, u2));
  const width = end - begin;
  if (width === 0) return 0;
  return width * partBeyond(distance - (slope * (begin + end)) / 2, Math.abs(slope * width));
}

/**
 * Return the part of a pixel beyond an edge that crosses it. The smaller of the pixel's two parts grows
 * as a triangle, then as a parallelogram.
 * @param {number} distance from the middle of the edge to the pixel's center
 * @param {number} rise of the edge in the pixel
 * @returns {number} 0 to 1
 */
function partBeyond(distance, rise) {
  const shorter = Math.min(1, rise);
  const depth = (1 + rise) / 2 - Math.abs(distance);
  const triangle = Math.min(shorter, Math.max(0, depth));
  const smaller =
    (triangle ** 2 / (2 * shorter) + Math.max(0, depth - shorter)) / Math.max(1, rise);
  return distance > 0 ? 1 - smaller : smaller;
}
