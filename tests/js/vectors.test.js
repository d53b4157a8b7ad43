import assert from "node:assert/strict";
import test from "node:test";
import { keyHead, keyVector, queryVector } from "../../assets/core/formula/vectors.js";
import { goldenTrace } from "./golden.js";

test("vectors have head_dim elements and are views of the layer's data", async (t) => {
  const layer = await (await goldenTrace(t)).layer("cross", 0);
  const [query, key] = [queryVector(layer, 2, 3), keyVector(layer, 2, 5)];
  assert.deepEqual([query.length, key.length], [layer.head_dim, layer.head_dim]);
  assert.deepEqual([query.buffer, key.buffer], [layer.query.buffer, layer.key.buffer]);
});

test("consecutive query heads share a key head", async (t) => {
  // Four query heads, two key heads: 0 and 1 use the first, 2 and 3 the second.
  const layer = await (await goldenTrace(t)).layer("encoder", 0);
  const heads = [0, 1, 2, 3].map((head) => keyVector(layer, head, 4));
  assert.deepEqual(heads[0], heads[1]);
  assert.deepEqual(heads[2], heads[3]);
  assert.notDeepEqual(heads[1], heads[2]);
  assert.deepEqual(
    [0, 1, 2, 3].map((head) => keyHead(layer, head)),
    [0, 0, 1, 1],
  );
});
