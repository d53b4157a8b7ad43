// The inspector beside a figure: what is highlighted or pinned, in words and numbers.

import { createActionButtons } from "../controls/action_buttons.js";
import { appendButton, createToggle } from "../controls/button.js";
import { createCopyButton } from "../controls/copy_button.js";
import { appendElement } from "../drawing/element.js";
import { rankingText, tableOfRanking } from "./inspector_content.js";
import { createPredictionSection } from "./prediction_section.js";
import { createReadout } from "./readout.js";
import { createWeightTable } from "./weight_table.js";

/** @typedef {import("../controls/action_buttons.js").Action} Action */
/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../core/state/highlighted_row.js").HighlightedRow} HighlightedRow */
/** @typedef {import("./prediction_section.js").PredictionContent} PredictionContent */
/** @typedef {import("./weight_table.js").WeightTable} WeightTable */

/**
 * @typedef {object} InspectorActions
 * @property {(token: TokenPosition) => void} onGoTo the reader goes to a token of a table
 * @property {() => void} onUnpin
 * @property {(isOn: boolean) => void} onSelectMore the reader asks that taps, clicks and Enter add tokens to
 *   the pinned ones, or remove them; or that they pin one token again. It is off at first, and again when
 *   no token is pinned.
 * @property {(row: HighlightedRow) => {text: string, run: () => void} | null} filterActionOf returns what
 *   the reader can do about the attention to the token of a row: hide it, or show it again
 * @property {(row: HighlightedRow, tokensPerRow: number) => Action[]} tokenActionsOf returns what else the
 *   reader can do to the token of a row
 */

/**
 * Create the inspector. It is hidden until its first `show`.
 * @param {HTMLElement} host
 * @param {InspectorActions} actions
 */
export function createInspector(host, actions) {
  const { onGoTo, onUnpin, onSelectMore, filterActionOf, tokenActionsOf } = actions;
  const element = appendElement(host, "aside", "bertviz-inspector");
  element.setAttribute("aria-label", "Inspector");
  element.hidden = true;
  const figure = appendElement(element, "div", "");
  const readout = createReadout(element);
  const scores = appendElement(element, "div", "");
  const buttons = appendElement(element, "div", "bertviz-inspector-buttons");
  const unpin = appendButton(buttons, "Pinned · Unpin", onUnpin);
  unpin.title = "Unpin the token (Escape)";
  const more = createToggle(buttons, "Select more", onSelectMore);
  more.element.title =
    "While on, a click or Enter on a token adds it to the pinned ones, or removes it";
  /** @type {HighlightedRow | null} */
  let current = null;
  let currentTokensPerRow = 1;
  const copy = createCopyButton(buttons, "Copy as text", () =>
    current ? rankingText(current, currentTokensPerRow) : "",
  );
  /** @type {(() => void) | undefined} */
  let runFilterAction;
  const filter = appendButton(buttons, "", () => runFilterAction?.());
  const tokenButtons = createActionButtons(buttons);
  const rankings = appendElement(element, "div", "bertviz-rankings");
  const weights = appendElement(rankings, "div", "bertviz-weight-tables");
  const tables = [createWeightTable(weights, onGoTo), createWeightTable(weights, onGoTo)];
  const peaks = createWeightTable(weights, onGoTo);
  const pairHeads = appendElement(rankings, "div", "bertviz-pair-heads");
  const prediction = createPredictionSection(rankings);
  const ownScores = appendElement(rankings, "div", "bertviz-own-scores");
  /** @type {WeightTable | null} the most peaked rows of the head */
  let head = null;

  /** @type {((pair: import("../core/state/token_pair.js").TokenPair) => void) | null} */
  let onPair = null;

  /** @type {(row: HighlightedRow, tokensPerRow: number) => PredictionContent | null} */
  let predictionOf = () => null;

  const drawHead = () => peaks.show(current ? null : head);
  const drawPrediction = () =>
    prediction.show(current && predictionOf(current, currentTokensPerRow));

  return {
    /** An empty element for a figure above the words and numbers. */
    figure,
    /** An empty element for what the reader can do to a head, and for the scores of heads. */
    scores,
    /** The tables of weights. */
    weights,
    /** An empty element for the heads of a pair of tokens, which can replace the tables of weights. */
    pairHeads,
    /** An empty element for the scores of one head, after the tables. */
    ownScores,
    /**
     * Show the weights of a row, or the most peaked rows of the head with a hint.
     * @param {HighlightedRow | null} row
     * @param {number} numHeads active heads
     * @param {number} [tokensPerRow] more than 1 if rows pool several tokens
     * @param {string} [hint] what the reader can do while no token is highlighted
     */
    show(row, numHeads, tokensPerRow = 1, hint = undefined) {
      element.hidden = false;
      current = row;
      currentTokensPerRow = tokensPerRow;
      element.classList.toggle("bertviz-idle", row === null);
      readout.show(row, numHeads, tokensPerRow, hint);
      unpin.hidden = !row?.isPinned;
      more.element.hidden = unpin.hidden;
      if (unpin.hidden) more.turnOff();
      copy.hidden = row === null;
      const filterAction = row?.isPinned ? filterActionOf(row) : null;
      runFilterAction = filterAction?.run;
      filter.hidden = filterAction === null;
      filter.textContent = filterAction?.text ?? "";
      tokenButtons.show(row?.isPinned ? tokenActionsOf(row, tokensPerRow) : []);
      // Only the tables of a pinned token stay while the pointer moves to them.
      const isPair = row?.isPinned && !row.token.others && tokensPerRow === 1;
      const onPairOfRow = isPair ? onPair : null;
      const directions = row ? [row, row.opposite()] : [null, null];
      for (const [at, each] of directions.entries()) {
        tables[at].show(each && tableOfRanking(each, tokensPerRow, onPairOfRow));
      }
      drawHead();
      drawPrediction();
    },
    /**
     * Set what the inspector shows about the prediction for each row of the next `show`.
     * @param {typeof predictionOf} describe returns null if there is none, or if it is not known yet
     */
    describePredictions(describe) {
      predictionOf = describe;
    },
    /** Show the prediction for the current row, which is known now. */
    redrawPrediction: drawPrediction,
    /**
     * Make the weights of a pinned token buttons that list the heads of a pair of tokens.
     * @param {NonNullable<typeof onPair>} listener
     */
    offerHeads(listener) {
      onPair = listener;
    },
    /** @param {WeightTable | null} table the most peaked rows of the head; null while they are unknown */
    showHead(table) {
      head = table;
      drawHead();
    },
  };
}
