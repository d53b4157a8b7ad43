// Paints canvases step by step, one step of each per frame.

/**
 * A drawing that is painted in steps.
 * @typedef {object} Paintable
 * @property {() => void} restart makes the next step the first one
 * @property {() => boolean} step paints the next step; returns whether the drawing is complete
 */

/** @typedef {ReturnType<typeof createPaintQueue>} PaintQueue */

/**
 * Create a queue of drawings that are painted in the next frames.
 * @param {() => void} beforeFrame runs in every frame before the drawings are painted
 */
export function createPaintQueue(beforeFrame) {
  /** @type {Set<Paintable>} the drawings that are not complete */
  const queue = new Set();
  /** @type {(() => void)[]} */
  let resolvers = [];
  let frame = 0;

  /** @param {Paintable} drawing */
  function paintStep(drawing) {
    if (drawing.step()) queue.delete(drawing);
    else paintInNextFrame(drawing);
    if (queue.size > 0) return;
    for (const resolve of resolvers) resolve();
    resolvers = [];
  }

  /** @param {Paintable} drawing */
  function paintInNextFrame(drawing) {
    queue.add(drawing);
    if (!frame) frame = requestAnimationFrame(paintFrame);
  }

  function paintFrame() {
    frame = 0;
    beforeFrame();
    for (const drawing of [...queue]) paintStep(drawing);
  }

  return {
    /**
     * Paint the first step now and the others in the next frames.
     * @param {Paintable} drawing
     */
    paintNow(drawing) {
      drawing.restart();
      paintStep(drawing);
    },
    /**
     * Paint all steps in the next frames.
     * @param {Paintable} drawing
     */
    paintSoon(drawing) {
      drawing.restart();
      paintInNextFrame(drawing);
    },
    /**
     * Return a promise that resolves when all drawings are complete.
     * @returns {Promise<void>}
     */
    whenPainted() {
      if (queue.size === 0) return Promise.resolve();
      return new Promise((resolve) => resolvers.push(resolve));
    },
  };
}
