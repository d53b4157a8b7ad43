// Answers of the server's functions.

const NO_ANSWER = "The server did not answer. Try again.";

/**
 * Return what a function of the server answers, or a sentence if it does not answer.
 * @template T
 * @param {() => Promise<T | undefined>} call Gradio 6.31 returns undefined for a call that fails
 * @returns {Promise<T | string>}
 */
export async function serverAnswer(call) {
  try {
    return (await call()) ?? NO_ANSWER;
  } catch {
    // The connection was lost.
    return NO_ANSWER;
  }
}
