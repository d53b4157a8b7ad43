// Long work in slices of time, so that the page can react to the reader in between.

/** Milliseconds of drawing between two pauses; readers notice a delay of 50 ms. */
const SLICE = 36;

/**
 * Start the first slice of time.
 * @param {number} [slice] milliseconds of work between two pauses
 * @returns {(beforePause?: () => void) => Promise<void>} call it between two steps of the work: if the
 *   slice is over, it calls `beforePause`, lets the page react, and starts the next slice
 */
export function startTimeSlices(slice = SLICE) {
  let end = performance.now() + slice;
  return async (beforePause) => {
    if (performance.now() <= end) return;
    beforePause?.();
    await letPageReact();
    end = performance.now() + slice;
  };
}

/**
 * Let the page paint the next frame.
 * @returns {Promise<void>} resolves after the frame, with a whole frame until the next one
 */
export function afterNextFrame() {
  return new Promise((resolve) => {
    requestAnimationFrame(() => letPageReact().then(resolve));
  });
}

/**
 * Let the page handle events, and paint if a frame is due. A timer or an animation frame would wait
 * longer than needed.
 * @returns {Promise<void>}
 */
function letPageReact() {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
