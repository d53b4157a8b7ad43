// D3 ships one script that sets a global; the modules import what they use from here.
import "./d3.min.js";

export const { brushY, hsl, pointer, rgb, scaleLinear, schemeCategory10, select } = globalThis.d3;
