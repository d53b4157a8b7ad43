// D3's packages ship scripts that add to one global, after those that they use. The modules import what
// they need from here.
import "./d3-dispatch.min.js";
import "./d3-selection.min.js";
import "./d3-color.min.js";
import "./d3-interpolate.min.js";
import "./d3-timer.min.js";
import "./d3-ease.min.js";
import "./d3-drag.min.js";
import "./d3-transition.min.js";
import "./d3-brush.min.js";

export const { brushY, hsl, pointer, rgb, select } = globalThis.d3;
