// CSV tables of weights and of vectors, for spreadsheets.

import { positionsOf } from "../state/attention_part.js";
import { labelOf } from "../text/label.js";
import { BYTE_ORDER_MARK, csvLine, shortestFloat32 } from "./csv.js";
import { checkVectors, checkWeights, VECTOR_KINDS, weightRows } from "./exported_part.js";

/** @typedef {import("../data/wire.js").Token} Token */
/** @typedef {import("./exported_part.js").ExportedPart} ExportedPart */

/** Numbers of one table, which take about 40 MB. */
const MAX_NUMBERS = 2 ** 22;

/**
 * Return a table of weights: a row for each layer, head and query, and a column for each key.
 * @param {ExportedPart} part
 * @returns {BlobPart[]} the parts of the file, in order
 * @throws {Error} with a message for the reader, if the part is too large
 */
export function weightsTable(part) {
  const { trace, attentionPart, layers } = part;
  checkWeights(part, MAX_NUMBERS);
  const queries = namesOf(trace.queryTokens(attentionPart.component));
  const keys = namesOf(trace.keyTokens(attentionPart.component)).slice(...attentionPart.keys);
  const rows = layers.flatMap(({ layer, heads }) =>
    heads.flatMap((head) =>
      weightRows(layer, head, attentionPart).map(({ query, weights }) => {
        const numbers = [...weights].map(shortestFloat32);
        return csvLine([layer.layer, head, queries[query], ...numbers]);
      }),
    ),
  );
  return [BYTE_ORDER_MARK, csvLine(["layer", "head", "query", ...keys]), ...rows];
}

/**
 * Return a table of query and key vectors: a row for each vector, and a column for each dimension.
 * @param {ExportedPart} part
 * @returns {BlobPart[]} the parts of the file, in order
 * @throws {Error} with a message for the reader, if the vectors are unknown or too many
 */
export function vectorsTable(part) {
  const { trace, attentionPart, layers } = part;
  checkVectors(part, MAX_NUMBERS);
  const names = {
    query: namesOf(trace.queryTokens(attentionPart.component)),
    key: namesOf(trace.keyTokens(attentionPart.component)),
  };
  const maxHeadDim = Math.max(...layers.map(({ layer }) => layer.head_dim));
  const rows = layers.flatMap(({ layer, heads }) =>
    heads.flatMap((head) =>
      VECTOR_KINDS.flatMap(({ kind, span, vectorOf }) =>
        positionsOf(attentionPart[span]).map((position) => {
          const numbers = [...vectorOf(layer, head, position)].map(shortestFloat32);
          return csvLine([layer.layer, head, kind, names[kind][position], ...numbers]);
        }),
      ),
    ),
  );
  const header = csvLine(["layer", "head", "vector", "token", ...Array(maxHeadDim).keys()]);
  return [BYTE_ORDER_MARK, header, ...rows];
}

/**
 * Return the names of rows and columns. A name begins with the position, because a spreadsheet would
 * evaluate a text such as "=1+1" as a formula.
 * @param {Token[]} tokens
 * @returns {string[]}
 */
function namesOf(tokens) {
  return tokens.map((token, position) => `${position} ${labelOf(token)}`);
}
