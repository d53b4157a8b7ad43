// WebAssembly modules that are embedded in JavaScript modules as base64. They need no request, and
// load in the same way in a browser and in Node. `make kernels` writes them.

/** Bytes of a page of WebAssembly memory. */
const PAGE_BYTES = 65_536;

/**
 * Create an instance of a WebAssembly module.
 * @param {string} base64 the assembled .wat file
 * @returns {WebAssembly.Exports | null} null if WebAssembly is not available: the page's policy may
 *   forbid it, the reader may have disabled it, or the browser may lack SIMD
 */
export function instantiate(base64) {
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
  } catch {
    return null;
  }
}

/**
 * Grow a memory to at least a size.
 * @param {WebAssembly.Memory} memory
 * @param {number} bytes
 * @returns {boolean} whether the memory grew, which detaches all typed arrays that view it
 */
export function growMemory(memory, bytes) {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
  return missing > 0;
}
