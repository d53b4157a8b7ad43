// A widget of a notebook (bertviz_space/notebook/widget.py): a frame with a stand-alone page. The kernel
// sends each file of the result when the page requests it.

/** Pixels: the height of the frame until its page has set its own. */
const HEIGHT = 560;

/**
 * @typedef {object} WidgetModel what anywidget supplies
 * @property {(name: "page" | "title") => string} get
 * @property {(message: {id: string, name: string}) => void} send
 * @property {(event: "msg:custom", listener: MessageListener) => void} on
 * @property {(event: "msg:custom", listener: MessageListener) => void} off
 */

/** @typedef {(message: {id: string, error?: string}, buffers: DataView[]) => void} MessageListener */

/**
 * Show the widget in the output of a cell.
 * @param {{model: WidgetModel, el: HTMLElement}} options
 * @returns {() => void} removes the widget's listener
 */
function render({ model, el }) {
  /** @type {Map<string, {resolve: (file: ArrayBuffer) => void, reject: (error: Error) => void}>} */
  const requests = new Map();
  // Every output of the widget receives the answers to all of them.
  const output = Math.random().toString(36);
  let numRequests = 0;
  const frame = /** @type {import("../views/notebook_frame.js").NotebookFrame} */ (
    el.ownerDocument.createElement("iframe")
  );
  frame.className = "bertviz-notebook-frame";
  frame.title = model.get("title");
  frame.style.cssText = `border: 0; display: block; height: ${HEIGHT}px; width: 100%`;
  frame.readFile = (name) =>
    new Promise((resolve, reject) => {
      const id = `${output} ${++numRequests}`;
      requests.set(id, { resolve, reject });
      model.send({ id, name });
    });
  /** @type {MessageListener} */
  const onMessage = ({ id, error }, buffers) => {
    const request = requests.get(id);
    if (!request) return;
    requests.delete(id);
    if (error) request.reject(new Error(error));
    else request.resolve(bytesOf(buffers[0]));
  };
  model.on("msg:custom", onMessage);
  frame.srcdoc = model.get("page");
  el.append(frame);
  return () => model.off("msg:custom", onMessage);
}

/**
 * Return a copy of the bytes of a view, as a buffer that begins with them.
 * @param {DataView} view
 * @returns {ArrayBuffer}
 */
function bytesOf({ buffer, byteOffset, byteLength }) {
  return /** @type {ArrayBuffer} */ (buffer.slice(byteOffset, byteOffset + byteLength));
}

export default { render };
