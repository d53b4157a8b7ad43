// The name of the scale of weights in a saved picture.

import assert from "node:assert/strict";
import test from "node:test";
import { weightScaleText } from "../../assets/core/text/weight_scale.js";

test("the scale of one line for several heads shows their mean", () => {
  assert.equal(weightScaleText(12, true), "opacity = mean weight of 12 heads");
  assert.equal(weightScaleText(1, true), "weight");
});
