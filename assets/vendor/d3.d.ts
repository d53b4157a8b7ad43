export { brushY, brushY, hsl, pointer, scaleLinear, pointer, scaleLinear, schemeCategory10, select } from "d3";
