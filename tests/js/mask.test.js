import assert from "node:assert/strict";
import test from "node:test";
import { scoreTerms } from "../../assets/core/formula/attention.js";
import { isAllowed, maskReason } from "../../assets/core/formula/mask.js";
import { goldenTrace } from "./golden.js";

/** @typedef {import("../../assets/core/data/wire.js").Component} Component */

test("a causal query may attend to keys up to its own position", async (t) => {
  const layer = await (await goldenTrace(t)).layer("decoder", 0);
  for (let query = 0; query < layer.num_queries; query++) {
    const { scores } = scoreTerms(layer, 0, query);
    for (let key = 0; key < layer.num_keys; key++) {
      assert.equal(isAllowed(layer, 0, query, key), key <= query);
      assert.equal(scores[key] === -Infinity, key > query);
    }
  }
});

test("every masked key has a reason", async (t) => {
  const trace = await goldenTrace(t);
  const reasonsOf = async (
    /** @type {Component} */ component,
    /** @type {number} */ number,
    /** @type {number} */ query,
  ) => {
    const layer = await trace.layer(component, number);
    return Array.from({ length: layer.num_keys }, (_, key) => maskReason(layer, 0, query, key));
  };
  const [seen, later, far, mask] = [null, "later", "outside", "mask"];
  assert.deepEqual(await reasonsOf("decoder", 0, 1), [seen, seen, later, later, later]);
  assert.deepEqual(await reasonsOf("decoder", 2, 3), [far, far, seen, seen, later]);
  assert.deepEqual(await reasonsOf("encoder", 3, 3), [far, seen, seen, seen, seen, seen, far]);
  assert.deepEqual(await reasonsOf("encoder", 0, 3), Array(7).fill(mask));
  // A causal mask with holes: the reason for later keys is still that they are later.
  assert.deepEqual(await reasonsOf("decoder", 3, 3), [seen, mask, seen, mask, later]);
});

test("a mask can differ between heads", async (t) => {
  const layer = await (await goldenTrace(t)).layer("encoder", 2);
  const masks = [0, 1, 2, 3].map((head) =>
    Array.from({ length: layer.num_keys }, (_, key) => isAllowed(layer, head, 1, key)),
  );
  assert.ok(masks.some((mask) => JSON.stringify(mask) !== JSON.stringify(masks[0])));
});
