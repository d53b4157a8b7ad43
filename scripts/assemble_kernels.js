// Assembles each .wat file of assets/ into a JavaScript module beside it.

import { readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const assets = new URL("../assets/", import.meta.url);

/**
 * Return the modules that belong to the .wat files, assembled from them.
 * @returns {Promise<Map<string, string>>} texts by path
 */
export async function assembledModules() {
  const wabt = await createRequire(import.meta.url)("wabt")();
  const names = (await readdir(assets, { recursive: true })).filter((name) => /\.wat$/.test(name));
  const modules = new Map();
  for (const name of names) {
    const source = await readFile(new URL(name, assets), "utf8");
    const { buffer } = wabt.parseWat(name, source).toBinary({});
    const base64 = Buffer.from(buffer).toString("base64");
    const text = `// ${name.replace(/.*\//, "")}, assembled by \`make kernels\`.\n\nexport default "${base64}";\n`;
    modules.set(fileURLToPath(new URL(name.replace(/\.wat$/, "_wat.js"), assets)), text);
  }
  return modules;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of await assembledModules()) await writeFile(path, text);
}
