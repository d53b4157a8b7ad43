// The loops of raster.js in JavaScript, one pixel at a time: for browsers where WebAssembly is blocked,
// and as the reference of simd_kernel.wat.

/** @returns {import("./raster.js").RasterKernel} */
export function createScalarKernel() {
  return {
    allocate: (size) => new ArrayBuffer(size),
    strokeStrip(plane, stride, line, { left, right, top, bottom }, opacity) {
      for (let row = top; row < bottom; row++) {
        const [first, end] = line.columnsOfRow(row);
        const last = Math.min(right, end);
        for (let column = Math.max(left, first); column < last; column++) {
          plane[row * stride + column] *= 1 - opacity * line.ofStrip(column, row);
        }
      }
    },
    strokeEnd(plane, stride, line, { left, right, top, bottom }, opacity) {
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) {
          plane[row * stride + column] *= 1 - opacity * line.ofLine(column, row);
        }
      }
    },
    composite(plane, [red, green, blue], { r, g, b }) {
      for (let at = 0; at < plane.length; at++) {
        const through = plane[at];
        if (through === 1) continue;
        plane[at] = 1;
        red[at] = r + (red[at] - r) * through;
        green[at] = g + (green[at] - g) * through;
        blue[at] = b + (blue[at] - b) * through;
      }
    },
    round([red, green, blue], bytes) {
      for (let at = 0; at < red.length; at++) {
        bytes[4 * at] = red[at];
        bytes[4 * at + 1] = green[at];
        bytes[4 * at + 2] = blue[at];
        bytes[4 * at + 3] = 255;
      }
    },
  };
}
