// The model view: all layers and heads at a glance, and one head larger beside its cell.

import { createPanel } from "../controls/panel.js";
import { createRangeField } from "../controls/range_field.js";
import { openHead, toggleCell, togglePin } from "../core/state/selection.js";
import { numbersInWords } from "../core/text/caption.js";
import { categoryColor } from "../drawing/color.js";
import { sideBySide } from "../drawing/static_picture.js";
import { createBipartite } from "../marks/bipartite.js";
import { titleOf } from "../marks/grid_cells.js";
import { createThumbnailGrid } from "../marks/thumbnail_grid.js";
import { createFrame } from "./frame.js";

/** @typedef {import("../core/state/selection.js").Cell} Cell */
/** @typedef {import("../core/state/selection.js").ViewName} ViewName */

const HINT = "Click a head, or press Enter on it, to see it larger.";

/**
 * @param {HTMLElement} host
 * @param {import("./frame.js").MountOptions} [options]
 * @returns {import("./frame.js").View}
 */
export function mount(host, options = {}) {
  const frame = createFrame(
    host,
    "model",
    [
      { dependsOn: ["attentionPart", "palette", "gridLayers", "gridHeads"], show },
      { dependsOn: ["cell"], show: showPanel },
      { dependsOn: ["pinned"], show: showPinned },
    ],
    options,
  );
  const layersField = createRangeField(frame.addControl("range"), "Layers", (gridLayers) =>
    frame.select((selection) => ({ ...selection, gridLayers })),
  );
  const headsField = createRangeField(frame.addControl("range"), "Heads", (gridHeads) =>
    frame.select((selection) => ({ ...selection, gridHeads })),
  );
  const grid = createThumbnailGrid(frame.stage, {
    onPick: (cell) => frame.select((selection) => toggleCell(selection, cell)),
    onProgress(layers, all) {
      progress = layers < all ? `${layers} of ${all} layers are drawn. ` : "";
      if (!opened) sayHint();
    },
  });
  const panel = createPanel(frame.stage, {
    onClose() {
      if (opened) grid.focus(opened);
      frame.select((selection) => ({ ...selection, cell: null }));
    },
    ways: frame.leadsOn
      ? [
          { text: "Head view →", onClick: () => open("head") },
          { text: "Neuron view →", onClick: () => open("neuron") },
        ]
      : [],
  });
  const bipartite = createBipartite(panel.body, {
    onPin: (token) => frame.select((selection) => togglePin(selection, token)),
    onHighlight: frame.readout.say,
    highlightKeys: false,
    rowHeight: 18,
    lineWidth: 2.2,
    fontSize: 13,
    maxHeight: 460,
  });
  frame.offerToSave(() => {
    const cells = opened ? [opened] : grid.cells();
    const numbers = [...new Set(cells.map(({ layer }) => layer))];
    const heads = [...new Set(cells.map(({ head }) => head))];
    return {
      words: ["Model view", numbersInWords("layer", numbers), numbersInWords("head", heads)],
      staticPicture: async () => {
        const whole = await grid.staticPicture();
        return opened ? sideBySide(whole, panel.staticPicture(bipartite.staticPicture())) : whole;
      },
      cells: numbers.map((number) => {
        const inLayer = cells.filter(({ layer }) => layer === number);
        return { layer: number, heads: inLayer.map(({ head }) => head) };
      }),
    };
  });
  /** @type {Cell | null} */
  let opened = null;
  let progress = "";

  /** @type {import("./frame.js").Show} */
  async function show(shown, signal) {
    frame.pickers.drawAttentionParts(shown);
    frame.pickers.drawPalettes(shown);
    layersField.draw(shown.selection.gridLayers);
    headsField.draw(shown.selection.gridHeads);
    // A head that is opened while the grid fills in is there at once.
    const filled = grid.draw(shown.trace, shown.attentionPart, shown.selection);
    const [drawn] = await Promise.all([showPanel(shown, signal), filled]);
    return drawn;
  }

  /** @type {import("./frame.js").Show} */
  async function showPanel(shown, signal) {
    const { trace, attentionPart, selection } = shown;
    opened = selection.cell && grid.has(selection.cell) ? selection.cell : null;
    grid.mark(opened);
    if (!opened) {
      panel.close();
      sayHint();
      return attentionPart.label;
    }
    const { layer: number, head } = opened;
    const layer = await trace.layer(attentionPart.component, number, signal);
    if (signal.aborted) return "";
    panel.open(titleOf(opened));
    const data = {
      queryTokens: trace.queryTokens(attentionPart.component),
      keyTokens: trace.keyTokens(attentionPart.component),
      attentionPart,
      layer,
      heads: [{ head, color: categoryColor(number, selection.palette) }],
    };
    bipartite.draw(data, selection.pinned);
    panel.moveBeside(grid.placeOf(opened));
    await bipartite.whenPainted();
    if (signal.aborted) return "";
    return `${attentionPart.label}, ${titleOf(opened)}`;
  }

  /** @type {import("./frame.js").Show} */
  async function showPinned({ attentionPart, selection }) {
    if (!opened) return attentionPart.label;
    bipartite.pin(selection.pinned);
    return `${attentionPart.label}, ${titleOf(opened)}`;
  }

  function sayHint() {
    frame.readout.say(null, 1, 1, `${progress}${pooled(...grid.tokensOfLine())}${HINT}`);
  }

  /** @param {ViewName} view */
  function open(view) {
    const cell = opened;
    if (cell) frame.open(view, (selection) => openHead(selection, cell, "model"));
  }

  return { update: frame.update, destroy: frame.destroy };
}

/**
 * @param {number} queries
 * @param {number} keys
 * @returns {string} what a line stands for where it is not one weight
 */
function pooled(queries, keys) {
  if (queries * keys === 1) return "";
  return `A line is the largest of ${queries} × ${keys} weights. `;
}
