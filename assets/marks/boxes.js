// How much each token on the other side has to do with the one that is lit: coloured boxes behind
// it, one a head beside each other, as opaque as the weight.

/** @typedef {import("../core/selection.js").Hover} Hover */
/** @typedef {import("./bipartite.js").BipartiteData} BipartiteData */
/** @typedef {import("../core/layout.js").BipartiteLayout} BipartiteLayout */

/**
 * @param {import("./token_column.js").Group} group
 * @param {Hover | null} lit
 * @param {BipartiteData} data
 * @param {BipartiteLayout} layout
 */
export function drawBoxes(group, lit, data, layout) {
  group
    .selectAll("rect")
    .data(lit ? boxesOf(lit, data, layout) : [])
    .join("rect")
    .attr("x", (box) => box.x)
    .attr("y", (box) => box.middle - layout.rowHeight / 2)
    .attr("width", (box) => box.width)
    .attr("height", layout.rowHeight)
    .attr("fill", (box) => box.color)
    .attr("fill-opacity", (box) => box.opacity);
}

/**
 * @param {Hover} lit
 * @param {BipartiteData} data
 * @param {BipartiteLayout} layout
 */
function boxesOf({ axis, position }, { heads, block, keyTokens }, layout) {
  const others =
    axis === "query"
      ? { span: block.keys, left: layout.x2, width: layout.keyWidth, y: layout.yKey }
      : { span: block.queries, left: layout.xQuery, width: layout.queryWidth, y: layout.yQuery };
  const [begin, end] = others.span;
  const width = others.width / heads.length;
  return heads.flatMap(({ weights, color }, index) =>
    Array.from({ length: end - begin }, (_, offset) => {
      const other = begin + offset;
      const [query, key] = axis === "query" ? [position, other] : [other, position];
      return {
        x: others.left + index * width,
        middle: others.y(other),
        width,
        color,
        opacity: weights[query * keyTokens.length + key],
      };
    }),
  );
}
