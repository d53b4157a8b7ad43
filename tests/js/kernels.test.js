// The WebAssembly modules in assets/ are their sources, assembled.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { assembledModules } from "../../scripts/assemble_kernels.js";

test("each assembled module belongs to its source", async () => {
  const modules = await assembledModules();
  assert.ok(modules.size >= 2);
  for (const [path, text] of modules) {
    assert.equal(await readFile(path, "utf8"), text, "run make kernels");
  }
});
