// The predictions of the result in a view: for the highlighted token in the inspector, and beside the
// queries of the head view.

import { readOtherPredictions } from "../core/data/other_predictions.js";
import { textToken } from "../core/data/text_token.js";
import { chooseComponent } from "../core/state/attention_part.js";
import { interventionsOf, maskedPositions } from "../core/state/interventions.js";
import { predictedPosition, predictionsOfAxis } from "../core/state/predicted_unit.js";
import { labelOf } from "../core/text/label.js";
import { labelOfPredicted } from "../core/text/predicted_token.js";
import {
  actualTokenInWords,
  maskedTokenInWords,
  placeOfPrediction,
} from "../core/text/prediction_in_words.js";
import { HeadSweep } from "./head_sweep.js";
import { listedTokens } from "./listed_tokens.js";
import { MaskedToken } from "./masked_token.js";
import { otherPrediction } from "./other_prediction.js";

/** @typedef {import("../core/data/other_predictions.js").OtherPredictions} OtherPredictions */
/** @typedef {import("../core/data/predictions.js").Prediction} Prediction */
/** @typedef {import("../core/data/predictions.js").Predictions} Predictions */
/** @typedef {import("../core/data/trace.js").Trace} Trace */
/** @typedef {import("../core/data/wire.js").PredictionsEntry} PredictionsEntry */
/** @typedef {import("../core/state/highlighted_row.js").HighlightedRow} HighlightedRow */
/** @typedef {import("../core/state/selection.js").Cell} Cell */
/** @typedef {import("../core/state/selection.js").Selection} Selection */
/** @typedef {import("../marks/prediction_column.js").PredictionOfUnit} PredictionOfUnit */
/** @typedef {import("../marks/prediction_section.js").PredictionContent} PredictionContent */
/** @typedef {import("./view_content.js").ViewContent} ViewContent */

/**
 * What the model predicts for a unit of an axis.
 * @typedef {object} UnitPrediction
 * @property {PredictionsEntry} entry
 * @property {number} position of the token
 * @property {Prediction} prediction
 * @property {import("../core/data/wire.js").Token | undefined} actual the token that the text contains where
 *   the model predicts one; undefined after the last one
 */

/**
 * The predictions of a result.
 * @typedef {object} KnownPredictions
 * @property {Trace} trace
 * @property {Predictions | null} predictions
 * @property {OtherPredictions | null} other the predictions of the run that the result is compared with
 */

/** The predictions that one view shows. */
export class ShownPredictions {
  #inspector;
  #select;
  #selectHead;
  #masked;
  #sweep;
  /** @type {KnownPredictions | null} */
  #known = null;
  #number = 0;

  /**
   * @param {import("./frame.js").ViewFrame} frame of the view
   * @param {import("./view.js").MountOptions} options of the view
   * @param {(selection: Selection, cell: Cell) => Selection} selectHead selects a head of the sweep
   */
  constructor(frame, { predictMasked, sweep }, selectHead) {
    const { inspector } = frame;
    this.#inspector = inspector;
    this.#select = (/** @type {(selection: Selection) => Selection} */ change) =>
      frame.select(change);
    this.#selectHead = selectHead;
    this.#masked = new MaskedToken(predictMasked, inspector.redrawPrediction);
    this.#sweep = new HeadSweep(sweep, inspector.redrawPrediction);
  }

  /**
   * Set what the view shows, before its figure shows it.
   * @param {ViewContent} content
   */
  setContent(content) {
    this.#sweep.setTrace(content.trace);
    this.#inspector.describePredictions((row, tokensPerRow) =>
      tokensPerRow > 1 || row.token.others ? null : this.#sectionOf(content, row),
    );
  }

  /**
   * Fetch the predictions of a result, unless they are known. A later call replaces this one.
   * @param {ViewContent} content
   */
  async load({ trace }) {
    const number = ++this.#number;
    if (this.#known?.trace === trace) return;
    try {
      const [predictions, other] = await Promise.all([
        trace.predictions(),
        readOtherPredictions(trace),
      ]);
      if (number !== this.#number) return;
      this.#known = { trace, predictions, other };
      this.#inspector.redrawPrediction();
    } catch {
      // The figure does not need the predictions, and the next draw tries again.
    }
  }

  /**
   * Return the predictions beside the queries.
   * @param {ViewContent} content
   * @returns {PredictionOfUnit | null} null if the view does not show them
   */
  beside(content) {
    const isKnown = this.#known?.trace === content.trace;
    if (!content.selection.predictions || !isKnown || !predictsQueries(content)) return null;
    return (unit) => this.#predictionOf(content, "query", unit)?.prediction.listed[0] ?? null;
  }

  /**
   * @param {ViewContent} content
   * @param {HighlightedRow} row of one token or word
   * @returns {PredictionContent | null}
   */
  #sectionOf(content, { token: { axis, position }, subject, isPinned }) {
    const { predictions, intervened } = content.trace.manifest;
    if ("reason" in predictions) {
      const { reason: sentence } = predictions;
      return {
        title: "Prediction",
        listed: [],
        sentence,
        other: null,
        masking: null,
        sweep: null,
      };
    }
    const found = this.#predictionOf(content, axis, position);
    if (!found) return null;
    const { entry, prediction, actual } = found;
    const title = `Prediction ${placeOfPrediction(entry, subject)}`;
    // The server would mask the token in the text without interventions.
    const offersMask = isPinned && entry.offset === 0 && !intervened;
    return {
      title,
      listed: listedTokens(prediction, actual),
      sentence: isReplaced(content.trace, found)
        ? maskedTokenInWords(prediction, actual)
        : actualTokenInWords(entry, prediction, actual),
      other: otherPrediction(content.trace.manifest, this.#known?.other ?? null, found),
      masking: offersMask ? this.#maskingOf(content.trace, found, title) : null,
      sweep: isPinned ? this.#sweepOf(content, found) : null,
    };
  }

  /**
   * @param {Trace} trace
   * @param {UnitPrediction} unit the pinned token
   * @param {string} title of its prediction without a mask
   */
  #maskingOf(trace, { position, actual }, title) {
    return this.#masked.contentOf(trace, position, (prediction) => ({
      title: `${title}, masked`,
      listed: listedTokens(prediction, actual),
      sentence: maskedTokenInWords(prediction, actual),
    }));
  }

  /**
   * @param {ViewContent} content
   * @param {UnitPrediction} unit the pinned token
   */
  #sweepOf({ trace, attentionPart }, { position, actual }) {
    return this.#sweep.contentOf(trace, position, {
      labelOf: (token) => (actual ? labelOf(actual) : labelOfPredicted(token)),
      onPick: ({ component, layer, head }) =>
        this.#select((selection) =>
          this.#selectHead(chooseComponent(selection, attentionPart, component), { layer, head }),
        ),
    });
  }

  /**
   * @param {ViewContent} content
   * @param {"query" | "key"} axis
   * @param {number} unit
   * @returns {UnitPrediction | null} null if there is none, or if it is not known yet
   */
  #predictionOf({ trace, attentionPart, axes }, axis, unit) {
    const entry = predictionsOfAxis(trace, attentionPart.component, axis);
    const predictions = this.#known?.trace === trace ? this.#known.predictions : null;
    const position = entry && predictions && predictedPosition(entry, axes[axis], unit);
    if (!entry || !predictions || position === null) return null;
    const actual = textToken(trace.manifest, entry, position);
    return { entry, position, prediction: predictions.at(position), actual };
  }
}

/**
 * Return whether the mask token replaces the token at which a masked model predicts.
 * @param {Trace} trace
 * @param {UnitPrediction} unit
 * @returns {boolean}
 */
function isReplaced({ manifest }, { entry, position }) {
  if (entry.offset !== 0 || entry.tokens !== "source") return false;
  return maskedPositions(interventionsOf(manifest)).includes(position);
}

/**
 * Return whether the model predicts tokens at the queries that a view shows, or after them.
 * @param {ViewContent} content
 * @returns {boolean}
 */
export function predictsQueries({ trace, attentionPart }) {
  return predictionsOfAxis(trace, attentionPart.component, "query") !== null;
}

/**
 * Return what is beside the queries of a head view that shows predictions.
 * @param {ViewContent} content
 * @returns {string} empty if the model predicts nothing at the queries
 */
export function predictionsInWords({ trace, attentionPart }) {
  const entry = predictionsOfAxis(trace, attentionPart.component, "query");
  if (!entry) return "";
  const place = entry.offset === 1 ? "after it" : "at its position";
  return `the token that the model predicts ${place}`;
}
