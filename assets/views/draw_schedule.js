// The order of a view's draws: a new draw aborts the previous one, and a hidden view is drawn when it
// becomes visible.

import { EMPTY_MESSAGE, showError } from "./frame_elements.js";

/** @typedef {import("./view_content.js").ViewContent} ViewContent */

/**
 * Draws a view, or a part of it. Resolves to a description of what the stage shows, which becomes the
 * host's `data-ready`.
 * @callback Draw
 * @param {ViewContent} content
 * @param {AbortSignal} signal aborted when a later draw has begun: stop then
 * @returns {Promise<string>}
 */

/** Draws a view, one draw at a time. */
export class DrawSchedule {
  #host;
  #elements;
  #drawView;
  #getContent;
  #onDrawn;
  #current = new AbortController();
  /** Whether the whole view needs a draw: it was hidden, or its last draw was aborted. */
  #isStale = false;
  /** Width of the stage at the last draw of the whole view, in pixels. */
  #drawnWidth;

  /**
   * @param {HTMLElement} host
   * @param {ReturnType<typeof import("./frame_elements.js").createFrameElements>} elements
   * @param {Draw} drawView draws the whole view
   * @param {() => ViewContent | null} getContent returns null as long as there is no result
   * @param {() => void} onDrawn called when the stage shows what it should show
   */
  constructor(host, elements, drawView, getContent, onDrawn) {
    this.#host = host;
    this.#elements = elements;
    this.#drawView = drawView;
    this.#getContent = getContent;
    this.#onDrawn = onDrawn;
    this.#drawnWidth = elements.stage.clientWidth;
  }

  /**
   * Draw the whole view, or a part of it. A hidden view is not drawn, so that a choice in one view does
   * not cost the time of three draws.
   * @param {Draw} [draw] draws a part of the view
   */
  async draw(draw = this.#drawView) {
    const { root, stage } = this.#elements;
    const content = this.#getContent();
    if (content && root.isConnected && stage.clientWidth === 0) {
      this.#postpone();
      return;
    }
    this.#isStale ||= draw === this.#drawView;
    if (this.#isStale) this.#drawnWidth = stage.clientWidth;
    const drawNow = this.#isStale ? this.#drawView : draw;
    await this.#run(async (signal) => (content ? drawNow(content, signal) : null));
  }

  /**
   * Draw the whole view if the width of its stage has changed. A hidden view has width 0, so this also
   * draws a postponed view when it becomes visible.
   */
  async drawAtNewWidth() {
    const { clientWidth } = this.#elements.stage;
    if (clientWidth > 0 && clientWidth !== this.#drawnWidth) await this.draw();
  }

  /** Abort the current draw. */
  abort() {
    this.#current.abort();
  }

  /** Draw the whole view when it becomes visible. */
  #postpone() {
    this.#isStale = true;
    this.#drawnWidth = 0;
    this.#current.abort(); // it draws an earlier selection
    delete this.#host.dataset.ready;
  }

  /**
   * Run a draw, and show its result. A draw that a later one aborted shows nothing. If a draw fails, the
   * stage keeps what it shows.
   * @param {(signal: AbortSignal) => Promise<string | null>} draw resolves to null if there is no result
   */
  async #run(draw) {
    const previous = this.#current;
    this.#current = new AbortController();
    const { signal } = this.#current;
    delete this.#host.dataset.ready;
    try {
      const drawing = draw(signal);
      // Abort only now: a file that both draws need keeps downloading.
      previous.abort();
      const description = await drawing;
      if (signal.aborted) return;
      this.#isStale = false;
      this.#showResult(description);
    } catch (error) {
      if (signal.aborted) return;
      this.#isStale = false;
      showError(this.#elements.message, error);
    }
  }

  /** @param {string | null} description of what is drawn; null if there is no result */
  #showResult(description) {
    const { message, controls } = this.#elements;
    message.textContent = description === null ? EMPTY_MESSAGE : "";
    controls.showActions(description !== null);
    if (description === null) return;
    this.#onDrawn();
    this.#host.dataset.ready = description;
  }
}
