export { brushY, hsl, pointer, rgb, scaleLinear, schemeCategory10, select } from "d3";
