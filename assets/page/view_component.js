// Connects a view to its Gradio component (bertviz_space/page/components.py). The view does not know
// Gradio.

import { OPENED_WITH } from "./opened_link.js";

/** @typedef {import("../views/view.js").MountOptions} MountOptions */
/** @typedef {import("../views/page_events.js").FieldValue} FieldValue */

/**
 * @typedef {object} ViewValue
 * @property {{url: string}} manifest
 * @property {string | null} request
 * @property {FieldValue[] | null} fields
 * @property {boolean} is_first whether the page contained the value when it was opened
 */

/**
 * @typedef {object} ViewProps
 * @property {ViewValue | "" | null} value Gradio 6.31 passes None as an empty string
 * @property {string} [shared]
 * @property {boolean} [intervenes] whether the page can run a text again with interventions
 */

/**
 * @typedef {object} MaskServer
 * @property {(token: {url: string, position: number}) => ReturnType<NonNullable<MountOptions["predictMasked"]>>} [predict_masked]
 */

/** @typedef {Pick<MountOptions, "prepare" | "probe" | "sweep"> & MaskServer} ServerFunctions */

/**
 * @typedef {object} ViewComponent what Gradio supplies
 * @property {HTMLElement} element
 * @property {ViewProps & MountOptions["start"]} props
 * @property {ServerFunctions} server
 * @property {(name: string, onChange: () => void) => void} watch
 */

/**
 * @param {ViewComponent} component
 * @param {{mount: (host: HTMLElement, options: MountOptions) => import("../views/view.js").View}} view
 * @param {URLSearchParams} [openedWith] the query string with which the page was opened
 */
export function start({ element, props, server, watch }, { mount }, openedWith = OPENED_WITH) {
  const host = /** @type {HTMLElement} */ (element.querySelector(".bertviz-host"));
  const { prepare, probe, predict_masked, sweep } = server;
  const view = mount(host, {
    shared: props.shared,
    start: props,
    link: props.shared && `${openedWith}`,
    // Gradio 6.31: a server function that fails returns undefined, which counts as false.
    prepare: prepare && ((url) => prepare(url)),
    probe: probe && ((modelId) => probe(modelId)),
    intervene: Boolean(props.intervenes),
    predictMasked: predict_masked && ((url, position) => predict_masked({ url, position })),
    sweep: sweep && ((asked) => sweep(asked)),
  });
  /** @type {ViewValue | null} */
  let shown = null;
  const update = () => {
    const value = shownValue(props.value || null, openedWith);
    // The first event that a page sends returns the same result as the page contained.
    const isSame = value && shown?.is_first && value.manifest.url === shown.manifest.url;
    shown = value;
    if (isSame) return;
    if (value) view.update(value.manifest.url, value);
    else view.update(null);
  };
  watch("value", update);
  // Gradio 6.31: watch does not fire at mount (tests/browser/test_views.py).
  update();
}

/**
 * Return the value that a view shows: none if a link to another text opened the page.
 * @param {ViewValue | null} value
 * @param {URLSearchParams} openedWith
 */
const shownValue = (value, openedWith) =>
  value?.is_first && openedWith.get("text") ? null : value;
