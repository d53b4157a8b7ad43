// The tokens that a causal model wrote to continue the reader's text.

/** @typedef {import("./wire.js").Manifest} Manifest */
/** @typedef {import("./wire.js").Token} Token */

/**
 * Return the tokens of a side. Those that the model wrote are marked as written.
 * @param {Pick<Manifest, "source" | "target" | "written_from">} manifest
 * @param {"source" | "target"} side
 * @returns {Token[]}
 */
export function tokensOfSide({ source, target, written_from }, side) {
  if (side === "target") return target ?? [];
  if (written_from === null) return source;
  return source.map((token, position) =>
    position < written_from ? token : { ...token, written: true },
  );
}
