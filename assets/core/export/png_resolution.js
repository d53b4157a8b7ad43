// The resolution of a PNG file, from which programs compute its size on paper.

/** Bytes of the signature and of the first chunk (IHDR), which every PNG file begins with. */
const HEADER_BYTES = 33;
/** Meters of an inch. */
const INCH = 0.0254;
/** Polynomial of the checksum (CRC-32) of a chunk, with its bits reversed. */
const POLYNOMIAL = 0xedb88320;

/**
 * Return a PNG file with its resolution, as a chunk pHYs after the first chunk.
 * @param {Blob} png a file without a resolution
 * @param {number} dotsPerInch
 * @returns {Blob}
 */
export function withResolution(png, dotsPerInch) {
  const chunk = new DataView(new ArrayBuffer(21));
  const bytes = new Uint8Array(chunk.buffer);
  const dotsPerMeter = Math.round(dotsPerInch / INCH);
  chunk.setUint32(0, 9); // bytes of the data
  bytes.set(new TextEncoder().encode("pHYs"), 4);
  chunk.setUint32(8, dotsPerMeter);
  chunk.setUint32(12, dotsPerMeter);
  chunk.setUint8(16, 1); // the unit is the meter
  chunk.setUint32(17, checksum(bytes.subarray(4, 17)));
  const [header, rest] = [png.slice(0, HEADER_BYTES), png.slice(HEADER_BYTES)];
  return new Blob([header, chunk, rest], { type: "image/png" });
}

/**
 * @param {Uint8Array} bytes
 * @returns {number} their CRC-32
 */
function checksum(bytes) {
  let value = ~0;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? POLYNOMIAL : 0);
  }
  return ~value >>> 0;
}
