// Paints canvases step by step, one step of each per frame.

/**
 * A drawing that is painted in steps.
 * @typedef {object} Paintable
 * @property {() => void} restart makes the next step the first one
 * @property {() => boolean} step paints the next step; returns whether the drawing is complete
 */

/** A queue of drawings that are painted in the next frames. */
export class PaintQueue {
  /** @type {Set<Paintable>} the drawings that are not complete */
  #drawings = new Set();
  /** @type {(() => void)[]} */
  #resolvers = [];
  #frame = 0;
  #beforeFrame;

  /** @param {() => void} beforeFrame runs in every frame before the drawings are painted */
  constructor(beforeFrame) {
    this.#beforeFrame = beforeFrame;
  }

  /**
   * Paint the first step now and the others in the next frames.
   * @param {Paintable} drawing
   */
  paintNow(drawing) {
    drawing.restart();
    this.#paintStep(drawing);
  }

  /**
   * Paint all steps in the next frames.
   * @param {Paintable} drawing
   */
  paintSoon(drawing) {
    drawing.restart();
    this.#paintInNextFrame(drawing);
  }

  /**
   * Return a promise that resolves when all drawings are complete.
   * @returns {Promise<void>}
   */
  whenPainted() {
    if (this.#drawings.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#resolvers.push(resolve));
  }

  /** @param {Paintable} drawing */
  #paintStep(drawing) {
    if (drawing.step()) this.#drawings.delete(drawing);
    else this.#paintInNextFrame(drawing);
    if (this.#drawings.size > 0) return;
    for (const resolve of this.#resolvers) resolve();
    this.#resolvers = [];
  }

  /** @param {Paintable} drawing */
  #paintInNextFrame(drawing) {
    this.#drawings.add(drawing);
    if (!this.#frame) this.#frame = requestAnimationFrame(() => this.#paintFrame());
  }

  #paintFrame() {
    this.#frame = 0;
    this.#beforeFrame();
    for (const drawing of [...this.#drawings]) this.#paintStep(drawing);
  }
}
