import assert from "node:assert/strict";
import test from "node:test";
import {
  changeText,
  decimalsFor,
  fixedNumber,
  groupedNumber,
  shortNumber,
  signedNumber,
  weightText,
} from "../../assets/core/text/number_format.js";

test("larger numbers have fewer decimals", () => {
  assert.equal(decimalsFor([0.01, -3, -Infinity]), 3);
  assert.equal(decimalsFor([1, -345.6]), 2);
  assert.equal(decimalsFor([12345]), 1);
  assert.equal(decimalsFor([]), 3);
});

test("negative numbers have a minus sign, and zero has none", () => {
  assert.equal(fixedNumber(-1.2345, 2), "−1.23");
  assert.equal(fixedNumber(-0.0001, 3), "0.000");
  assert.equal(fixedNumber(0.5, 1), "0.5");
  assert.equal(shortNumber(-0.176776), "−0.1768");
  assert.equal(shortNumber(50), "50");
});

test("a change has a sign unless it rounds to zero", () => {
  assert.deepEqual(
    [1.5, -1.5, 0.0001, -0.0001].map((value) => signedNumber(value, 3)),
    ["+1.500", "−1.500", "0.000", "0.000"],
  );
});

test("a change that is not known has no text", () => {
  const changes = [0.12345, -0.12345, 0.0004, 0, Number.NaN];
  assert.deepEqual(changes.map(changeText), ["+0.123", "−0.123", "0.000", "0.000", ""]);
});

test("a weight has three decimals, and a small weight is not written as zero", () => {
  assert.equal(weightText(0.9951), "0.995");
  assert.equal(weightText(1), "1.000");
  assert.equal(weightText(0.001), "0.001");
  assert.equal(weightText(0.000999), "<0.001");
  assert.equal(weightText(1e-38), "<0.001");
  assert.equal(weightText(0), "0.000");
});

test("digits are grouped by three", () => {
  assert.equal(groupedNumber(4095), "4,095");
  assert.equal(groupedNumber(7), "7");
});
