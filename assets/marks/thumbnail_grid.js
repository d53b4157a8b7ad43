// All layers and heads at a glance: one small picture of lines for each, with numbered axes.

import { categoryColor } from "../core/color.js";
import { longerSide } from "../core/layout.js";
import { numRows, rowsOf } from "../core/rows.js";
import { chosenOf } from "../core/selection.js";
import { select } from "../vendor/d3.js";
import { coverGround, fitCanvas, onNewGround } from "./canvas.js";
import { createPen, drawLine } from "./lines.js";
import { createRoving } from "./roving.js";

/** @typedef {import("../core/trace.js").Trace} Trace */
/** @typedef {import("../core/trace.js").Tensor} Tensor */
/** @typedef {import("../core/block.js").Block} Block */
/** @typedef {import("../core/color.js").PaletteName} PaletteName */
/** @typedef {import("../core/selection.js").Cell} Cell */
/** @typedef {import("../core/selection.js").Selection} Selection */

/**
 * @typedef {object} Place of a cell in the grid, in pixels
 * @property {number} x
 * @property {number} y
 * @property {number} size width and height
 */

/** Room for the titles and numbers of the axes, in pixels. */
const AXIS = 44;
/** Bounds of a cell's size, in pixels. */
const [LEAST_SIZE, MOST_SIZE] = [20, 112];
/** Share of a cell that stays free on each side. */
const PADDING = 0.08;
/** Milliseconds of drawing between two chances for the page to react. */
const SLICE = 12;

/** A byte of the overview is the square root of the weight, in 255 steps. */
const WEIGHT_OF_BYTE = Float32Array.from({ length: 256 }, (_, byte) => (byte / 255) ** 2);

/**
 * @param {HTMLElement} host
 * @param {(cell: Cell) => void} onPick
 */
export function createThumbnailGrid(host, onPick) {
  const document = host.ownerDocument;
  const figure = host.appendChild(document.createElement("div"));
  figure.className = "bertviz-grid";
  figure.setAttribute("role", "group");
  figure.setAttribute("aria-label", "All layers and heads");
  const canvas = figure.appendChild(document.createElement("canvas"));
  const svg = figure.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
  let size = MOST_SIZE;
  /** @type {number[]} */
  let layers = [];
  /** @type {number[]} */
  let heads = [];
  /** @type {Cell[]} */
  let cells = [];
  /** @type {PaletteName} */
  let palette = "category10";
  let turns = 0;
  let drawAgain = async () => {};
  onNewGround(figure, () => drawAgain());
  const roving = createRoving(svg, ".bertviz-cell", () => heads.length);

  /**
   * Resolves when all is drawn, or a later draw has begun.
   * @param {Trace} trace
   * @param {Block} block
   * @param {Pick<Selection, "palette" | "gridLayers" | "gridHeads">} selection
   * @param {AbortSignal} signal aborted when a later draw begins
   */
  async function draw(trace, block, selection, signal) {
    const { palette: chosen, gridLayers, gridHeads } = selection;
    // The theme may change while cells are drawn: the same draw begins anew then.
    const turn = ++turns;
    const isOver = () => signal.aborted || turn !== turns;
    drawAgain = () => draw(trace, block, selection, signal);
    palette = chosen;
    const entries = trace.component(block.component).layers;
    const headsIn = (/** @type {number} */ number) =>
      entries.find(({ layer }) => layer === number)?.num_heads ?? 0;
    layers = chosenOf(
      entries.map(({ layer }) => layer),
      gridLayers,
    );
    heads = chosenOf([...Array(Math.max(...layers.map(headsIn))).keys()], gridHeads);
    cells = layers.flatMap((layer) =>
      heads.filter((head) => head < headsIn(layer)).map((head) => ({ layer, head })),
    );
    const room = (host.clientWidth - AXIS) / heads.length;
    size = Math.floor(Math.min(MOST_SIZE, Math.max(LEAST_SIZE, room)));
    const width = AXIS + heads.length * size + 2;
    const height = AXIS + layers.length * size + 2;
    figure.style.width = `${width}px`;
    figure.style.height = `${height}px`;
    svg.setAttribute("width", String(width));
    svg.setAttribute("height", String(height));
    drawAxes();
    drawCells();
    const context = fitCanvas(canvas, width, height);
    coverGround(context, figure, [0, 0, width, height]);
    let sliceEnd = performance.now() + SLICE;
    for (const cell of cells) {
      const overview = await trace.overview(block.component, cell.layer, signal);
      if (isOver()) return;
      drawThumbnail(context, trace, overview, block, cell);
      if (performance.now() < sliceEnd) continue;
      await new Promise((resolve) => requestAnimationFrame(resolve));
      if (isOver()) return;
      sliceEnd = performance.now() + SLICE;
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Trace} trace
   * @param {Tensor} bytes of the overview
   * @param {Block} block
   * @param {Cell} cell
   */
  function drawThumbnail(context, trace, bytes, block, cell) {
    const { query_bin, key_bin } = trace.component(block.component);
    const [, numQueries, numKeys] = bytes.shape;
    const begin = cell.head * numQueries * numKeys;
    const head = bytes.data.subarray(begin, begin + numQueries * numKeys);
    const { x, y } = placeOf(cell);
    const top = y + size * PADDING;
    const height = size * (1 - 2 * PADDING);
    const tokens = longerSide(block);
    const queryTokens = trace.queryTokens(block.component);
    const keyTokens = trace.keyTokens(block.component);
    // The bins of the block, and how many there are before it.
    const queries = rowsOf(queryTokens, block.queries, query_bin);
    const keys = rowsOf(keyTokens, block.keys, key_bin);
    const firstQuery = numRows(rowsOf(queryTokens, [0, block.queries[0]], query_bin));
    const firstKey = numRows(rowsOf(keyTokens, [0, block.keys[0]], key_bin));
    const yOf = (
      /** @type {import("../core/rows.js").Rows} */ { edges },
      /** @type {number} */ row,
    ) => top + (((edges[row] + edges[row + 1]) / 2 - edges[0]) / tokens) * height;
    const pen = createPen(context, [y, y + size], {
      x1: x + size * PADDING,
      x2: x + size * (1 - PADDING),
      width: Math.min(2, Math.max(0.75, (height / tokens) * 0.4)),
    });
    context.strokeStyle = categoryColor(cell.layer, palette);
    for (let query = 0; query < numRows(queries); query++) {
      const y1 = yOf(queries, query);
      for (let key = 0; key < numRows(keys); key++) {
        const byte = head[(firstQuery + query) * numKeys + firstKey + key];
        drawLine(pen, y1, yOf(keys, key), WEIGHT_OF_BYTE[byte]);
      }
    }
    context.globalAlpha = 1;
  }

  function drawAxes() {
    const middle = (/** @type {number} */ index) => AXIS + (index + 0.5) * size;
    const labels = [
      { text: "Heads", x: AXIS + (heads.length * size) / 2, y: 12, turn: 0, title: true },
      { text: "Layers", x: 10, y: AXIS + (layers.length * size) / 2, turn: -90, title: true },
      ...heads.map((head, column) => {
        return { text: String(head), x: middle(column), y: 32, turn: 0, title: false };
      }),
      ...layers.map((layer, row) => {
        return { text: String(layer), x: 30, y: middle(row), turn: 0, title: false };
      }),
    ];
    select(svg)
      .selectAll(".bertviz-axis")
      .data(labels)
      .join("text")
      .attr("class", "bertviz-axis")
      .classed("bertviz-axis-title", ({ title }) => title)
      .attr("transform", ({ x, y, turn }) => `translate(${x} ${y}) rotate(${turn})`)
      .attr("text-anchor", "middle")
      .attr("dy", "0.35em")
      .text(({ text }) => text);
  }

  function drawCells() {
    select(svg)
      .selectAll(".bertviz-cell")
      .data(cells)
      .join((enter) => {
        const cell = enter.append("rect").attr("class", "bertviz-cell");
        cell.append("title");
        return cell;
      })
      .attr("role", "button")
      .attr("aria-label", titleOf)
      .attr("x", (cell) => placeOf(cell).x + 1)
      .attr("y", (cell) => placeOf(cell).y + 1)
      .attr("width", size - 2)
      .attr("height", size - 2)
      .attr("stroke", ({ layer }) => categoryColor(layer, palette))
      .on("click", (_, cell) => onPick(cell))
      .on("keydown", (/** @type {KeyboardEvent} */ event, cell) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        onPick(cell);
      })
      .select("title")
      .text(titleOf);
    roving.settle();
  }

  /**
   * Highlight one cell, or none.
   * @param {Cell | null} picked
   */
  function mark(picked) {
    const isPicked = (/** @type {unknown} */ datum) => {
      const cell = /** @type {Cell} */ (datum);
      return cell.layer === picked?.layer && cell.head === picked?.head;
    };
    select(svg)
      .selectAll(".bertviz-cell")
      .classed("bertviz-picked", isPicked)
      .attr("aria-pressed", (cell) => String(isPicked(cell)));
  }

  /**
   * @param {Cell} cell
   * @returns {Place}
   */
  function placeOf({ layer, head }) {
    return { x: AXIS + heads.indexOf(head) * size, y: AXIS + layers.indexOf(layer) * size, size };
  }

  /**
   * @param {Cell} cell
   * @returns {boolean} whether the grid has this cell
   */
  function has({ layer, head }) {
    return cells.some((cell) => cell.layer === layer && cell.head === head);
  }

  /**
   * Bring the keyboard back to a cell.
   * @param {Cell} cell
   */
  function focus({ layer, head }) {
    const cells = /** @type {NodeListOf<SVGElement>} */ (svg.querySelectorAll(".bertviz-cell"));
    [...cells].find((each) => each.ariaLabel === titleOf({ layer, head }))?.focus();
  }

  return { draw, mark, focus, placeOf, has };
}

/**
 * What a cell and its panel are called.
 * @param {Cell} cell
 * @returns {string}
 */
export function titleOf({ layer, head }) {
  return `Layer ${layer}, Head ${head}`;
}
