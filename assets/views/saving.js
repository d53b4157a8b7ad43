// What a view offers to save: its picture, and the numbers behind it.

import { createSaveMenu } from "../controls/save_menu.js";
import { embeddedFiles } from "../core/export/embedded_files.js";
import {
  vectorsFile,
  vectorsTable,
  weightsFile,
  weightsTable,
} from "../core/export/tensor_export.js";
import { linkParameters } from "../core/state/link.js";
import { captionOf } from "../core/text/caption.js";
import { captionedPicture } from "../drawing/captioned_picture.js";
import { contentOf, filledPage } from "./content.js";

/** @typedef {import("../core/export/tensor_export.js").OnView} OnView */
/** @typedef {import("../drawing/captioned_picture.js").LegendEntry} LegendEntry */
/** @typedef {import("../drawing/static_picture.js").StaticPicture} StaticPicture */
/** @typedef {import("./frame.js").Shown} Shown */

/**
 * What of a result is on view.
 * @typedef {object} Savable
 * @property {string[]} words what it shows
 * @property {LegendEntry[]} [legend]
 * @property {() => Promise<string[]>} [notes] what stands beside the picture
 * @property {() => Promise<StaticPicture>} staticPicture
 * @property {{layer: number, heads: number[]}[]} cells by true numbers, at least one
 */

/** @typedef {Shown & Savable & {view: import("../core/state/selection.js").ViewName}} ToSave */

/**
 * @typedef {object} Format
 * @property {string} text on the button
 * @property {string} ending of the file's name
 * @property {(what: ToSave, root: HTMLElement) => Promise<Blob>} make
 */

/** @type {{name: string, formats: Format[]}[]} */
const FORMATS = [
  {
    name: "Picture",
    formats: [
      { text: "SVG", ending: ".svg", make: async (...of) => svgBlob(await pictureOf(...of)) },
      { text: "PNG", ending: ".png", make: async (...of) => pngBlob(await pictureOf(...of)) },
    ],
  },
  {
    name: "Weights",
    formats: [
      { text: "CSV", ending: "-weights.csv", make: numbers(weightsTable) },
      { text: "safetensors", ending: "-weights.safetensors", make: numbers(weightsFile) },
    ],
  },
  {
    name: "Queries and keys",
    formats: [
      { text: "CSV", ending: "-query-key.csv", make: numbers(vectorsTable) },
      { text: "safetensors", ending: "-query-key.safetensors", make: numbers(vectorsFile) },
    ],
  },
];

/** A page of its own, which a page of its own cannot make again. */
const PAGE = { name: "Page", formats: [{ text: "HTML", ending: ".html", make: pageOf }] };

/** Bounds of a picture of pixels: twice as sharp as the page, and no larger than browsers make it. */
const [RATIO, MOST_PIXELS, MOST_SIDE] = [2, 2 ** 24, 2 ** 14];

/** Milliseconds after which a browser has read what it saves. */
const SAVED = 60_000;

/**
 * @param {HTMLElement} host
 * @param {HTMLElement} root of the view
 * @param {() => ToSave} toSave
 * @param {{isAlone: boolean, fail: (error: unknown) => void}} options whether there is no server; and
 *   what is told of an error
 */
export function createSaving(host, root, toSave, { isAlone, fail }) {
  const rows = (isAlone ? FORMATS : [...FORMATS, PAGE]).map(({ name, formats }) => ({
    name,
    choices: formats.map(({ text, ending, make }) => ({
      text,
      label: `${name} as ${text}`,
      onClick: () => save(ending, make).catch(fail),
    })),
  }));
  createSaveMenu(host, rows);

  /**
   * @param {string} ending
   * @param {Format["make"]} make
   */
  async function save(ending, make) {
    const what = toSave();
    const blob = await make(what, root);
    const link = root.ownerDocument.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${nameOf(what)}${ending}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), SAVED);
  }
}

/**
 * @param {ToSave} what
 * @param {HTMLElement} root
 * @returns {Promise<SVGElement>}
 */
async function pictureOf({ trace, attentionPart, words, legend = [], notes, staticPicture }, root) {
  const title = attentionPart.label === "All" ? words : [...words, attentionPart.label];
  const caption = [...((await notes?.()) ?? []), ...captionOf(trace.manifest)];
  return captionedPicture(root, await staticPicture(), {
    title: title.join(", "),
    legend,
    caption,
  });
}

/**
 * @param {(onView: OnView) => BlobPart[]} write
 * @returns {Format["make"]}
 */
function numbers(write) {
  return async ({ trace, attentionPart, cells }) => {
    const layers = await Promise.all(
      cells.map(async ({ layer, heads }) => {
        return { layer: await trace.layer(attentionPart.component, layer), heads };
      }),
    );
    return new Blob(write({ trace, attentionPart, layers }));
  };
}

/**
 * The page that the server has for it, with what is on view in it.
 * @param {ToSave} what
 * @returns {Promise<Blob>}
 */
async function pageOf({ view, trace, attentionPart, selection, cells }) {
  const layers = cells.map(({ layer }) => layer);
  const names = embeddedFiles(view, trace, attentionPart.component, layers);
  const empty = await fetch(new URL("../standalone.html", import.meta.url));
  if (!empty.ok) throw new Error("The Space was restarted: reload this page, and save again.");
  const link = new URLSearchParams(linkParameters(selection)).toString();
  return filledPage(await empty.text(), await contentOf(view, link, trace, names));
}

/**
 * @param {ToSave} what
 * @returns {string} that every file system takes
 */
function nameOf({ trace, words }) {
  const model = trace.manifest.model.model_id.split("/").at(-1);
  const name = [model, ...words].join(" ").replace(/[^\p{L}\p{N}.]+/gu, "-");
  return name.slice(0, 100);
}

/** @param {SVGElement} svg */
function svgBlob(svg) {
  const text = new XMLSerializer().serializeToString(svg);
  return new Blob([text], { type: "image/svg+xml" });
}

/** @param {SVGElement} svg */
async function pngBlob(svg) {
  const [width, height] = [Number(svg.getAttribute("width")), Number(svg.getAttribute("height"))];
  const [area, side] = [width * height, Math.max(width, height)];
  const ratio = Math.min(RATIO, Math.sqrt(MOST_PIXELS / area), MOST_SIDE / side);
  const url = URL.createObjectURL(svgBlob(svg));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = svg.ownerDocument.createElement("canvas");
    canvas.width = Math.floor(width * ratio);
    canvas.height = Math.floor(height * ratio);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((/** @type {BlobCallback} */ resolve) => canvas.toBlob(resolve));
    if (!blob) throw new Error("The picture is too large for a PNG: save it as SVG.");
    return blob;
  } finally {
    URL.revokeObjectURL(url);
  }
}
