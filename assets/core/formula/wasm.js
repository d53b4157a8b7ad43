// WebAssembly that is carried in a module, as base64: nothing to fetch, the same in a browser and in Node.

const PAGE = 65_536;

/**
 * @param {string} text base64 of what a .wat file assembles to
 * @returns {WebAssembly.Module}
 */
export function decodeModule(text) {
  return new WebAssembly.Module(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
}

/**
 * @param {WebAssembly.Memory} memory
 * @param {number} bytes that it has to have at least
 * @returns {boolean} whether it grew, which empties all views of it
 */
export function growMemory(memory, bytes) {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  return missing > 0;
}
