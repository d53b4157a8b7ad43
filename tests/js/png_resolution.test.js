// The resolution that a saved PNG file has.

import assert from "node:assert/strict";
import test from "node:test";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { withResolution } from "../../assets/core/export/png_resolution.js";

test("a PNG file keeps its pixels and has a resolution", async () => {
  const canvas = createCanvas(3, 2);
  const context = canvas.getContext("2d");
  context.fillStyle = "#123456";
  context.fillRect(0, 0, 2, 2);
  const png = withResolution(new Blob([canvas.toBuffer("image/png")]), 300);
  const bytes = Buffer.from(await png.arrayBuffer());
  const chunk = bytes.indexOf("pHYs");
  assert.ok(chunk > 0 && chunk < bytes.indexOf("IDAT"));
  // 300 dots per inch are 11,811 per meter. The checksum is the one of Python's zlib.crc32.
  assert.equal(
    bytes.subarray(chunk - 4, chunk + 17).toString("hex"),
    "00000009" + "70485973" + "00002e23" + "00002e23" + "01" + "78a53f76",
  );
  const copy = createCanvas(3, 2).getContext("2d");
  copy.drawImage(await loadImage(bytes), 0, 0);
  assert.deepEqual(copy.getImageData(0, 0, 3, 2).data, context.getImageData(0, 0, 3, 2).data);
});
