// An image with transparent parts, from two images of the same drawing.

/** Rows of pixels that are read at once, so that few pixels are in memory twice. */
const ROWS = 256;

/**
 * Make an image transparent. The line renderer composites lines with a background; what is the same on
 * black and on white is opaque, and the difference of both is how much of the background shows through.
 * @param {CanvasRenderingContext2D} onBlack the drawing on black, which becomes the transparent image
 * @param {CanvasRenderingContext2D} onWhite the same drawing on white
 */
export function removeBackground(onBlack, onWhite) {
  const { width, height } = onBlack.canvas;
  for (let top = 0; top < height; top += ROWS) {
    const rows = Math.min(ROWS, height - top);
    const black = onBlack.getImageData(0, top, width, rows);
    removeBackgroundOf(black.data, onWhite.getImageData(0, top, width, rows).data);
    onBlack.putImageData(black, 0, top);
  }
}

/**
 * @param {Uint8ClampedArray} black RGBA on black, which becomes the transparent pixels
 * @param {Uint8ClampedArray} white RGBA on white
 */
function removeBackgroundOf(black, white) {
  for (let pixel = 0; pixel < black.length; pixel += 4) {
    // The channels differ only by rounding.
    const through = Math.max(
      white[pixel] - black[pixel],
      white[pixel + 1] - black[pixel + 1],
      white[pixel + 2] - black[pixel + 2],
    );
    const alpha = 255 - through;
    black[pixel + 3] = alpha;
    if (alpha === 0) continue;
    for (let channel = pixel; channel < pixel + 3; channel++) {
      black[channel] = (black[channel] * 255) / alpha;
    }
  }
}
