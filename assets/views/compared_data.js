// What the figures of a head view draw of two runs: the differences of their weights, or the other run itself.

import { invertAlignment } from "../core/data/alignment.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../core/data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("../marks/bipartite_content.js").BipartiteData} BipartiteData */
/** @typedef {import("./compared_run.js").ComparedRun} ComparedRun */

/**
 * Return what the figure of this run shows of the other run.
 * @param {ComparedRun} run
 * @param {LayerAttention | null} otherLayer null if the other run does not have it
 * @returns {Pick<BipartiteData, "subtracted" | "isUnaligned" | "label">}
 */
export function comparedData({ comparison, name, content, hasComponent, aligned }, otherLayer) {
  const isDifference = comparison === "difference";
  const { filter } = content;
  return {
    subtracted: isDifference && otherLayer ? { name, layer: otherLayer, filter, aligned } : null,
    isUnaligned: hasComponent ? ({ axis, position }) => aligned[axis][position] < 0 : undefined,
    label: isDifference
      ? `Difference of the attention from that of ${name}, from queries to keys`
      : "Attention of this run from queries to keys",
  };
}

/**
 * Return the figure of the other run.
 * @param {ComparedRun} run
 * @param {LayerAttention} layer of the other run
 * @param {BipartiteData["heads"]} heads with the colors that they have in this run
 * @returns {import("./head_figures.js").OtherFigure}
 */
export function otherFigure({ name, content, aligned }, layer, heads) {
  const { attentionPart, axes, filter, selection } = content;
  const [queryTokens, keyTokens] = [axes.query.tokens, axes.key.tokens];
  const back = {
    query: invertAlignment(aligned.query, queryTokens.length),
    key: invertAlignment(aligned.key, keyTokens.length),
  };
  const data = {
    queryTokens,
    keyTokens,
    attentionPart,
    layer,
    filter,
    heads,
    isMean: selection.mean,
    isUnaligned: (/** @type {TokenPosition} */ { axis, position }) => back[axis][position] < 0,
    label: `Attention of ${name} from queries to keys`,
  };
  return { name, data, aligned, back };
}
