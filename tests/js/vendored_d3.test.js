// D3's packages in assets/vendor are those that npm published. package-lock.json has their hashes.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

const vendor = new URL("../../assets/vendor/", import.meta.url);
const published = new URL("../../node_modules/", import.meta.url);
const scripts = readdirSync(vendor).filter((name) => name.endsWith(".min.js"));
const own = readFileSync(new URL("d3.js", vendor), "utf8");

for (const script of scripts) {
  const name = script.replace(".min.js", "");
  test(`${name} and its license are byte-identical with the npm package`, () => {
    const license = name === "d3-ease" ? "D3-EASE-LICENSE" : "D3-LICENSE";
    for (const [file, original] of [
      [script, `${name}/dist/${script}`],
      [license, `${name}/LICENSE`],
    ]) {
      const bytes = readFileSync(new URL(file, vendor));
      assert.ok(bytes.equals(readFileSync(new URL(original, published))), file);
    }
  });
}

test("d3.js imports each of these scripts once", () => {
  const imported = [...own.matchAll(/^import "\.\/([^"]+)";$/gm)].map((match) => match[1]);
  assert.deepEqual(imported.toSorted(), scripts.toSorted());
});
