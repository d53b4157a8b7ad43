export { brushY, hsl, pointer, rgb, select } from "d3";
