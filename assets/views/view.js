// The types of a view: what it is created with, and what it returns.

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../core/data/trace.js").Trace} Trace */
/** @typedef {import("../core/state/selection.js").Selection} Selection */
/** @typedef {import("./draw_schedule.js").Draw} Draw */
/** @typedef {import("./page_events.js").Origin} Origin */

/**
 * A part of a view; it is drawn again when a choice that it depends on changes.
 * @typedef {object} Part
 * @property {(keyof Selection)[]} dependsOn
 * @property {Draw} draw
 */

/**
 * What a view puts into its frame.
 * @typedef {object} FrameContent
 * @property {Part[]} parts the first part is the whole view
 * @property {(token: TokenPosition) => void} scrollTo scrolls to a unit, and zooms in if it is too small
 * @property {() => void} resetZoom returns to the default zoom
 * @property {(selection: Selection) => boolean} [ignoresFilter] whether the figure shows all weights, and
 *   tokens instead of words, in spite of a filter
 */

/**
 * @typedef {object} MountOptions
 * @property {string} [shared] views with the same name share one selection, and open each other
 * @property {import("../core/state/selection.js").InitialChoices} [start]
 * @property {import("../core/data/open_trace.js").Prepare} [prepare] asks the server to write a file
 * @property {import("../core/data/probe.js").RequestProbe} [probe] asks the server to probe a model
 * @property {import("../core/data/masked_prediction.js").RequestMaskedPrediction} [predictMasked] asks the
 *   server to mask a token
 * @property {import("../core/data/sweep.js").RequestSweep} [sweep] asks the server to switch off the heads of
 *   a layer, one after the other
 * @property {boolean} [intervene] whether the page can run a text again with interventions
 * @property {Trace} [only] the only result, in a stand-alone page (standalone.js)
 * @property {string} [link] query string of a link; its choices take precedence over `start`
 */

/**
 * What `mount` of a view returns.
 * @typedef {object} View
 * @property {(url: string | null, origin?: Origin) => Promise<void>} update shows the result of a
 *   manifest's URL
 * @property {() => void} destroy
 */

export {};
