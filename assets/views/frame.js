// What the three views have in common: the controls, a message line, a stage to draw on, the result
// and the selection on view, the way to the other views, and the order of draws.

import { openTrace } from "../core/data/open_trace.js";
import { attentionPartsOf } from "../core/state/attention_part.js";
import { linkParameters } from "../core/state/link.js";
import { keepChoice } from "../core/state/selection.js";
import { getSelectionStore } from "../core/state/selection_store.js";
import { appendElement } from "../drawing/element.js";
import { createReadout } from "../marks/readout.js";
import { createPickers } from "./pickers.js";
import { createSaving } from "./saving.js";

/** @typedef {import("../core/data/trace.js").Trace} Trace */
/** @typedef {import("../core/state/attention_part.js").AttentionPart} AttentionPart */
/** @typedef {import("../core/state/selection.js").Selection} Selection */
/** @typedef {import("../core/state/selection.js").ViewName} ViewName */

/**
 * What a view shows.
 * @typedef {object} Shown
 * @property {Trace} trace
 * @property {AttentionPart} attentionPart
 * @property {Selection} selection
 */

/**
 * Draws what is shown. Resolves to what is on the stage then, for whoever waits for it.
 * @callback Show
 * @param {Shown} shown
 * @param {AbortSignal} signal aborted once a later draw has begun: stop then
 * @returns {Promise<string>}
 */

/**
 * A part of a view, drawn again when one of the choices that it depends on changes.
 * @typedef {object} Part
 * @property {(keyof Selection)[]} dependsOn
 * @property {Show} show
 */

/**
 * @typedef {object} MountOptions
 * @property {string} [shared] views with the same name share one selection, and lead to each other
 * @property {import("../core/state/selection.js").InitialChoices} [start]
 * @property {import("../core/data/open_trace.js").Prepare} [prepare] of a server that makes files on request
 * @property {Trace} [only] the one result there is, in a file that stands alone (standalone.js)
 * @property {string} [link] a link's query string, whose choices come before those of the start
 */

/**
 * What `mount` of a view returns.
 * @typedef {object} View
 * @property {(url: string | null, request?: string | null) => Promise<void>} update show the result
 *   of this manifest; what a link says to have it again, null where none can
 * @property {() => void} destroy
 */

const EMPTY = "Choose a model, enter a text and press Run: its attention appears here.";

/**
 * @param {HTMLElement} host
 * @param {ViewName} name
 * @param {Part[]} parts the whole view first
 * @param {MountOptions} options
 */
export function createFrame(host, name, parts, options) {
  const { shared, start, prepare, only = null, link } = options;
  const document = host.ownerDocument;
  const root = document.createElement("div");
  root.className = `bertviz bertviz-${name}`;
  if (!only) {
    const style = root.appendChild(document.createElement("link"));
    style.rel = "stylesheet";
    style.href = new URL("../styles/views.css", import.meta.url).href;
  }
  const controls = appendElement(root, "div", "bertviz-controls");
  const store = getSelectionStore(shared, start, new URLSearchParams(link));
  const back = appendButton(controls, "bertviz-back", () => tell("bertviz-back"));
  const pickers = createPickers(controls, store);
  // What leads away from the view, at the right.
  const leading = appendElement(controls, "div", "bertviz-leading");
  leading.hidden = true;
  const message = appendElement(root, "p", "bertviz-message");
  message.setAttribute("role", "status");
  message.textContent = EMPTY;
  const readout = createReadout(root);
  const stage = appendElement(root, "div", "bertviz-stage");
  host.replaceChildren(root);

  /** @type {Trace | null} */
  let trace = null;
  // Of the draw that is under way.
  let current = new AbortController();
  let updates = 0;
  // Whether the whole view has to be drawn: it was hidden, or its last draw was called off.
  let stale = false;

  // A hidden tab has no width: the view is drawn again when it is shown, if its width or what it
  // shows has changed.
  let drawnWidth = stage.clientWidth;
  const observer = new ResizeObserver(() => {
    // Gradio has no unmount hook.
    if (!root.isConnected) destroy();
    else if (stage.clientWidth > 0 && stage.clientWidth !== drawnWidth) redraw();
  });
  observer.observe(stage);
  const unsubscribe = store.subscribe((after, before) => {
    const changed = parts.find(({ dependsOn }) =>
      dependsOn.some((key) => after[key] !== before[key]),
    );
    if (changed) redraw(changed.show);
    drawBack();
    if (trace) tellShown({});
  });
  host.addEventListener("bertviz-restore", onRestore);
  drawBack();

  /**
   * Draw; a draw that a later one overtook says nothing. What is on the stage stays if it fails.
   * @param {(signal: AbortSignal) => Promise<string | null>} draw resolves to null where there is
   *   nothing to draw
   */
  async function run(draw) {
    const before = current;
    current = new AbortController();
    const { signal } = current;
    delete host.dataset.ready;
    try {
      const drawing = draw(signal);
      // After the next draw has begun: what both fetch goes on.
      before.abort();
      const drawn = await drawing;
      if (signal.aborted) return;
      stale = false;
      message.textContent = drawn === null ? EMPTY : "";
      leading.hidden = drawn === null;
      if (drawn !== null) host.dataset.ready = drawn;
    } catch (error) {
      if (signal.aborted) return;
      stale = false;
      fail(error);
    }
  }

  /** @param {unknown} error whose message is a sentence for the reader */
  function fail(error) {
    message.textContent = error instanceof Error ? error.message : String(error);
  }

  /**
   * Draw what is shown again, or a part of it. In a hidden tab it waits, so that a choice in one view
   * does not cost the work of three.
   * @param {Show} [show] the whole view by default
   */
  async function redraw(show = parts[0].show) {
    if (trace && root.isConnected && stage.clientWidth === 0) {
      stale = true;
      drawnWidth = 0;
      current.abort(); // a draw that is under way shows what was chosen before
      delete host.dataset.ready;
      return;
    }
    stale ||= show === parts[0].show;
    if (stale) drawnWidth = stage.clientWidth;
    const drawNow = stale ? parts[0].show : show;
    await run((signal) => (trace ? drawNow(shown(trace), signal) : Promise.resolve(null)));
  }

  /**
   * @param {Trace} trace
   * @returns {Shown}
   */
  function shown(trace) {
    const selection = store.get();
    const attentionPart = keepChoice(
      attentionPartsOf(trace),
      ({ label }) => label === selection.attentionPart,
    );
    return { trace, attentionPart, selection };
  }

  /**
   * @param {string | null} url
   * @param {string | null} [request]
   */
  async function update(url, request = "") {
    // Not a draw yet: a hover or a new width while the result is fetched must not call it off.
    const mine = ++updates;
    delete host.dataset.ready;
    try {
      const opened = only ?? (url === null ? null : await openTrace(url, prepare));
      if (mine !== updates) return;
      if (opened) {
        // A pinned position is another word in another text.
        const { pinned } = store.get();
        if (pinned && trace && opened !== trace) store.set({ ...store.get(), pinned: null });
        trace = opened;
        message.textContent = "";
        tellShown({ request });
      }
      await redraw();
    } catch (error) {
      if (mine === updates) fail(error);
    }
  }

  /**
   * Ask the page to go to another view, or back, or tell it what is on show: it owns the tabs, the
   * browser's history and the address.
   * @param {"bertviz-open" | "bertviz-back" | "bertviz-shown"} type
   * @param {object} [detail]
   */
  function tell(type, detail) {
    host.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));
  }

  /**
   * Tell the page what its link is to say.
   * @param {{request?: string | null}} result that is on show from now on
   */
  function tellShown(result) {
    if (shared) tell("bertviz-shown", { ...result, choices: linkParameters(store.get()) });
  }

  /** @param {Event} event with the selection that the reader comes back to */
  function onRestore(event) {
    const { detail } = /** @type {CustomEvent<Selection>} */ (event);
    store.set({ ...detail, palette: store.get().palette });
  }

  /**
   * Keep what leads away at the end, for the Tab key too.
   * @template {HTMLElement} T
   * @param {T} control that was added
   * @returns {T}
   */
  function beforeLeading(control) {
    controls.append(leading);
    return control;
  }

  function drawBack() {
    const { cameFrom } = store.get();
    back.hidden = cameFrom === null || cameFrom === name;
    back.textContent = `← Back to the ${cameFrom} view`;
  }

  function destroy() {
    current.abort();
    updates++;
    observer.disconnect();
    unsubscribe();
    host.removeEventListener("bertviz-restore", onRestore);
    root.remove();
  }

  return {
    stage,
    readout,
    update,
    destroy,
    /** @param {(selection: Selection) => Selection} change */
    select: (change) => store.set(change(store.get())),
    /** @param {(shown: Shown) => import("./saving.js").Savable} savable of what is drawn */
    offerToSave(savable) {
      const toSave = () => {
        const what = shown(/** @type {Trace} */ (trace));
        return { ...what, ...savable(what), view: name };
      };
      createSaving(appendElement(leading, "div", "bertviz-saving"), root, toSave, {
        isAlone: only !== null,
        fail,
      });
    },
    /** @param {() => void} onClick of a button that leads to another view */
    addWay: (onClick) => appendButton(leading, "bertviz-way", onClick),
    /** Whether other views can be opened from this one. */
    leadsOn: Boolean(shared),
    /**
     * Go to another view.
     * @param {ViewName} view
     * @param {(selection: Selection) => Selection} change of the selection on the way
     */
    open(view, change) {
      const before = store.get();
      const after = change(before);
      tell("bertviz-open", { from: name, view, before, after });
      store.set(after);
    },
    pickers,
    /** @param {string} slot */
    addControl: (slot) => beforeLeading(appendElement(controls, "div", `bertviz-${slot}`)),
    /**
     * @param {string} slot
     * @param {() => void} onClick
     */
    addButton: (slot, onClick) => beforeLeading(appendButton(controls, `bertviz-${slot}`, onClick)),
  };
}

/**
 * @param {HTMLElement} parent
 * @param {string} className
 * @param {() => void} onClick
 * @returns {HTMLButtonElement}
 */
function appendButton(parent, className, onClick) {
  const button = /** @type {HTMLButtonElement} */ (appendElement(parent, "button", className));
  button.classList.add("bertviz-button");
  button.type = "button";
  button.hidden = true;
  button.addEventListener("click", onClick);
  return button;
}
