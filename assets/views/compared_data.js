// What the figures of a head view draw: this run, its differences from another run, or the other run beside it.

import { invertAlignment } from "../core/data/alignment.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../marks/bipartite_content.js").BipartiteData} BipartiteData */
/** @typedef {import("./shown_layer.js").ShownLayer} ShownLayer */
/** @typedef {import("./view_content.js").ViewContent} ViewContent */

/**
 * Return what the figure of this run draws.
 * @param {ViewContent} content
 * @param {ShownLayer} shown
 * @param {string[]} colors of the heads
 * @returns {BipartiteData}
 */
export function figureData(content, { layer, drawn, compared }, colors) {
  return {
    ...plainData(content),
    layer,
    heads: withColors(drawn, colors),
    ...(compared?.layer && comparedData(compared.run, compared.layer)),
  };
}

/**
 * Return the figure of the other run.
 * @param {ShownLayer} shown
 * @param {string[]} colors of the heads of this run
 * @returns {import("./head_figures.js").OtherFigure | null} null if it is not shown
 */
export function otherFigure({ compared, drawn }, colors) {
  if (compared?.run.comparison !== "both" || !compared.layer) return null;
  const { name, heading, content, aligned } = compared.run;
  const { query, key } = content.axes;
  const back = {
    query: invertAlignment(aligned.query, query.tokens.length),
    key: invertAlignment(aligned.key, key.tokens.length),
  };
  const data = {
    ...plainData(content),
    layer: compared.layer,
    heads: withColors(compared.heads, colors),
    // So that lines of the same weight have the same opacity in both figures.
    numSharing: drawn.length,
    isUnaligned: (/** @type {TokenPosition} */ { axis, position }) => back[axis][position] < 0,
    label: `Attention of ${name} from queries to keys`,
  };
  return { heading, data, aligned, back };
}

/** @param {ViewContent} content */
function plainData({ axes, attentionPart, filter, selection }) {
  return {
    queryTokens: axes.query.tokens,
    keyTokens: axes.key.tokens,
    attentionPart,
    filter,
    isMean: selection.mean,
  };
}

/**
 * Return what the figure of this run shows of the other run.
 * @param {import("./compared_run.js").ComparedRun} run
 * @param {import("../core/data/wire.js").LayerAttention} layer of the other run
 * @returns {Pick<BipartiteData, "subtracted" | "isUnaligned" | "label">}
 */
function comparedData({ comparison, name, content, aligned }, layer) {
  const isDifference = comparison === "difference";
  const { filter } = content;
  return {
    subtracted: isDifference ? { name, layer, filter, aligned } : null,
    isUnaligned: ({ axis, position }) => aligned[axis][position] < 0,
    label: isDifference
      ? `Difference of the attention from that of ${name}, from queries to keys`
      : "Attention of this run from queries to keys",
  };
}

/**
 * @param {number[]} heads
 * @param {string[]} colors of all heads
 * @returns {BipartiteData["heads"]}
 */
function withColors(heads, colors) {
  return heads.map((head) => ({ head, color: colors[head] }));
}
