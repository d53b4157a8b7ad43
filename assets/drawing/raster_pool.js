// The rasters of the page. They are reused, because the memory of WebAssembly never shrinks.

import { Raster } from "./raster.js";
import { createScalarKernel } from "./scalar_kernel.js";
import { createSimdKernel } from "./simd_kernel.js";

/** @type {Raster[]} the rasters that are not in use */
const idle = [];

/**
 * Return a raster that is not in use. Call `giveBackRaster` at the end.
 * @returns {Raster}
 */
export function takeRaster() {
  return idle.pop() ?? new Raster(createSimdKernel() ?? createScalarKernel());
}

/** @param {Raster} raster */
export function giveBackRaster(raster) {
  idle.push(raster);
}
