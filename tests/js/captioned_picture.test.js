// The texts around a saved picture, and its size.

import assert from "node:assert/strict";
import test from "node:test";
import { captionedPicture, smallestText } from "../../assets/drawing/captioned_picture.js";
import { halfWidth, sideBySide } from "../../assets/drawing/static_picture.js";
import { svgElement } from "../../assets/drawing/svg_element.js";
import { titledPictures } from "../../assets/drawing/titled_picture.js";
import { openScreen } from "./screen.js";

/** @type {import("../../assets/drawing/picture_theme.js").PictureTheme} */
const THEME = {
  name: "light",
  className: "bertviz-saved-light",
  text: "#111111",
  muted: "#777777",
  background: "#ffffff",
  font: "sans-serif",
};

/**
 * Return a picture of one text of 15 pixels, with the texts around it.
 * @param {import("node:test").TestContext} t
 * @param {{texts?: object, theme?: object, width?: "screen" | "84mm" | "174mm", pixels?: number}} [options]
 */
function pictureWith(t, { texts = {}, theme = {}, width = "screen", pixels = 600 } = {}) {
  const document = openScreen(t);
  const element = svgElement(document, "g", { "font-size": "15px" });
  element.append(svgElement(document, "text", {}));
  const all = {
    title: "A title",
    legend: [{ text: "0", color: "#2b7de9" }],
    scale: "weight",
    caption: ["some/model", "The <b>cat</b>"],
    drawn: { title: true, caption: true },
    ...texts,
  };
  return captionedPicture(
    { element, width: pixels, height: 100 },
    all,
    { ...THEME, ...theme },
    width,
  );
}

/** @param {import("../../assets/drawing/captioned_picture.js").CaptionedPicture} picture */
function wordsOf({ svg }) {
  return [...svg.querySelectorAll("text")].map((text) => text.textContent).filter(Boolean);
}

test("a picture has title, legend, scale and caption from top to bottom", (t) => {
  const picture = pictureWith(t);
  assert.deepEqual(wordsOf(picture), ["A title", "0", "weight 0", "1", "some/modelThe <b>cat</b>"]);
  const [begin, end] = picture.svg.querySelectorAll("stop");
  assert.equal(begin.getAttribute("stop-opacity"), "0");
  assert.equal(end.getAttribute("stop-color"), THEME.text);
});

test("the scale of changes has both colors, and is transparent in the middle", (t) => {
  const texts = { scale: "opacity = |change|", isDifference: true, legend: [] };
  const picture = pictureWith(t, { texts });
  assert.deepEqual(wordsOf(picture).slice(1, 3), ["opacity = |change| −1", "+1"]);
  const stops = [...picture.svg.querySelectorAll("stop")].map((stop) =>
    ["offset", "stop-color", "stop-opacity"].map((name) => stop.getAttribute(name)),
  );
  assert.deepEqual(stops, [
    ["0", "#ff6318", "1"],
    ["0.5", "#ff6318", "0"],
    ["0.5", "#2b7de9", "0"],
    ["1", "#2b7de9", "1"],
  ]);
});

test("two pictures with titles stand side by side, and fit into the width of both", (t) => {
  const document = openScreen(t);
  const width = halfWidth(600);
  const texts = ["This run", `<b>other</b> ${"word ".repeat(40)}`];
  const pictures = texts.map(() => ({
    element: svgElement(document, "g", { class: "made" }),
    width,
    height: 100,
  }));
  const [left, right] = titledPictures(pictures, texts, THEME);
  // The second title has several lines: both pictures are below it.
  const [top, otherTop] = [left, right].map(({ element }) =>
    element.querySelector(".made").parentElement.getAttribute("transform"),
  );
  assert.equal(top, otherTop);
  const both = sideBySide(left, right);
  assert.deepEqual([both.width, both.height], [600, left.height]);
  assert.ok(both.height > 100 + 2 * 13);
  const titles = [...both.element.querySelectorAll("text")].map((each) => each.textContent);
  assert.deepEqual([titles[0], titles[1].slice(0, 12)], ["This run", "<b>other</b>"]);
});

test("the scale of bars has a bar, the largest score, and how many layers it knows", (t) => {
  const texts = { scale: "", legend: [], drawn: { title: false, caption: false } };
  const known = { name: "bar = induction", max: "0.250", progress: "" };
  const picture = pictureWith(t, { texts: { ...texts, scores: known } });
  assert.deepEqual(wordsOf(picture), ["bar = induction 0", "0.250"]);
  const [, bar] = picture.svg.querySelectorAll("rect"); // after the background
  assert.equal(bar.getAttribute("fill"), THEME.muted);
  const partly = { ...known, progress: "1 of 2 layers so far" };
  assert.deepEqual(wordsOf(pictureWith(t, { texts: { ...texts, scores: partly } })), [
    "bar = induction 0",
    "0.250 (1 of 2 layers so far)",
  ]);
});

test("what is not drawn stays in the file as metadata", (t) => {
  const picture = pictureWith(t, {
    texts: { legend: [], scale: "", drawn: { title: false, caption: false } },
  });
  assert.deepEqual(wordsOf(picture), []);
  const { svg } = picture;
  assert.equal(svg.querySelector("title")?.textContent, "A title");
  assert.equal(svg.querySelector("desc")?.textContent, "some/model\nThe <b>cat</b>");
  // Nothing is left of the space of the texts.
  assert.equal(picture.height, 16 + 100 + 16);
});

test("a picture on paper has its width in millimeters, and is not distorted", (t) => {
  const { svg, page, height } = pictureWith(t, { width: "84mm" });
  assert.equal(svg.getAttribute("width"), "84mm");
  const [, , width, viewHeight] = (svg.getAttribute("viewBox") ?? "").split(" ").map(Number);
  assert.deepEqual([width, viewHeight], [page.width, height]);
  const millimeters = Number.parseFloat(svg.getAttribute("height") ?? "");
  assert.ok(Math.abs(millimeters / 84 - height / width) < 1e-4);
});

test("the smallest letters on paper are those of the view, if it is scaled down enough", (t) => {
  // 84 mm are 317 pixels: at 600 pixels, 15 pixels become 5.8 points. At 309 pixels, they are 11.25.
  const scaled = smallestText(pictureWith(t, { width: "84mm" }));
  assert.ok(Math.abs(scaled - (15 * 0.75 * 309.48) / 600) < 0.01);
  assert.equal(smallestText(pictureWith(t, { width: "84mm", pixels: 300 })), 7.5);
});

test("a transparent picture has no background", (t) => {
  const backgrounds = ({ svg }) => svg.querySelectorAll(":scope > rect").length;
  assert.equal(backgrounds(pictureWith(t)), 1);
  assert.equal(backgrounds(pictureWith(t, { theme: { background: null } })), 0);
});
