// What the three views have in common: the controls, a message line, a stage to draw on, the result
// on view with its chosen block and layer, and the order of draws.

import { blocksOf } from "../core/block.js";
import { keepChoice } from "../core/selection.js";
import { openTrace } from "../core/trace.js";
import { drawPicker } from "../marks/picker.js";

/** @typedef {import("../core/trace.js").Trace} Trace */
/** @typedef {import("../core/block.js").Block} Block */

/**
 * What a view shows.
 * @typedef {object} Shown
 * @property {Trace} trace
 * @property {Block} block
 */

/**
 * Draws what is shown. Resolves to what is on the stage then, for whoever waits for it.
 * @callback Show
 * @param {Shown} shown
 * @param {() => boolean} isCurrent false once a later draw has begun: stop then
 * @returns {Promise<string>}
 */

/**
 * What `mount` of a view returns.
 * @typedef {object} View
 * @property {(url: string | null) => Promise<void>} update show the result of this manifest
 * @property {() => void} destroy
 */

const EMPTY = "Choose a model, enter a text and press Run: its attention appears here.";

/**
 * @param {HTMLElement} host
 * @param {string} name of the view
 * @param {Show} show draws the whole view
 */
export function createFrame(host, name, show) {
  const document = host.ownerDocument;
  const root = document.createElement("div");
  root.className = `bertviz bertviz-${name}`;
  const style = root.appendChild(document.createElement("link"));
  style.rel = "stylesheet";
  style.href = new URL("../styles/views.css", import.meta.url).href;
  const controls = append(root, "div", "bertviz-controls");
  const slots = {
    layer: append(controls, "div", "bertviz-slot"),
    head: append(controls, "div", "bertviz-slot"),
    block: append(controls, "div", "bertviz-slot"),
  };
  const message = append(root, "p", "bertviz-message");
  message.setAttribute("role", "status");
  message.textContent = EMPTY;
  const stage = append(root, "div", "bertviz-stage");
  host.replaceChildren(root);

  /** @type {Shown | null} */
  let shown = null;
  let layer = 0;
  let turns = 0;
  let updates = 0;

  // A hidden tab has no width: the view is drawn again when it is shown, and when its width changed.
  let drawnWidth = stage.clientWidth;
  const observer = new ResizeObserver(() => {
    // Gradio has no unmount hook.
    if (!root.isConnected) observer.disconnect();
    if (stage.clientWidth === 0 || stage.clientWidth === drawnWidth) return;
    redraw();
  });
  observer.observe(stage);

  /**
   * Draw; a draw that a later one overtook says nothing. What is on the stage stays if it fails.
   * @param {(isCurrent: () => boolean) => Promise<string | null>} draw resolves to null where there
   *   is nothing to draw
   */
  async function run(draw) {
    const turn = ++turns;
    const isCurrent = () => turn === turns;
    delete host.dataset.ready;
    try {
      const drawn = await draw(isCurrent);
      if (!isCurrent()) return;
      message.textContent = drawn === null ? EMPTY : "";
      if (drawn !== null) host.dataset.ready = drawn;
    } catch (error) {
      if (isCurrent()) fail(error);
    }
  }

  /** @param {unknown} error whose message is a sentence for the reader */
  function fail(error) {
    message.textContent = error instanceof Error ? error.message : String(error);
  }

  /** @type {Show} */
  function showAll(shown, isCurrent) {
    drawnWidth = stage.clientWidth;
    return show(shown, isCurrent);
  }

  /**
   * Draw what is shown again, or a part of it.
   * @param {Show} [part] the whole view by default
   */
  function redraw(part = showAll) {
    return run((isCurrent) => (shown ? part(shown, isCurrent) : Promise.resolve(null)));
  }

  /** @param {Block[]} blocks */
  function drawBlockPicker(blocks) {
    if (!shown) return;
    drawPicker(slots.block, {
      label: "Attention",
      choices: blocks,
      text: ({ label }) => label,
      chosen: shown.block,
      onChange(block) {
        if (shown) shown = { trace: shown.trace, block };
        redraw();
      },
    });
  }

  /** @param {string | null} url */
  async function update(url) {
    // Not a draw yet: a hover or a new width while the result is fetched must not call it off.
    const mine = ++updates;
    delete host.dataset.ready;
    try {
      const trace = url === null ? null : await openTrace(url);
      if (mine !== updates) return;
      if (trace) {
        const before = shown?.block.label;
        const blocks = blocksOf(trace);
        shown = { trace, block: keepChoice(blocks, ({ label }) => label === before) };
        drawBlockPicker(blocks);
      }
      await redraw();
    } catch (error) {
      if (mine === updates) fail(error);
    }
  }

  return {
    slots,
    stage,
    update,
    redraw,
    /**
     * Draw the layer picker and say which layer is chosen; a choice stays where it can.
     * @param {Shown} shown
     * @returns {number}
     */
    pickLayer({ trace, block }) {
      const layers = trace.component(block.component).layers.map((entry) => entry.layer);
      layer = keepChoice(layers, (each) => each === layer);
      drawPicker(slots.layer, {
        label: "Layer",
        choices: layers,
        text: String,
        chosen: layer,
        onChange(chosen) {
          layer = chosen;
          redraw();
        },
      });
      return layer;
    },
    /** @param {string} slot */
    addControl: (slot) => append(controls, "div", `bertviz-${slot}`),
    destroy() {
      turns++;
      updates++;
      observer.disconnect();
      root.remove();
    },
  };
}

/**
 * @param {HTMLElement} parent
 * @param {string} tag
 * @param {string} className
 * @returns {HTMLElement}
 */
function append(parent, tag, className) {
  const element = parent.appendChild(parent.ownerDocument.createElement(tag));
  element.className = className;
  return element;
}
