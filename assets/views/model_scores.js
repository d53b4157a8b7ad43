// The scores of heads in the model view: the ranking in the inspector, and the bars in the grid with their
// legend.

import { createHeadRanking } from "../marks/head_ranking.js";
import { createScoreLegend } from "../marks/score_legend.js";
import { HeadScores } from "./head_scores.js";

/** @typedef {import("../core/state/selection.js").Cell} Cell */
/** @typedef {import("./view_content.js").ViewContent} ViewContent */

/** What a model view shows about the scores of its heads. */
export class ModelScores {
  #grid;
  #scores = new HeadScores(() => this.#draw());
  #ranking;
  #legend;
  /** @type {import("./head_scores.js").Choice} */
  #choice = { score: null, bars: false };
  /** @type {Cell | null} */
  #openCell = null;

  /**
   * @param {import("./frame.js").ViewFrame} frame
   * @param {import("../marks/thumbnail_grid.js").ThumbnailGrid} grid
   */
  constructor(frame, grid) {
    this.#grid = grid;
    this.#ranking = createHeadRanking(frame.inspector.scores, {
      onChoose: (score) => frame.select((selection) => ({ ...selection, score })),
      onBars: (bars) => frame.select((selection) => ({ ...selection, bars })),
      onPick: (cell) => frame.select((selection) => ({ ...selection, cell })),
    });
    this.#legend = createScoreLegend(frame.navigation);
  }

  /**
   * Forget the scores of another result or of another component.
   * @param {ViewContent} content
   */
  setContent(content) {
    this.#choice = content.selection;
    this.#scores.setContent(content);
  }

  /** Fetch the scores that are not known yet. */
  load() {
    this.#scores.load();
  }

  /** @param {import("./head_scores.js").Choice} choice */
  choose(choice) {
    this.#choice = choice;
    this.#draw();
  }

  /** @param {Cell | null} cell the head whose scores are listed; null for none */
  open(cell) {
    this.#openCell = cell;
    this.#draw();
  }

  /** @returns {import("../core/text/score_scale.js").ScoreScale | null} null if there are no bars */
  scale() {
    return this.#scores.scale(this.#choice);
  }

  #draw() {
    this.#ranking.show(this.#scores.ranking(this.#choice, this.#openCell));
    this.#legend.show(this.scale());
    this.#grid.showScores(this.#scores.ofCells(this.#choice));
  }
}
