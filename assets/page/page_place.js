// Where the page is: in a window or a frame of its own, or, as a <gradio-app> element, in the document of
// another page. The page does not change the address and the history of that document.

/** The origin of the Hub's page around a Space. */
const HUB = "https://huggingface.co";

/** What Gradio puts between the URL of an app and the path of a file. */
const FILES = "/gradio_api/file=";

/**
 * Return whether the document is the page's own. The element <gradio-app> of another page names the app.
 * @param {Document} document
 */
export function isOwnDocument(document) {
  return document.querySelector("gradio-app:is([src], [space], [host])") === null;
}

/**
 * Return whether the page is in a frame of the Hub's page.
 * @param {Window} window
 */
export function isInHubPage({ self, parent, location, document }) {
  if (parent === self) return false;
  // Firefox has no ancestorOrigins.
  const [origin = originOf(document.referrer)] = location.ancestorOrigins ?? [];
  return origin === HUB;
}

/** @param {string} referrer empty if it is unknown */
const originOf = (referrer) => (referrer ? new URL(referrer).origin : "");

/** The place of the page, which says what a link to it is. */
export class PagePlace {
  #window;
  #spaceUrl;
  #appUrl;
  /** The query string that the Hub's page has. */
  #reported = "";

  /**
   * @param {Window} window
   * @param {string} spaceUrl the URL of the Space's page on the Hub; empty if the page is no Space
   * @param {string} scriptUrl the URL of the page's script
   */
  constructor(window, spaceUrl, scriptUrl) {
    this.#window = window;
    this.#spaceUrl = spaceUrl;
    this.#appUrl = `${scriptUrl.split(FILES)[0]}/`;
    this.isOwn = isOwnDocument(window.document);
  }

  /**
   * Return a link to what the page shows.
   * @param {URLSearchParams} query
   */
  link(query) {
    if (this.#spaceUrl) return `${this.#spaceUrl}?${shared(query)}`;
    return this.isOwn ? this.#window.location.href : `${this.#appUrl}?${query}`;
  }

  /**
   * Give the Hub's page the query string of its address. No other page receives it.
   * @param {URLSearchParams} query
   */
  report(query) {
    const queryString = `${shared(query)}`;
    if (!this.isOwn || !isInHubPage(this.#window) || queryString === this.#reported) return;
    this.#reported = queryString;
    this.#window.parent.postMessage({ queryString, hash: "" }, HUB);
  }
}

/**
 * Return a query string without the parameters that the Hub's page adds for one reader, such as
 * `__theme`, or `__sign`, with which this reader may see a private Space.
 * @param {URLSearchParams} query
 */
function shared(query) {
  return new URLSearchParams([...query].filter(([name]) => !name.startsWith("__")));
}
