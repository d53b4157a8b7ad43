export { brushY, hsl, pointer, scaleLinear, schemeCategory10, select } from "d3";
