// Opens the results of a view, one at a time: a later result replaces one that is still being fetched.

import { openTrace } from "../core/data/open_trace.js";

/** @typedef {import("../core/data/open_trace.js").Prepare} Prepare */
/** @typedef {import("../core/data/trace.js").Trace} Trace */

/** Opens results. The fetch is not part of a draw: a hover or a new width does not abort it. */
export class ResultOpener {
  #only;
  #prepare;
  /** @type {Trace | null} */
  #trace = null;
  /** @type {string | null} the URL of the trace's manifest */
  #url = null;
  #number = 0;

  /**
   * @param {Trace} [only] the only result, in a stand-alone page
   * @param {Prepare} [prepare] asks the server to write a file
   */
  constructor(only, prepare) {
    this.#only = only;
    this.#prepare = prepare;
  }

  /**
   * Open the result of a manifest. The same manifest again returns the same object, so that the view
   * keeps what the reader has pinned.
   * @param {string | null} url of the manifest; null for no result
   * @returns {Promise<Trace | null | undefined>} null for no result; undefined if a later call has begun,
   *   or if the opener was stopped
   * @throws {Error} with a message for the reader
   */
  async open(url) {
    const number = ++this.#number;
    try {
      const kept = this.#only ?? (url === this.#url ? this.#trace : null);
      const opened = kept ?? (url === null ? null : await openTrace(url, this.#prepare));
      if (number !== this.#number) return undefined;
      this.#url = url;
      this.#trace = opened ?? this.#trace;
      return opened;
    } catch (error) {
      if (number !== this.#number) return undefined;
      throw error;
    }
  }

  /** Stop: a result that is still being fetched is not returned. */
  stop() {
    this.#number++;
  }
}
