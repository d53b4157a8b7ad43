// The rows of a thumbnail, which consist of whole bins, and their largest weights.

import assert from "node:assert/strict";
import test from "node:test";
import { largestOfRows, thumbnailLayout } from "../../assets/marks/thumbnail.js";

/** What thumbnails show of a text whose overviews have bins of tokens. */
function shown(count, bin, attentionPart, firstOfB = count) {
  const tokens = [...Array(count).keys()].map((at) => ({ segment: at < firstOfB ? "A" : "B" }));
  const trace = { bins: () => ({ queryBin: bin, keyBin: bin }) };
  return { trace, attentionPart, axes: { query: { tokens }, key: { tokens } }, filter: null };
}

function partOf(queries, keys) {
  return { component: "self", queries, keys };
}

test("a row is one bin, or several bins if cells are too small to distinguish them", () => {
  const all = partOf([0, 40], [0, 40]);
  assert.equal(thumbnailLayout(shown(40, 1, all), 112).queries.rows.size, 1);
  // 0.84 of 32 pixels for 40 tokens: four tokens have two pixels.
  assert.equal(thumbnailLayout(shown(40, 1, all), 32).queries.rows.size, 4);
  const long = partOf([0, 4096], [0, 4096]);
  assert.equal(thumbnailLayout(shown(4096, 128, long), 112).queries.rows.size, 128);
  assert.equal(thumbnailLayout(shown(4096, 128, long), 40).queries.rows.size, 256);
});

test("the value of a row is the largest of its bins, within the attention part", () => {
  // Segment A is tokens 0 to 2, B is 3 to 7; bins of two tokens start again at the beginning of B.
  const { queries, keys } = thumbnailLayout(shown(8, 2, partOf([3, 8], [0, 3]), 3), 112);
  assert.deepEqual(queries.rows.edges, [3, 5, 7, 8]);
  assert.deepEqual([queries.firstBin, keys.firstBin], [2, 0]);
  assert.deepEqual(
    [queries.rowOfBin, keys.rowOfBin],
    [
      [0, 1, 2],
      [0, 1],
    ],
  );
  // Two heads of 5 by 5 bins.
  const data = Uint8Array.from({ length: 50 }, (_, at) => at);
  const overview = { dtype: "U8", shape: [2, 5, 5], data };
  assert.deepEqual([...largestOfRows(overview, 1, queries, keys)], [35, 36, 40, 41, 45, 46]);
  const joined = { ...queries, rows: { edges: [3, 7, 8], size: 4 }, rowOfBin: [0, 0, 1] };
  assert.deepEqual([...largestOfRows(overview, 0, joined, keys)], [15, 16, 20, 21]);
});
