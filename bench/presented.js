// Measures when the outcome of an input is on the screen: from the browser's time stamp of the
// input to the time at which the frame with the outcome was presented, which Chromium rounds to 4
// ms. Every page loads this script before its own scripts (our pages, BertViz's and the empty
// page), so that one clock measures all of them.

(() => {
  /**
   * An input, and the sign that its outcome is complete.
   * @typedef {object} Followed
   * @property {string} event type of the input event, such as "click"
   * @property {string} [after] type of an event that the input causes and that has to occur first:
   *   "scroll"
   * @property {"frame" | "painted" | "ready"} done the sign: the next frame, for a page that does
   *   all of its work in its event handlers; painted canvases; or `data-ready` on the host
   * @property {string} [host] selector of the element that gets `data-ready`
   * @property {string} [file] end of the URL of a file that the page has to fetch first
   */

  /** @type {Map<string, (time: number) => void>} callbacks for the markers not yet presented */
  const waiting = new Map();
  /** @type {{start: number, ms: number}[]} tasks of more than 50 ms on the main thread */
  const longTasks = [];
  /** @type {(() => void) | null} called once, when a canvas is painted next */
  let onPainting = null;
  let numMarkers = 0;

  // Gradio's page alone fetches more files than the default of 250 entries.
  performance.setResourceTimingBufferSize(5000);
  observe("element", (entry) => {
    const { identifier, renderTime } = /** @type {any} */ (entry);
    waiting.get(identifier)?.(renderTime);
    waiting.delete(identifier);
  });
  observe("longtask", ({ startTime, duration }) => {
    longTasks.push({ start: startTime, ms: duration });
  });
  // A canvas is cleared once before it is painted. Wrapping these few calls among thousands of
  // drawing calls takes no measurable time.
  const context = CanvasRenderingContext2D.prototype;
  for (const name of /** @type {const} */ (["clearRect", "drawImage", "putImageData"])) {
    const original = /** @type {(...values: any[]) => void} */ (context[name]);
    context[name] = function (/** @type {any[]} */ ...values) {
      painting();
      return original.apply(this, values);
    };
  }
  const canvas = HTMLCanvasElement.prototype;
  const width = /** @type {PropertyDescriptor} */ (
    Object.getOwnPropertyDescriptor(canvas, "width")
  );
  Object.defineProperty(canvas, "width", {
    ...width,
    set(value) {
      painting();
      width.set?.call(this, value);
    },
  });

  function painting() {
    const notify = onPainting;
    onPainting = null;
    notify?.();
  }

  function nextPainting() {
    return new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
      onPainting = resolve;
    });
  }

  /**
   * @param {string} type
   * @param {(entry: PerformanceEntry) => void} onEntry
   */
  function observe(type, onEntry) {
    new PerformanceObserver((list) => list.getEntries().forEach(onEntry)).observe({
      type,
      buffered: true,
    });
  }

  /** Return a promise that resolves before the next frame is painted. */
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

  /**
   * Return the time at which the page's current content is presented. The browser reports that time
   * for a new element, the marker. The marker has a layer of its own, so that nothing else is
   * repainted.
   * @returns {Promise<number>} milliseconds since the page's time origin
   */
  function presented() {
    const marker = document.createElement("span");
    const name = `marker ${numMarkers++}`;
    marker.setAttribute("elementtiming", name);
    marker.textContent = ".";
    marker.style.cssText =
      "position: fixed; left: 0; top: 0; font: 4px sans-serif; contain: layout paint;" +
      "will-change: transform; pointer-events: none; z-index: 9999";
    document.body.append(marker);
    return new Promise((resolve) => {
      waiting.set(name, (time) => {
        marker.remove();
        resolve(time);
      });
    });
  }

  /**
   * Return the time at which all painting is presented: a canvas with much to paint continues in
   * the next frames.
   * @param {Promise<unknown>} painted resolves when the first part is painted
   * @returns {Promise<number>} milliseconds since the page's time origin
   */
  async function lastPainting(painted) {
    await painted;
    for (;;) {
      const shown = presented();
      const isMore = nextPainting().then(() => true);
      const isOver = frame()
        .then(frame)
        .then(() => false);
      if (!(await Promise.race([isMore, isOver]))) return shown;
    }
  }

  /** Return a promise for the next event of a type. It resolves before the page's handlers run. */
  const next = (/** @type {string} */ type) =>
    new Promise((/** @type {(event: Event) => void} */ resolve) =>
      addEventListener(type, resolve, { capture: true, once: true, passive: true }),
    );

  /**
   * Return the entry of the last file that was requested since a time.
   * @param {string} name end of the file's URL
   * @param {number} since milliseconds since the page's time origin
   */
  const fetched = (name, since) =>
    /** @type {PerformanceResourceTiming | undefined} */ (
      performance
        .getEntriesByType("resource")
        .findLast((entry) => entry.name.endsWith(name) && entry.startTime >= since)
    );

  /**
   * Return a promise that resolves when the host gets `data-ready` after the file has arrived.
   * @param {Element} host
   * @param {() => boolean} isFetched
   */
  function ready(host, isFetched) {
    return new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
      const observer = new MutationObserver(() => {
        if (!host.hasAttribute("data-ready") || !isFetched()) return;
        observer.disconnect();
        resolve();
      });
      observer.observe(host, { attributes: true, attributeFilter: ["data-ready"] });
    });
  }

  /**
   * Print times for bench/window.py on the console, in milliseconds of Unix time.
   * @param {{start: number, first: number, there: number, end: number, fetched: number}} times
   *   milliseconds since the page's time origin
   */
  function printTimes(times) {
    const unixTimes = Object.entries(times).map(([name, time]) => [
      name,
      performance.timeOrigin + time,
    ]);
    console.debug(`presented ${JSON.stringify(Object.fromEntries(unixTimes))}`);
  }

  /**
   * Follow the next input, and report: the time of the input (`start`), the time of the presented
   * frame in which a canvas was first painted (`first`), the time at which the outcome was complete
   * (`there`) and presented (`end`), and the time at which the file had arrived (`fetched`).
   * @param {Followed} followed
   */
  async function follow({ event, after, done, host: selector, file }) {
    const came = next(event);
    // The browser may scroll before it dispatches the wheel event, and it dispatches the event that
    // the pointer enters a token before the event that it moved.
    const begun = after ? next(after) : came;
    const painted = after ? begun.then(nextPainting) : nextPainting();
    const { timeStamp: start } = await came;
    const host = selector ? document.querySelector(selector) : null;
    // The previous picture does not count. The page's own handlers run after this line.
    host?.removeAttribute("data-ready");
    await begun;
    /** @type {number | null} */
    let first = null;
    painted.then(async () => {
      first = await presented();
    });
    if (done === "frame") await frame();
    if (done === "ready" && host) {
      await ready(host, () => !file || fetched(file, start) !== undefined);
    }
    const there = performance.now();
    const end = await (done === "painted" ? lastPainting(painted) : presented());
    const arrived = file ? fetched(file, start)?.responseEnd : undefined;
    printTimes({
      start,
      first: Math.min(first ?? end, end),
      there,
      end,
      fetched: arrived ?? start,
    });
  }

  /**
   * Follow a page that draws its whole picture without input, and report: the time of the first
   * byte of the page (`start`), and the time at which the picture was presented (`end`).
   * @param {string} selector of an element that exists once the page has drawn
   */
  async function followOpening(selector) {
    while (!document.querySelector(selector)) await frame();
    const there = performance.now();
    const end = await presented();
    const [entry] = performance.getEntriesByType("navigation");
    const { responseStart } = /** @type {PerformanceNavigationTiming} */ (entry);
    printTimes({ start: responseStart, first: end, there, end, fetched: responseStart });
  }

  const takeLongTasks = () => longTasks.splice(0);
  Object.assign(window, { presented: { follow, followOpening, takeLongTasks } });
})();
