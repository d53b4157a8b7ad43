// When is what a reader did on the screen? Added to every page before its own scripts, to ours, to
// BertViz's and to the empty one alike, so that all are measured by one clock: from the time stamp
// that the browser gave the input to the time at which the frame with its outcome was presented.
// Chromium rounds the latter to 4 ms.

(() => {
  /**
   * What is followed, and when its outcome is there.
   * @typedef {object} Followed
   * @property {string} event the input, such as "click"
   * @property {string} [after] an event that the input brings about, to be waited for first: "scroll"
   * @property {"frame" | "painted" | "ready"} done: with the next frame, for a page that does all of
   *   its work in its handlers; once canvases are painted; once the host says that it has drawn
   * @property {string} [host] selector of the element that says so, by `data-ready`
   * @property {string} [file] end of the name of a file that the page has to fetch on the way
   */

  /** @type {Map<string, (time: number) => void>} who is told when a marker was presented */
  const waiting = new Map();
  /** @type {{start: number, ms: number}[]} what kept the main thread for more than 50 ms */
  const longTasks = [];
  /** @type {(() => void) | null} told once, when a canvas is painted anew */
  let onPainting = null;
  let numMarkers = 0;

  // Gradio's page alone fetches more files than the 250 that are kept by default.
  performance.setResourceTimingBufferSize(5000);
  observe("element", (entry) => {
    const { identifier, renderTime } = /** @type {any} */ (entry);
    waiting.get(identifier)?.(renderTime);
    waiting.delete(identifier);
  });
  observe("longtask", ({ startTime, duration }) => {
    longTasks.push({ start: startTime, ms: duration });
  });
  // A canvas is cleared once before it is painted anew: a call in thousands, so that watching it
  // costs nothing.
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
   * @param {(entry: PerformanceEntry) => void} note
   */
  function observe(type, note) {
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({
      type,
      buffered: true,
    });
  }

  /** Before the next frame is painted. */
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

  /**
   * When the frame is presented that has all that is on the page now: the browser says so of a fresh
   * element. It has a layer of its own, so that nothing else is painted again for it.
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
   * When all is presented that is painted from now on: a canvas with much to paint goes on in the
   * next frame.
   * @param {Promise<unknown>} painted once the first of it is
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

  /** Before any handler of the page hears of the next event of a type. */
  const next = (/** @type {string} */ type) =>
    new Promise((/** @type {(event: Event) => void} */ resolve) =>
      addEventListener(type, resolve, { capture: true, once: true, passive: true }),
    );

  /**
   * @param {string} name end of it
   * @param {number} since
   */
  const fetched = (name, since) =>
    /** @type {PerformanceResourceTiming | undefined} */ (
      performance
        .getEntriesByType("resource")
        .findLast((entry) => entry.name.endsWith(name) && entry.startTime >= since)
    );

  /**
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
   * @param {{start: number, first: number, there: number, end: number, fetched: number}} report times
   *   since the page's time origin
   */
  function say(report) {
    const times = Object.entries(report).map(([name, time]) => [
      name,
      performance.timeOrigin + time,
    ]);
    console.debug(`presented ${JSON.stringify(Object.fromEntries(times))}`);
  }

  /**
   * Follow the next input. Says when it came, when the frame was presented in which a canvas was
   * first painted for it, and the one with all of its outcome, and when that was there to be
   * presented; and when the file had come.
   * @param {Followed} followed
   */
  async function follow({ event, after, done, host: selector, file }) {
    const came = next(event);
    // The browser may scroll before it tells of the wheel; and of a token that the pointer enters it
    // tells before it tells of the move.
    const begun = after ? next(after) : came;
    const painted = after ? begun.then(nextPainting) : nextPainting();
    const { timeStamp: start } = await came;
    const host = selector ? document.querySelector(selector) : null;
    // What was drawn before does not count; the page's own handlers come after this.
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
    say({ start, first: Math.min(first ?? end, end), there, end, fetched: arrived ?? start });
  }

  /**
   * Follow a page that draws by itself, in one go: says when the first byte of it came, and when the
   * frame with its picture was presented.
   * @param {string} selector of what is there once it has drawn
   */
  async function followOpening(selector) {
    while (!document.querySelector(selector)) await frame();
    const there = performance.now();
    const end = await presented();
    const [entry] = performance.getEntriesByType("navigation");
    const { responseStart } = /** @type {PerformanceNavigationTiming} */ (entry);
    say({ start: responseStart, first: end, there, end, fetched: responseStart });
  }

  const takeLongTasks = () => longTasks.splice(0);
  Object.assign(window, { presented: { follow, followOpening, takeLongTasks } });
})();
