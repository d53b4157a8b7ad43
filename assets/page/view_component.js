// Connects a view to its Gradio component (bertviz_space/page/components.py). The view does not know
// Gradio.

/** @typedef {import("../views/view.js").MountOptions} MountOptions */
/** @typedef {import("../views/page_events.js").FieldValue} FieldValue */

/**
 * @typedef {object} ViewProps
 * @property {{manifest: {url: string}, request: string | null, fields: FieldValue[] | null} | "" |
 *   null} value Gradio 6.31 passes None as an empty string
 * @property {string} [shared]
 */

/**
 * @typedef {object} ViewComponent what Gradio supplies
 * @property {HTMLElement} element
 * @property {ViewProps & MountOptions["start"]} props
 * @property {Pick<MountOptions, "prepare" | "probe">} server functions of the server
 * @property {(name: string, onChange: () => void) => void} watch
 */

/**
 * @param {ViewComponent} component
 * @param {{mount: (host: HTMLElement, options: MountOptions) => import("../views/view.js").View}} view
 */
export function start({ element, props, server, watch }, { mount }) {
  const host = /** @type {HTMLElement} */ (element.querySelector(".bertviz-host"));
  const { prepare, probe } = server;
  const view = mount(host, {
    shared: props.shared,
    start: props,
    link: props.shared && location.search,
    // Gradio 6.31: a server function that fails returns undefined, which counts as false.
    prepare: prepare && ((url) => prepare(url)),
    probe: probe && ((modelId) => probe(modelId)),
  });
  const update = () =>
    props.value ? view.update(props.value.manifest.url, props.value) : view.update(null);
  watch("value", update);
  // Gradio 6.31: watch does not fire at mount (tests/browser/test_views.py).
  update();
}
