// The loops of raster.js in WebAssembly (simd_kernel.wat): about three times as fast as scalar_kernel.js.

import { growMemory, instantiate } from "../core/formula/wasm.js";
import ASSEMBLED from "./simd_kernel_wat.js";

/**
 * The exports of simd_kernel.wat.
 * @typedef {object} Exports
 * @property {WebAssembly.Memory} memory
 * @property {(...numbers: number[]) => void} strokeStrip
 * @property {(...numbers: number[]) => void} strokeEnd
 * @property {(plane: number, end: number, offset: number, red: number, green: number, blue: number) =>
 *   void} composite
 * @property {(red: number, green: number, blue: number, bytes: number, end: number) => void} round
 */

/**
 * Return a kernel with its own memory, or null if WebAssembly is not available.
 * @returns {import("./raster.js").RasterKernel | null}
 */
export function createSimdKernel() {
  const exports = /** @type {Exports | null} */ (/** @type {unknown} */ (instantiate(ASSEMBLED)));
  if (!exports) return null;
  const { memory, strokeStrip, strokeEnd, composite, round } = exports;
  return {
    allocate(size) {
      growMemory(memory, size);
      return memory.buffer;
    },
    strokeStrip(_plane, stride, line, { left, right, top, bottom }, opacity) {
      strokeStrip(
        stride * 4,
        left,
        right,
        top,
        bottom,
        line.distanceAtOrigin,
        line.distancePerColumn,
        line.distancePerRow,
        line.columnsPerDistance,
        line.reach,
        line.rise,
        line.thickness,
        opacity,
      );
    },
    strokeEnd(_plane, stride, line, { left, right, top, bottom }, opacity) {
      const { isFlat, ua, ub, uc, ud, endSlope, sideSlope } = line;
      const u = isFlat ? left : top;
      const v = isFlat ? top : left;
      const numU = isFlat ? right - left : bottom - top;
      const numV = isFlat ? bottom - top : right - left;
      const bytesPerU = isFlat ? 4 : stride * 4;
      const bytesPerV = isFlat ? stride * 4 : 4;
      strokeEnd(
        4 * (top * stride + left),
        numU,
        numV,
        bytesPerU,
        bytesPerV,
        ua - u,
        ub - u,
        uc - u,
        ud - u,
        line.distanceAB + v - endSlope * u,
        line.distanceBC + v - sideSlope * u,
        line.distanceCD + v - endSlope * u,
        line.distanceDA + v - sideSlope * u,
        endSlope,
        sideSlope,
        opacity,
      );
    },
    composite(plane, [red], { r, g, b }) {
      const end = plane.byteOffset + plane.byteLength;
      composite(plane.byteOffset, end, red.byteOffset - plane.byteOffset, r, g, b);
    },
    round([red, green, blue], bytes) {
      const end = bytes.byteOffset + bytes.byteLength;
      round(red.byteOffset, green.byteOffset, blue.byteOffset, bytes.byteOffset, end);
    },
  };
}
