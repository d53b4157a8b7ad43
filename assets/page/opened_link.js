// The link that opened the page. The address changes as soon as there is a picture.

/** The query string with which the page was opened. */
export const OPENED_WITH = new URLSearchParams(globalThis.location?.search);
