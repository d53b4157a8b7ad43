// The loops of raster.js in JavaScript, one pixel at a time: for browsers where WebAssembly is blocked,
// and as the reference of simd_kernel.wat.

/** @returns {import("./raster.js").RasterKernel} */
export function createScalarKernel() {
  return {
    allocate: (size) => new ArrayBuffer(size),
    strokeStrip(plane, stride, line, { left, right, top, bottom }, opacity) {
      for (let row = top; row < bottom; row++) {
        const middle = line.columnAtOrigin + row * line.columnPerRow;
        const begin = Math.max(left, Math.ceil(middle - line.halfSpan));
        const end = Math.min(right, Math.ceil(middle + line.halfSpan));
        for (let column = begin; column < end; column++) {
          plane[row * stride + column] *= 1 - opacity * line.ofStrip(column, row);
        }
      }
    },
    strokeEnd(plane, stride, line, { left, right, top, bottom }, opacity) {
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) {
          if (line.distanceOf(column, row) >= line.outerDistance) continue;
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
