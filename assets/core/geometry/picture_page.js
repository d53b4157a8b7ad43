// The sizes of a saved picture with its texts: on the screen, or on paper at a width in millimeters.
// bertviz_space/files/svg/page.py computes the same sizes; both pass the cases of
// tests/fixtures/shared_cases/picture_pages.json.

/** @typedef {keyof typeof PICTURE_WIDTHS} PictureWidth */

/**
 * The sizes of a saved picture, in units of its coordinates.
 * @typedef {object} PicturePage
 * @property {number} unit units for each CSS pixel (1/96 inch) of the page
 * @property {number} width of the picture, margins included
 * @property {number} contentWidth without margins
 * @property {number} inset left edge of the view in it: on paper, the view is in the middle
 * @property {number} margin around everything
 * @property {number} gap between two parts
 * @property {number} title size of its letters
 * @property {number} caption size of its letters
 * @property {number} legend size of its letters
 * @property {number} square width of a square of the legend
 */

/** The widths of a picture in millimeters; null for the width that the view has on the screen. */
export const PICTURE_WIDTHS = { screen: null, "84mm": 84, "174mm": 174 };

/** CSS pixels of a millimeter. */
const PIXELS_PER_MM = 96 / 25.4;
/** Points of a CSS pixel. */
const POINTS_PER_PIXEL = 72 / 96;
/** Pixels of content on the screen at least, so that several words of a caption fit in a line. */
const MIN_SCREEN_WIDTH = 420;

/** Sizes in CSS pixels. On paper, the title has 9 points, caption and legend 7.5. */
const SCREEN = { margin: 16, gap: 12, title: 15, caption: 13, legend: 11, square: 24 };
const PAPER = { margin: 4, gap: 8, title: 12, caption: 10, legend: 10, square: 20 };

/**
 * Return the width in CSS pixels that a picture's content should have.
 * @param {PictureWidth} width
 * @returns {number | null} null for the width that the content has on the screen
 */
export function pageContentWidth(width) {
  const millimeters = PICTURE_WIDTHS[width];
  return millimeters && millimeters * PIXELS_PER_MM - 2 * PAPER.margin;
}

/**
 * Return the sizes of a picture. Content that is wider than its page is scaled down as a whole. The
 * texts around it are not: they keep their size on paper.
 * @param {number} contentWidth CSS pixels
 * @param {PictureWidth} width
 * @returns {PicturePage}
 */
export function picturePage(contentWidth, width) {
  const available = pageContentWidth(width);
  const sizes = available ? PAPER : SCREEN;
  const unit = available ? Math.max(1, contentWidth / available) : 1;
  const inner = available ? available * unit : Math.max(MIN_SCREEN_WIDTH, Math.ceil(contentWidth));
  const scaled = Object.entries(sizes).map(([name, pixels]) => [name, pixels * unit]);
  return {
    unit,
    width: inner + 2 * sizes.margin * unit,
    contentWidth: inner,
    inset: available ? (inner - contentWidth) / 2 : 0,
    .../** @type {typeof SCREEN} */ (Object.fromEntries(scaled)),
  };
}

/**
 * Return a length of a picture as SVG writes it: in millimeters for a page on paper.
 * @param {number} length in units of the picture
 * @param {PicturePage} page
 * @param {PictureWidth} width
 * @returns {string}
 */
export function pageLength(length, { unit }, width) {
  if (width === "screen") return String(length);
  return `${Number((length / unit / PIXELS_PER_MM).toFixed(3))}mm`;
}

/**
 * Return the size of letters in points, on paper.
 * @param {number} size in units of the picture
 * @param {PicturePage} page
 * @returns {number}
 */
export function pointsOf(size, { unit }) {
  return (size / unit) * POINTS_PER_PIXEL;
}
