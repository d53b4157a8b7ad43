// The static picture of a grid of thumbnails.

import { AXIS_SIZE } from "../core/geometry/grid_layout.js";
import { snapshot } from "../drawing/snapshot.js";
import { drawStaticPicture } from "../drawing/static_picture.js";
import { svgElement } from "../drawing/svg_element.js";
import { drawLayer } from "./thumbnail_layer.js";

/** @typedef {import("../drawing/picture_theme.js").PictureTheme} PictureTheme */
/** @typedef {import("../drawing/static_picture.js").StaticPicture} StaticPicture */

/**
 * Return a static picture of all thumbnails.
 * @param {Document} document
 * @param {import("./thumbnail_content.js").GridContent} content
 * @param {PictureTheme} theme
 * @returns {Promise<SVGElement>}
 */
export async function linesPicture(document, content, { background }) {
  const { trace, attentionPart, filter, grid } = content;
  const { layers, heads, size } = grid;
  const overviews = await Promise.all(
    layers.map((layer) => trace.overview(attentionPart.component, layer, filter?.text ?? "")),
  );
  const box = { x: 0, y: 0, width: heads.length * size, height: layers.length * size };
  return drawStaticPicture(background, document, box, function* (surface) {
    for (const [row, layer] of layers.entries()) {
      yield* drawLayer(surface, content, layer, overviews[row], row * size);
    }
  });
}

/**
 * Return a static picture of thumbnails with their cells and axes.
 * @param {SVGElement} lines of the thumbnails
 * @param {SVGElement} cells
 * @param {{heads: SVGElement, layers: SVGElement}} axes
 * @param {import("../core/geometry/grid_layout.js").Grid} grid
 * @param {PictureTheme} theme
 * @returns {StaticPicture}
 */
export function withAxes(lines, cells, axes, { heads, layers, size }, theme) {
  const { ownerDocument: document } = lines;
  const element = svgElement(document, "g", {});
  const belowHeads = svgElement(document, "g", { transform: `translate(0 ${AXIS_SIZE})` });
  const besideLayers = svgElement(document, "g", { transform: `translate(${AXIS_SIZE} 0)` });
  besideLayers.append(lines, snapshot(cells, theme));
  belowHeads.append(snapshot(axes.layers, theme), besideLayers);
  element.append(snapshot(axes.heads, theme), belowHeads);
  return {
    element,
    width: AXIS_SIZE + heads.length * size,
    height: AXIS_SIZE + layers.length * size,
  };
}
