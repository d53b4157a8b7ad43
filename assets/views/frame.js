// What the four views have in common: controls, the current result and selection, the links to the
// other views, the inspector, and the order of draws.

import { isSamePosition, toggleToken } from "../core/data/token_position.js";
import { firstTokensOf } from "../core/data/units.js";
import { areOfSameText } from "../core/state/same_text.js";
import { forOtherText, togglePin } from "../core/state/selection.js";
import { getSelectionStore } from "../core/state/selection_store.js";
import { figureTitle, shownParts } from "../core/text/figure_title.js";
import { appendElement } from "../drawing/element.js";
import { ComparisonNote } from "./comparison.js";
import { DrawSchedule } from "./draw_schedule.js";
import { FilterControls } from "./filter_controls.js";
import { createFrameElements, showError } from "./frame_elements.js";
import { Interventions } from "./interventions.js";
import {
  FIELDS,
  onAsked,
  onChange,
  onRestore,
  reportShown,
  requestBack,
  requestEdit,
  requestView,
} from "./page_events.js";
import { Pickers } from "./pickers.js";
import { ResultOpener } from "./result_opener.js";
import { createSaving } from "./saving.js";
import { viewContent } from "./view_content.js";
import { WrittenTokens } from "./written_tokens.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../core/data/trace.js").Trace} Trace */
/** @typedef {import("../core/state/selection.js").Selection} Selection */
/** @typedef {import("../core/state/selection.js").ViewName} ViewName */
/** @typedef {import("./view_content.js").ViewContent} ViewContent */
/** @typedef {import("./page_events.js").Origin} Origin */
/** @typedef {import("./view.js").FrameContent} FrameContent */
/** @typedef {import("./view.js").MountOptions} MountOptions */
/** @typedef {import("./view.js").View} View */

/** @type {Origin} of a result that no field of a page has requested */
const NO_ORIGIN = { request: "", fields: null };

/** What the four views have in common. */
export class ViewFrame {
  #host;
  #view;
  #parts;
  #options;
  #scrollTo;
  #resetZoom;
  #ignoresFilter;
  #store;
  /** @type {((content: ViewContent) => import("./saving.js").Savable) | null} */
  #getSavable = null;
  #elements;
  #schedule;
  /** @type {(() => void)[]} */
  #cleanups = [];
  #opener;
  #filter;
  #written;
  #comparison;
  /** @type {Trace | null} */
  #trace = null;
  #origin = NO_ORIGIN;
  /** Whether a token that the reader pins is added to the pinned ones. */
  #selectsMore = false;

  /**
   * Create an empty view in its host.
   * @param {HTMLElement} host
   * @param {ViewName} view
   * @param {FrameContent} content
   * @param {MountOptions} options
   */
  constructor(host, view, { parts, scrollTo, resetZoom, ignoresFilter }, options) {
    this.#host = host;
    this.#view = view;
    this.#parts = parts;
    this.#options = options;
    this.#scrollTo = scrollTo;
    this.#resetZoom = resetZoom;
    this.#ignoresFilter = ignoresFilter ?? (() => false);
    const { shared, start, only, prepare, link, intervene } = options;
    this.#opener = new ResultOpener(only, prepare);
    this.#store = getSelectionStore(shared, start, new URLSearchParams(link));
    this.#elements = createFrameElements(host, view, {
      hasStyleSheet: only !== undefined,
      onBack: () => requestBack(host),
      onGoTo: (token) => this.goTo(token),
      onUnpin: () => this.#unpin(),
      onSelectMore: (isOn) => {
        this.#selectsMore = isOn;
      },
      filterActionOf: (row) => this.#filter.actionOf(row),
      tokenActionsOf: (row, tokensPerRow) => this.interventions.tokenActions(row, tokensPerRow),
    });
    this.controls = this.#elements.controls;
    /** An empty element in the line of the title, for the controls of a long text. */
    this.navigation = this.#elements.navigation;
    this.stage = this.#elements.stage;
    this.inspector = this.#elements.inspector;
    this.legend = this.#elements.legend;
    /** Whether this view can open other views. */
    this.opensViews = Boolean(shared);
    this.pickers = new Pickers(() => this.controls.add("slot"), this.#store);
    const content = () => this.#content();
    const { filterMenu, filterNote, writtenNote, interventionRow, comparisonRow } = this.#elements;
    // The page does not have the text of a reader's own file.
    const canRun = () => Boolean(intervene) && this.#origin.request !== null;
    this.interventions = new Interventions(host, interventionRow, content, canRun);
    this.#comparison = new ComparisonNote(host, view, comparisonRow, {
      select: (change) => this.select(change),
      open: this.opensViews ? (other) => requestView(host, other) : null,
      canRun,
    });
    // In the form there is no place for what the model wrote after a chat template.
    const canEdit = () => canRun() && this.#origin.fields?.[FIELDS.chat] === false;
    const onEdit = (/** @type {string} */ written) => requestEdit(host, written);
    this.#written = new WrittenTokens(writtenNote, content, canEdit, onEdit);
    this.#filter = new FilterControls(filterMenu, filterNote, this.#store, content);
    /** Shows how much of the figure the filter hides; null while it is unknown. */
    this.showHidden = this.#filter.showCount;
    const onDrawn = () => this.#describeFigure();
    this.#schedule = new DrawSchedule(host, this.#elements, parts[0].draw, content, onDrawn);
    this.#listen();
    this.controls.drawBack(this.#store.get().cameFrom);
  }

  #listen() {
    const observer = new ResizeObserver(() => {
      // Gradio does not report when it removes a component.
      if (!this.#elements.root.isConnected) this.destroy();
      else this.#schedule.drawAtNewWidth();
    });
    observer.observe(this.stage);
    this.#elements.root.addEventListener("keydown", (event) => {
      // A menu, a panel or a token handles its own Escape.
      if (event.key === "Escape" && !event.defaultPrevented) this.#unpin();
    });
    this.#cleanups.push(
      () => observer.disconnect(),
      this.#store.subscribe((after, before) => this.#onSelection(after, before)),
      onAsked(this.#host, () => {
        if (this.#trace) this.#report({ origin: this.#origin });
      }),
      onChange(this.#host, (change) => this.#elements.markChange(change)),
      onRestore(this.#host, (selection) => {
        const { palette } = this.#store.get();
        this.#store.set({ ...this.#store.get(), ...selection, palette });
      }),
    );
  }

  /**
   * @param {Selection} after
   * @param {Selection} before
   */
  #onSelection(after, before) {
    const changed = this.#parts.find(({ dependsOn }) =>
      dependsOn.some((key) => after[key] !== before[key]),
    );
    if (changed) this.#schedule.draw(changed.draw);
    this.controls.drawBack(this.#store.get().cameFrom);
    if (this.#trace) this.#report({});
  }

  /** @returns {ViewContent | null} */
  #content() {
    if (!this.#trace) return null;
    return viewContent(this.#trace, this.#store.get(), this.#ignoresFilter);
  }

  /** @param {{origin?: Origin}} result the origin of a new result */
  #report(result) {
    if (!this.opensViews) return;
    reportShown(this.#host, { ...result, selection: this.#store.get() });
  }

  /**
   * Show the result of a manifest.
   * @param {string | null} url of the manifest; null for no result
   * @param {Origin} [origin]
   */
  async update(url, origin = NO_ORIGIN) {
    delete this.#host.dataset.ready;
    try {
      const opened = await this.#opener.open(url);
      if (opened === undefined) return;
      if (opened) this.#setTrace(opened, origin);
      await this.#schedule.draw();
    } catch (error) {
      showError(this.#elements.message, error);
    }
  }

  /**
   * @param {Trace} trace
   * @param {Origin} origin
   */
  #setTrace(trace, origin) {
    const { model_id, revision } = trace.manifest.model;
    this.#store.startModel(`${model_id} ${revision}`, this.#trace === null);
    const selection = this.#store.get();
    const before = this.#trace?.manifest ?? trace.manifest;
    const next = areOfSameText(before, trace.manifest) ? selection : forOtherText(selection);
    if (next !== selection) this.#store.set(next);
    this.#trace = trace;
    this.#origin = origin;
    this.#elements.message.textContent = "";
    this.#report({ origin });
  }

  #describeFigure() {
    const content = this.#content();
    if (!content || !this.#getSavable) return;
    const { title } = this.#elements;
    const { titleParts } = this.#getSavable(content);
    this.#filter.draw(content);
    this.#written.draw(content);
    this.interventions.draw(content);
    this.#comparison.draw(content);
    // The tab, or the file's title, names the view.
    const [, ...parts] = shownParts(titleParts, content.attentionPart);
    title.textContent = figureTitle(content.trace.manifest, parts);
    title.title = title.textContent;
  }

  #unpin() {
    if (this.#store.get().pinned) this.togglePin(null);
  }

  destroy() {
    this.#schedule.abort();
    this.#opener.stop();
    for (const cleanup of this.#cleanups) cleanup();
    this.#elements.root.remove();
  }

  /**
   * Return what `mount` returns.
   * @returns {View}
   */
  view() {
    return {
      update: (url, origin) => this.update(url, origin),
      destroy: () => this.destroy(),
    };
  }

  /** @param {(selection: Selection) => Selection} change */
  select(change) {
    this.#store.set(change(this.#store.get()));
  }

  /**
   * Pin a unit of the figure and scroll to it.
   * @param {TokenPosition} unit
   */
  goTo(unit) {
    this.#scrollTo(unit);
    this.select((selection) => ({ ...selection, pinned: this.#tokenOf(unit) }));
  }

  /**
   * Pin a unit of the figure, or unpin it if it is pinned. The other pinned units stay pinned if the reader
   * selects more.
   * @param {TokenPosition | null} unit null to unpin
   */
  togglePin(unit) {
    const pinned = this.#content()?.pinned ?? null;
    if (unit && this.#selectsMore) {
      this.pin(toggleToken(pinned, unit));
      return;
    }
    const isPinned = unit && isSamePosition(unit, pinned);
    this.select((selection) => {
      // The pinned token can be any token of a word.
      const token = isPinned ? selection.pinned : unit && this.#tokenOf(unit);
      return togglePin(selection, token);
    });
  }

  /**
   * Pin exactly these units of the figure.
   * @param {TokenPosition | null} units null for none
   */
  pin(units) {
    this.select((selection) => ({ ...selection, pinned: units && this.#tokenOf(units) }));
  }

  /**
   * Return the first tokens of units.
   * @param {TokenPosition} unit
   * @returns {TokenPosition}
   */
  #tokenOf(unit) {
    const content = this.#content();
    return content ? firstTokensOf(content.axes[unit.axis], unit) : unit;
  }

  /**
   * Open another view.
   * @param {ViewName} view
   * @param {(selection: Selection) => Selection} change of the selection
   */
  open(view, change) {
    requestView(this.#host, view);
    this.select(change);
  }

  /** Add a control that steps through the tokens that the model wrote. */
  offerSteps() {
    const host = appendElement(this.navigation, "div", "");
    this.#written.addStepper(host, (query) => this.goTo(query));
  }

  /**
   * Add a Reset button and a Save menu, and give the figure a title.
   * @param {(content: ViewContent) => import("./saving.js").Savable} getSavable returns what is drawn
   */
  offerToSave(getSavable) {
    this.#getSavable = getSavable;
    this.controls.addReset(() => {
      this.#resetZoom();
      this.#store.reset();
    });
    const { root, message } = this.#elements;
    createSaving(this.controls.addSaving(), root, {
      getExport: () => {
        const content = /** @type {ViewContent} */ (this.#content());
        return { ...content, ...getSavable(content), view: this.#view };
      },
      isStandalone: this.#options.only !== undefined,
      onError: (error) => showError(message, error),
    });
  }
}
