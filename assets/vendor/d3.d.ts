export { hsl, schemeCategory10, select } from "d3";
