// The safetensors format: eight bytes with the length of the header, a JSON header, then the bytes of
// each array, little-endian (https://huggingface.co/docs/safetensors).

/**
 * @typedef {object} Tensor
 * @property {number[]} shape
 * @property {Float32Array | Int32Array | Uint8Array} data in row-major order
 */

const ARRAY_TYPES = { F32: Float32Array, I32: Int32Array, U8: Uint8Array };

/**
 * Decode a safetensors file without copying its data.
 * @param {ArrayBuffer} buffer
 * @returns {Map<string, Tensor>} the tensors by name
 * @throws {Error} for a dtype other than F32, I32 and U8
 * @throws {RangeError} for a file that is cut off
 */
export function decodeSafetensors(buffer) {
  const headerLength = Number(new DataView(buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, headerLength)));
  const tensors = new Map();
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const ArrayType = ARRAY_TYPES[/** @type {keyof typeof ARRAY_TYPES} */ (entry.dtype)];
    if (!ArrayType) throw new Error(`tensor ${name} has the unknown dtype ${entry.dtype}`);
    const [begin, end] = entry.data_offsets;
    const length = (end - begin) / ArrayType.BYTES_PER_ELEMENT;
    const data = new ArrayType(buffer, 8 + headerLength + begin, length);
    tensors.set(name, { shape: entry.shape, data });
  }
  return tensors;
}

/**
 * Encode tensors as a safetensors file without copying their data.
 * @param {Map<string, Tensor>} tensors by name
 * @param {Record<string, string>} metadata
 * @returns {BlobPart[]} the parts of the file, in order
 */
export function encodeSafetensors(tensors, metadata) {
  /** @type {Record<string, object>} */
  const header = { __metadata__: metadata };
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    const [dtype] = /** @type {[string, unknown]} */ (
      Object.entries(ARRAY_TYPES).find(([, ArrayType]) => data instanceof ArrayType)
    );
    const begin = end;
    end += data.byteLength;
    header[name] = { dtype, shape, data_offsets: [begin, end] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Like the reference implementation, pad the header with spaces so that data begins at a multiple
  // of 8 bytes.
  const bytes = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(" ".charCodeAt(0));
  bytes.set(json);
  const length = new DataView(new ArrayBuffer(8));
  length.setBigUint64(0, BigInt(bytes.length), true);
  const arrays = [...tensors.values()].map(({ data }) => data);
  return /** @type {BlobPart[]} */ ([length, bytes, ...arrays]);
}
