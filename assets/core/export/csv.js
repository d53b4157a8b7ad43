// Lines and numbers of a CSV file.

/** Without a byte order mark, Excel decodes a file with an encoding of the reader's country. */
export const BYTE_ORDER_MARK = "\uFEFF";

/**
 * Return a line of a CSV file as RFC 4180 defines it.
 * @param {(string | number)[]} cells
 * @returns {string} ends with CRLF
 */
export function csvLine(cells) {
  const fields = cells.map((cell) =>
    typeof cell === "string" && /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell,
  );
  return `${fields.join(",")}\r\n`;
}

/**
 * Return the number with the fewest digits that reads back as the same float32.
 * @param {number} value float32
 * @returns {number}
 */
export function shortestFloat32(value) {
  for (const digits of [6, 7, 8]) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}
