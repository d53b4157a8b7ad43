// Arrays travel as safetensors: eight bytes of header length, a JSON header, then the bytes of each
// array, little-endian (https://huggingface.co/docs/safetensors).

/**
 * @typedef {object} Tensor
 * @property {number[]} shape
 * @property {Float32Array | Int32Array | Uint8Array} data in row-major order
 */

const ARRAYS = { F32: Float32Array, I32: Int32Array, U8: Uint8Array };

/**
 * Decode a safetensors file without copying its numbers.
 * @param {ArrayBuffer} buffer
 * @returns {Map<string, Tensor>} the tensors by name
 * @throws {Error} for a dtype that this project does not write
 */
export function decodeSafetensors(buffer) {
  const headerLength = Number(new DataView(buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, headerLength)));
  const tensors = new Map();
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const ArrayOfType = ARRAYS[/** @type {keyof typeof ARRAYS} */ (entry.dtype)];
    if (!ArrayOfType) throw new Error(`tensor ${name} has the unknown dtype ${entry.dtype}`);
    const [begin, end] = entry.data_offsets;
    const length = (end - begin) / ArrayOfType.BYTES_PER_ELEMENT;
    const data = new ArrayOfType(buffer, 8 + headerLength + begin, length);
    tensors.set(name, { shape: entry.shape, data });
  }
  return tensors;
}
