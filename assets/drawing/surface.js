// The type of what marks draw on: a canvas (canvas_surface.js) or SVG elements (svg_surface.js). This
// module runs no code.

/**
 * The members of a canvas's context that marks use.
 * @typedef {Pick<CanvasRenderingContext2D, "globalAlpha" | "lineWidth" | "fillRect" | "strokeRect" |
 *   "beginPath" | "moveTo" | "lineTo" | "roundRect" | "fill" | "stroke">
 *   & {fillStyle: unknown, strokeStyle: unknown}} DrawingContext
 */

/**
 * A drawing surface. Coordinates are CSS pixels of the picture.
 * @typedef {object} Surface
 * @property {DrawingContext} context
 * @property {(box: Box) => Box[]} bandsOf splits a box from top to bottom into parts for which there is
 *   enough memory for a line renderer
 * @property {(box: Box, width: number) => LineRenderer} createLineRenderer returns a renderer of lines
 *   of one width inside a box; the surface must have a background
 */

/** @typedef {[left: number, top: number, right: number, bottom: number]} Box */

/**
 * Strokes many straight lines. Lines of a later color cover those of an earlier one. Call `release` at
 * the end.
 * @typedef {object} LineRenderer
 * @property {(x1: number, y1: number, x2: number, y2: number, opacity: number) => void} line strokes a
 *   line with x1 < x2, or nothing if it would change no pixel
 * @property {(color: string) => void} setColor sets the color of the following lines
 * @property {() => void} flush makes the lines so far visible on the surface
 * @property {() => void} release ends the use of the renderer
 */

export {};
