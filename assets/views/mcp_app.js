// A view in a chat: a page that the host of a language model shows beside the answer of the tool that drew
// the view (bertviz_space/files/mcp_app.py). Host and page exchange JSON-RPC messages.

import { appendElement } from "../drawing/element.js";
import { showView, useTheme } from "./standalone.js";

const PROTOCOL = "2026-01-26";
/** Arguments of the tool that are about a picture's file, not about the view. */
const OF_PICTURES = ["format", "theme", "width", "title", "caption", "scale"];
const CANCELED = "The call was canceled. Ask again to see the view.";
const NOT_LOADED = "The view could not be loaded. Open the page at the URL in the answer instead.";

/**
 * @typedef {{text?: string}[]} Content
 * @typedef {{content?: Content, isError?: boolean}} ToolResult
 */

/**
 * Connect the page to its host, and show the view when the tool has answered.
 * @param {HTMLElement} main
 * @param {string} contentTool the name of the tool that returns the content of a view
 * @returns {Promise<void>} resolves when the host has answered
 */
export async function connect(main, contentTool) {
  const { ownerDocument } = main;
  const { body, defaultView } = ownerDocument;
  const host = new Host(/** @type {Window} */ (defaultView));
  /** @type {Record<string, unknown>} */
  let asked = {};
  const say = (/** @type {string} */ text) => {
    main.replaceChildren();
    appendElement(main, "p", "bertviz-caption").textContent = text;
  };
  /** @type {Record<string, (params: any) => unknown>} */
  const handlers = {
    ping: () => {},
    "ui/resource-teardown": () => {},
    "ui/notifications/tool-input": (params) => {
      asked = params.arguments ?? {};
    },
    "ui/notifications/tool-cancelled": () => say(CANCELED),
    "ui/notifications/host-context-changed": followTheme,
    "ui/notifications/tool-result": (/** @type {ToolResult} */ result) =>
      show(result).catch((error) => say(error instanceof ToolError ? error.message : NOT_LOADED)),
  };

  /** @param {{theme?: "light" | "dark"}} [context] */
  function followTheme({ theme } = {}) {
    if (theme) useTheme(ownerDocument, theme);
  }

  /** @param {ToolResult} result */
  async function show(result) {
    textOf(result); // an error of the tool is shown
    const choices = Object.entries(asked).filter(([name]) => !OF_PICTURES.includes(name));
    const answer = await host.request("tools/call", {
      name: contentTool,
      arguments: Object.fromEntries(choices),
    });
    const content = JSON.parse(textOf(answer));
    main.replaceChildren();
    await showView(main, content);
  }

  host.listen(handlers);
  say("Waiting for the attention …");
  const { hostContext } = await host.request("ui/initialize", {
    protocolVersion: PROTOCOL,
    appInfo: { name: "BertViz Space", version: "1" },
    appCapabilities: { availableDisplayModes: ["inline", "fullscreen"] },
  });
  followTheme(hostContext);
  host.notify("ui/notifications/initialized", {});
  host.reportSizeOf(body);
}

/** An error of a tool, with its message for the reader. */
class ToolError extends Error {}

/**
 * Return the text of a tool's answer.
 * @param {ToolResult} result
 * @returns {string}
 * @throws {ToolError} if the tool failed
 */
function textOf({ content = [], isError = false }) {
  const text = content.map((each) => each.text ?? "").join("");
  if (isError) throw new ToolError(text);
  return text;
}

/** The host of the page, which is its parent window. */
class Host {
  #window;
  #number = 0;
  /** @type {Map<number, {resolve: (result: any) => void, reject: (error: Error) => void}>} */
  #waiting = new Map();

  /** @param {Window} window of the page */
  constructor(window) {
    this.#window = window;
  }

  /**
   * Answer the host's requests and notifications.
   * @param {Record<string, (params: any) => unknown>} handlers by the name of the method
   */
  listen(handlers) {
    this.#window.addEventListener("message", ({ source, data }) => {
      if (source !== this.#window.parent || data?.jsonrpc !== "2.0") return;
      const { id, method, params = {}, result, error } = data;
      if (method === undefined) {
        const waiting = this.#waiting.get(id);
        this.#waiting.delete(id);
        if (error) waiting?.reject(new Error(error.message));
        else waiting?.resolve(result);
        return;
      }
      handlers[method]?.(params);
      if (id !== undefined) this.#send({ id, result: {} });
    });
  }

  /**
   * @param {string} method
   * @param {object} params
   * @returns {Promise<any>} the result
   */
  request(method, params) {
    const id = ++this.#number;
    const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#send({ id, method, params });
    return answer;
  }

  /**
   * @param {string} method
   * @param {object} params
   */
  notify(method, params) {
    this.#send({ method, params });
  }

  /**
   * Tell the host the height of the page whenever it changes.
   * @param {HTMLElement} body
   */
  reportSizeOf(body) {
    new ResizeObserver(() => {
      const { scrollWidth: width, scrollHeight: height } = body.ownerDocument.documentElement;
      this.notify("ui/notifications/size-changed", { width, height });
    }).observe(body);
  }

  /** @param {object} message */
  #send(message) {
    // The origin of the host is not known. The messages contain nothing that the host does not know.
    this.#window.parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
  }
}
