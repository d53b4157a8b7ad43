// A picture of straight lines in memory. It equals that of a canvas without a GPU, and is faster.

import { decodeModule, growMemory } from "../core/formula/wasm.js";
import { rgb } from "../vendor/d3.js";

/** raster.wat, assembled. `tests/js/raster.test.js` assembles the file and compares the result. */
const ASSEMBLED =
  "AGFzbQEAAAABOQhgA39/fwBgBHt7e3sBe2ACe3sBe2AFe3t7e3sBe2ACfX0BfWABfQF9YAJ/fQF/YAd9fX19fX99AAMJCAABAgMEBQYHBQMBAAEGCwJ/AUEAC38BQQALBxsDBm1lbW9yeQIABWNsZWFyAAAGc3Ryb2tlAAcK8A0IMQECfyAAJAAgASQBIAAgAWxBAnQhBANAIAMgAv0R/QsEACADQRBqIQMgAyAESQ0ACwtWAQF7/QwAAAAAAAAAAAAAAAAAAAAAIAEgAP1q/eoB/esBIQQgAiAEIAT95gH95gEgA/0MAAAAAAAAAAAAAAAAAAAAACAAIAH95QH96wH95gH95AH9aAszAP0MAAB/QwAAf0MAAH9DAAB/QyAB/eUBIAEgAP0MAAAAAAAAAAAAAAAAAAAAAP1E/VILygEBAXsgAyAD/Q0AAQABBAUEBQgJCAkMDQwNIQMgBCABIAP9lQH9TiEBIAQgAiAD/ZUB/U4hAiAC/Qz//////////////////////VFBEP2tASEFIAUgBUEI/a0B/a4BQQj9rQEhBSAFIAX9DQABAAEEBQQFCAkICQwNDA0hBSABIAUgAP0M/wD/AP8A/wD/AP8A/wD/AP1O/ZUB/Y4BQQj9jQEgAiAFIABBCP2NAf2VAf2OAf0M/wD/AP8A/wD/AP8A/wD/AP1P/VALDgAgACAAlCABIAGUkpELFwBDAACAPkMAAAA/QwAAgEAgAJSSjpQLQgEBeyABQwAAf0OUkEMAAH9Dlf0TIAD9Ef2JAf2pAf37Af3mASECIAL9av35ASECIAIgAv2GASECIAIgAv1m/RsAC/oJEQl9AX8DfQR/AX0DfwJ9BHsBfwF9AnsCfwF7AX0DfwN9BXsgBSAGEAYhBSAF/RH9DP8A/wD/AP8A/wD/AP8A/wD9TiEkIAX9EUEI/Y0BISVDAAAAPyAElCEHQwAAAAAgASADliAHQwAAgD+Sk5f8ACEWIwGyIAEgA5cgB0MAAABAkpKW/AAhFyAWIBdOBEAPC0MAAAAAIAAgB0MAAIA/kpOX/AAhFCMAsiACIAdDAAAAQJKSlvwAIRUgAiAAkyEtIC0gAyABkxAEIQwgByAtlCAMlSEuIAEgLpMQBSEIIAEgLpIQBSEJIAMgLpMQBSEKIAMgLpIQBSELQwAAAD8gCCAJkpQhAUMAAAA/IAogC5KUIQMgAyABkyEuIC0gLhAEIQwgLSAMlSENIC4gDJUhDiAOIA6UIAeUQwAAgD4gDZQgCSAIkyALIAqTkpSSIQcgDoshDyAPQ28SgzpdIRAgEARAQ28SgzohDwsgDSAPlyERIA0gD5YhEkMAAAA/IBEgEpKUIRNDAACAQSAPlSEdIA0gHZQhDSAOIB2UIQ4gByAdlCEHIAwgHZQhDCATIB2UIRMgE/0TIR4gEiAdlCESIBL9EyEfQwAAf0MgESAdlJX9EyEhICFDAAAAPyASlf0T/eYBISAgByATXSEiIAwgE0MAAEBAIA2UkpMhIyAFQRh2QQFGISf9DAEBAQEBAQEBAQEBAQEBAQEgBf0R/XEhKCAHIBNDAAAAP5KTQwAAAEBDAACAPyANQwAAAEJdGyAg/R8AlZGNkiEpICcgKUMAAAAAX3EEQA8LIBAEQEMAAHpGIRgFQwAAgEUgDZQgDpghHCApIAcgE5IgJxtDAACAQZVDAACAPJIhGAtDAAAAQCAYlPwAQQFqIRkgHPwAIRsgFrJDAAAAP5IgAZMhLiAuIByUQwAAgEcgAEMAAAA/kiAYk5SS/AAhGgNAIBpBEHUhKiAqIBlqISsgFCAqICogFEgbISogFSArICsgFUobISsgKiArSARAIBYjAGwgKmpBAnQhLCAq/RH9+gH9HwBDAAAAP5IgAJMhLSAuIA2UIC0gDpST/RMgDv0T/QwAAAAAAACAPwAAAEAAAEBA/eYB/eUBITAgLSANlCAuIA6UkiEvA0AgLyATXSAvICNeciEmICcgJksEQCAsICz9AAQAICggMP3gASAp/RP9Q/1O/XP9CwQABSAH/RMgMP3gAf3lASExIB4gMf3gAf3lASEyIDEgMiAfICAgIRABEAIhMyAiBEAgMyAeIAf9E/3lASAw/eAB/eUBIB8gICAhEAH95QEhMwsgJgRAIC/9EyAN/RP9DAAAAAAAAIA/AAAAQAAAQED95gH95AEhMSAxIAz9EyAx/eUB/eoBITEgM0MAAIA/QwAAf0OV/RP95gEgMSAeIDH94AH95QEgHyAgICEQARAC/eYBITML/Qz/AQAA/wEAAP8BAAD/AQAA/QwBAABLAQAASwEAAEsBAABLIDP95AH9TiE0ICwgLP0ABAAgJCAlIDT9DAD/AP8A/wD/AP8A/wD/AP8gMiAf/UMgMiANQwAAgEGT/RP9Rv1O/VAQA/0LBAALIDBDAACAQCAOlP0T/eUBITAgL0MAAIBAIA2UkiEvICxBEGohLCAqQQRqISogKiArSA0ACwsgLkMAAIA/kiEuIBogG2ohGiAWQQFqIRYgFiAXSA0ACws=";

/**
 * The exports of raster.wat.
 * @typedef {object} Exports
 * @property {WebAssembly.Memory} memory
 * @property {(columns: number, rows: number, rgba: number) => void} clear
 * @property {(x1: number, y1: number, x2: number, y2: number, width: number, rgba: number,
 *   opacity: number) => void} stroke
 */

/** Bytes after a picture that a step of four pixels can write. */
const PADDING_BYTES = 16;

const module = decodeModule(ASSEMBLED);

/**
 * The rasters that are not in use. They are reused, because WebAssembly's memory never shrinks.
 * @type {Raster[]}
 */
const idle = [];

export class Raster {
  #exports = /** @type {Exports} */ (
    /** @type {unknown} */ (new WebAssembly.Instance(module).exports)
  );
  #length = 0;

  /**
   * Return a picture of one color. Call `giveBack` at the end.
   * @param {number} columns pixels
   * @param {number} rows pixels
   * @param {number} background color as `rgba` returns it
   * @returns {Raster}
   */
  static take(columns, rows, background) {
    const raster = idle.pop() ?? new Raster();
    const { memory, clear } = raster.#exports;
    raster.#length = columns * rows * 4;
    growMemory(memory, raster.#length + PADDING_BYTES);
    clear(columns, rows, background);
    return raster;
  }

  /** End the use of the picture. */
  giveBack() {
    idle.push(this);
  }

  /**
   * Stroke a line with butt caps. Coordinates are pixels from the top left corner.
   * @param {number} x1
   * @param {number} y1
   * @param {number} x2 more than x1
   * @param {number} y2
   * @param {number} width pixels
   * @param {number} color as `rgba` returns it
   * @param {number} opacity 0 to 1
   */
  stroke(x1, y1, x2, y2, width, color, opacity) {
    this.#exports.stroke(x1, y1, x2, y2, width, color, opacity);
  }

  /**
   * The pixels, `[row, column, channel]` with the channels RGBA. The array is a view of the picture.
   * @returns {Uint8ClampedArray<ArrayBuffer>}
   */
  get pixels() {
    const buffer = /** @type {ArrayBuffer} */ (this.#exports.memory.buffer);
    return new Uint8ClampedArray(buffer, 0, this.#length);
  }
}

/**
 * Return an opaque color as four bytes, the lowest of them red.
 * @param {string} color as in CSS
 * @returns {number}
 */
export function rgba(color) {
  const { r, g, b } = rgb(color);
  return r | (g << 8) | (b << 16) | (255 << 24);
}
