import assert from "node:assert/strict";
import test from "node:test";
import bertvizD3 from "bertviz-d3";
import {
  BLUE,
  categoryColor,
  colorsOfHeads,
  connectorOpacity,
  lighten,
  NEUTRAL,
  ORANGE,
  PALETTES,
  signColor,
  valueOpacity,
} from "../../assets/drawing/color.js";

test("ten heads have ten colors, and the eleventh has the first again", () => {
  const colors = Array.from({ length: 10 }, (_, head) => categoryColor(head));
  assert.equal(new Set(colors).size, 10);
  assert.equal(categoryColor(10), colors[0]);
  assert.equal(categoryColor(23), colors[3]);
});

test("the standard colors are those of BertViz: D3's category10", () => {
  assert.deepEqual(PALETTES.category10.colors, bertvizD3.schemeCategory10);
});

test("lighten returns a lighter color", () => {
  const brightness = (/** @type {string} */ color) =>
    [1, 3, 5].reduce((sum, at) => sum + Number.parseInt(color.slice(at, at + 2), 16), 0);
  for (let head = 0; head < 10; head++) {
    const color = categoryColor(head);
    assert.match(lighten(color), /^#[0-9a-f]{6}$/);
    assert.ok(brightness(lighten(color)) > brightness(color));
  }
});

test("each head has the color of its number, unless the palette is distinct", () => {
  for (const palette of ["category10", "okabe-ito"]) {
    const colors = colorsOfHeads([0, 10, 11], palette);
    assert.deepEqual(
      [...colors],
      [0, 10, 11].map((head) => [head, categoryColor(head, palette)]),
    );
  }
});

test("up to ten heads have distinct colors, in the order of the heads", () => {
  const heads = [0, 3, 10, 13, 20, 23, 30, 31, 40, 41];
  const colors = colorsOfHeads(heads, "distinct");
  assert.deepEqual([...colors.keys()], heads);
  assert.deepEqual([...colors.values()], PALETTES.category10.colors);
});

test("more than ten heads have the colors of their numbers", () => {
  const heads = [...Array(12).keys()].slice(1);
  const colors = colorsOfHeads(heads, "distinct");
  for (const head of heads) assert.equal(colors.get(head), categoryColor(head));
});

test("the neutral color has about the same contrast with a light and with a dark page", () => {
  const [neutral, light, dark] = [NEUTRAL, "#ffffff", "#0b0f19"].map(luminance);
  const [onLight, onDark] = [(light + 0.05) / (neutral + 0.05), (neutral + 0.05) / (dark + 0.05)];
  assert.ok(Math.min(onLight, onDark) > 3, `${onLight} and ${onDark}`);
  assert.ok(Math.max(onLight, onDark) / Math.min(onLight, onDark) < 1.3, `${onLight}, ${onDark}`);
});

/**
 * The relative luminance of WCAG 2.
 * @param {string} color
 */
function luminance(color) {
  const [r, g, b] = linearParts(color);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/**
 * The red, green and blue of a color as parts of the light, 0 to 1.
 * @param {string} color
 */
function linearParts(color) {
  return [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
}

test("positive numbers and zero are blue, negative ones orange", () => {
  assert.deepEqual([2, 0, -2].map(signColor), [BLUE, BLUE, ORANGE]);
});

test("a number's opacity is tanh of a quarter of its size, whatever its sign", () => {
  assert.equal(valueOpacity(0), 0);
  assert.equal(valueOpacity(4), Math.tanh(1));
  assert.equal(valueOpacity(-4), Math.tanh(1));
  assert.ok(valueOpacity(1e6) <= 1);
});

test("a connector's opacity is tanh of 1.8 times the weight", () => {
  assert.equal(connectorOpacity(0), 0);
  assert.equal(connectorOpacity(0.5), Math.tanh(0.9));
});

// Machado, Oliveira and Fernandes (2009): matrices for linear red, green and blue that simulate the
// absence of one kind of cone.
const BLINDNESS = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/**
 * The CIELAB color that a reader with a kind of color blindness sees.
 * @type {(color: string, matrix: number[][]) => {l: number, a: number, b: number}}
 */
function simulate(color, matrix) {
  const linear = linearParts(color);
  const [r, g, b] = matrix.map((row) => {
    const part = row.reduce((sum, factor, at) => sum + factor * linear[at], 0);
    const clipped = Math.min(1, Math.max(0, part));
    return 255 * (clipped <= 0.0031308 ? clipped * 12.92 : 1.055 * clipped ** (1 / 2.4) - 0.055);
  });
  return globalThis.d3.lab(globalThis.d3.rgb(r, g, b));
}

/**
 * The CIELAB distance of the two most similar colors.
 * @type {(colors: readonly string[], matrix: number[][]) => number}
 */
function minDifference(colors, matrix) {
  const all = colors.map((color) => simulate(color, matrix));
  const pairs = all.flatMap((one, at) => all.slice(at + 1).map((two) => [one, two]));
  return Math.min(...pairs.map(([p, q]) => Math.hypot(p.l - q.l, p.a - q.a, p.b - q.b)));
}

for (const [name, matrix] of Object.entries(BLINDNESS)) {
  test(`with ${name}, the second palette is easier to distinguish than category10`, () => {
    const safe = minDifference(PALETTES["okabe-ito"].colors, matrix);
    const standard = minDifference(PALETTES.category10.colors, matrix);
    assert.ok(safe > 15, `the two most similar colors differ by ${safe}`);
    assert.ok(safe > standard, `${safe} against ${standard}`);
  });
}

test("colors repeat after the end of a palette", () => {
  assert.equal(categoryColor(7, "okabe-ito"), categoryColor(0, "okabe-ito"));
});
