// CSV tables of weights and of vectors, for spreadsheets and for programs. Comments at the beginning of
// a table name the model and the texts.

import { positionsOf } from "../state/attention_part.js";
import { numbersInWords } from "../text/caption.js";
import { labelOf } from "../text/label.js";
import { beginningOf, cellText, commentLine, csvLine, shortestFloat32 } from "./csv.js";
import { checkVectors, checkWeights, inTokens, VECTOR_KINDS, weightRows } from "./exported_part.js";

/** @typedef {import("../data/wire.js").Token} Token */
/** @typedef {import("./exported_part.js").ExportedPart} ExportedPart */

/** Numbers of a wide table, which take about 40 MB. */
const MAX_NUMBERS = 2 ** 22;
/** Numbers of a long table, which has a row for each: a spreadsheet shows 1,048,576 rows. */
const MAX_ROWS = 1_000_000;

/**
 * Return a table of weights: a row for each layer, head and query, and a column for each key.
 * @param {ExportedPart} part
 * @returns {BlobPart[]} the parts of the file, in order
 * @throws {Error} with a message for the reader, if the part is too large
 */
export function weightsTable(part) {
  const { attentionPart, axes } = part;
  checkWeights(part, MAX_NUMBERS);
  const queries = namesOf(axes.query.tokens);
  const keys = namesOf(axes.key.tokens).slice(...attentionPart.keys);
  const rows = shownRows(part).map(({ layer, head, query, weights }) => {
    return csvLine([layer, head, queries[query], ...[...weights].map(shortestFloat32)]);
  });
  return [...beginning(part), csvLine(["layer", "head", "query", ...keys]), ...rows];
}

/**
 * Return a table of weights with a row for each weight.
 * @param {ExportedPart} part
 * @returns {BlobPart[]} the parts of the file, in order
 * @throws {Error} with a message for the reader, if the part is too large
 */
export function longWeightsTable(part) {
  const { attentionPart, axes } = part;
  checkWeights(part, MAX_ROWS);
  const queries = textsOfTokens(axes.query.tokens);
  const keys = textsOfTokens(axes.key.tokens);
  const [firstKey] = attentionPart.keys;
  const rows = shownRows(part).map(({ layer, head, query, weights }) => {
    const lines = [...weights].map((weight, index) => {
      const key = firstKey + index;
      const numbers = [layer, head, query, queries[query], key, keys[key]];
      return csvLine([...numbers, shortestFloat32(weight)]);
    });
    return lines.join("");
  });
  const columns = ["layer", "head", "query_position", "query", "key_position", "key", "weight"];
  return [...beginning(part), csvLine(columns), ...rows];
}

/**
 * Return a table of query and key vectors: a row for each vector, and a column for each dimension.
 * @param {ExportedPart} shown
 * @returns {BlobPart[]} the parts of the file, in order
 * @throws {Error} with a message for the reader, if the vectors are unknown or too many
 */
export function vectorsTable(shown) {
  const part = inTokens(shown);
  const { attentionPart, axes, layers } = part;
  checkVectors(part, MAX_NUMBERS);
  const names = {
    query: namesOf(axes.query.tokens),
    key: namesOf(axes.key.tokens),
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
  return [...beginning(part), header, ...rows];
}

/**
 * Return the weights that the view shows: those of each head, or the mean of the heads.
 * @param {ExportedPart} part
 * @returns {{layer: number, head: number | "mean", query: number, weights: Float32Array}[]}
 */
function shownRows(part) {
  return part.layers.flatMap(({ layer, heads }) => {
    const shown = part.mean
      ? [{ head: /** @type {const} */ ("mean"), rows: weightRows(layer, heads, part) }]
      : heads.map((head) => ({ head, rows: weightRows(layer, [head], part) }));
    return shown.flatMap(({ head, rows }) =>
      rows.map((row) => ({ layer: layer.layer, head, ...row })),
    );
  });
}

/**
 * Return the beginning of a file: comments that name the model, the texts and the attention part.
 * @param {ExportedPart} part
 * @returns {string[]}
 */
function beginning({ trace, attentionPart, filter, layers, mean }) {
  return [
    ...beginningOf(trace.manifest),
    commentLine("attention", attentionPart.label),
    ...(filter ? [commentLine("filter", filter.text)] : []),
    ...(mean ? [commentLine("mean", numbersInWords("head", layers[0].heads))] : []),
  ];
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

/**
 * @param {Token[]} tokens
 * @returns {string[]} their texts as the views show them
 */
function textsOfTokens(tokens) {
  return tokens.map((token) => cellText(labelOf(token)));
}
