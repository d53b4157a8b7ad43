// The link that opened the page. The address changes as soon as there is a picture.

/**
 * The query string with which the page was opened. In the document of another page, it is that of the
 * other page, as for every app of Gradio: a page with a <gradio-app> element can link into the app.
 */
export const OPENED_WITH = new URLSearchParams(globalThis.location?.search);
