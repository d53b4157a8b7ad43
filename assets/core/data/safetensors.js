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

/**
 * @param {Map<string, Tensor>} tensors
 * @param {Record<string, string>} metadata
 * @returns {BlobPart[]} the file, whose numbers are not copied
 */
export function encodeSafetensors(tensors, metadata) {
  /** @type {Record<string, object>} */
  const header = { __metadata__: metadata };
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    const [dtype] = /** @type {[string, unknown]} */ (
      Object.entries(ARRAYS).find(([, ArrayOfType]) => data instanceof ArrayOfType)
    );
    const begin = end;
    end += data.byteLength;
    header[name] = { dtype, shape, data_offsets: [begin, end] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // The format's own programs pad the header with blanks, so that the numbers begin at a multiple of 8.
  const bytes = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(" ".charCodeAt(0));
  bytes.set(json);
  const length = new DataView(new ArrayBuffer(8));
  length.setBigUint64(0, BigInt(bytes.length), true);
  const numbers = [...tensors.values()].map(({ data }) => data);
  return /** @type {BlobPart[]} */ ([length, bytes, ...numbers]);
}
