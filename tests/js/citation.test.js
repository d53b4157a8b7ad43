// The BibTeX file that a reader saves.

import assert from "node:assert/strict";
import test from "node:test";
import { citation } from "../../assets/core/export/citation.js";

const DATE = new Date("2026-03-09T12:00:00Z");
const COMMIT = "0123456789abcdef0123456789abcdef01234567";

/**
 * @param {string} model_id
 * @param {string} revision
 */
function manifestOf(model_id, revision) {
  return /** @type {any} */ ({ model: { model_id, revision } });
}

/** @param {string} text a BibTeX file, in which no value contains an equals sign */
function entriesOf(text) {
  return text
    .split(/^@/m)
    .slice(1)
    .map((entry) => {
      const [head, ...lines] = entry.trim().split("\n");
      assert.equal(lines.pop(), "}");
      const fields = lines.map((line) => /^ {2}(\w+) = (.*),$/.exec(line)?.slice(1) ?? [line]);
      return { head, ...Object.fromEntries(fields) };
    });
}

test("a citation has an entry for BertViz and one for the Space", () => {
  const text = citation(manifestOf("some/model", COMMIT), "https://space.test/", DATE);
  const [paper, space] = entriesOf(text);
  assert.equal(paper.head, "inproceedings{vig-2019-multiscale,");
  assert.equal(paper.author, "{Vig, Jesse}");
  assert.equal(paper.pages, "{37--42}");
  assert.equal(paper.doi, "{10.18653/v1/P19-3007}");
  assert.deepEqual(space, {
    head: "software{bertviz-space,",
    title: "{{BertViz Space}}",
    url: "{https://space.test/}",
    urldate: "{2026-03-09}",
    note: "{Attention of some/model, commit 0123456789ab. Accessed 2026-03-09}",
  });
});

test("a page that is a file has no address, and a model of this Space has no commit", () => {
  const [, space] = entriesOf(citation(manifestOf("tiny-bert", "shipped"), "", DATE));
  assert.equal(space.url, undefined);
  assert.equal(space.note, "{Attention of tiny-bert. Accessed 2026-03-09}");
});

test("no name of a model ends its field or has a meaning in TeX", () => {
  const name = "a_b}%$&#\\input{x}\n~^";
  const [, space] = entriesOf(citation(manifestOf(name, ""), "https://space.test/}{", DATE));
  const escaped =
    "a\\_b\\}\\%\\$\\&\\#\\textbackslash{}input\\{x\\} \\textasciitilde{}\\textasciicircum{}";
  assert.equal(space.note, `{Attention of ${escaped}. Accessed 2026-03-09}`);
  assert.equal(space.url, "{https://space.test/%7D%7B}");
});
