// Blanks are the characters with Unicode's property White_Space, as in
// bertviz_space/files/svg/label.py. JavaScript's trim() also removes U+FEFF, which has no width, and
// keeps U+0085, a line break.

const BLANK = /\p{White_Space}/u;

/**
 * Return a text without the blanks at its beginning and end.
 * @param {string} text
 * @returns {string}
 */
export function stripBlanks(text) {
  let [begin, end] = [0, text.length];
  while (begin < end && BLANK.test(text[begin])) begin++;
  while (end > begin && BLANK.test(text[end - 1])) end--;
  return text.slice(begin, end);
}

/**
 * Return a text in which each run of blanks is one space.
 * @param {string} text
 * @returns {string}
 */
export function singleBlanks(text) {
  return text.replace(/\p{White_Space}+/gu, " ");
}
