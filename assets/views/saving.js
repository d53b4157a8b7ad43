// The Save menu of a view: its picture, its numbers, and the view as a stand-alone page.

import { createSaveMenu } from "../controls/save_menu.js";
import { embeddedFiles } from "../core/export/embedded_files.js";
import { vectorsFile, weightsFile } from "../core/export/tensor_file.js";
import { vectorsTable, weightsTable } from "../core/export/tensor_table.js";
import { linkParameters } from "../core/state/link.js";
import { pngFile, svgFile } from "./picture_files.js";
import { fillPage, standaloneContent } from "./standalone_content.js";

/** @typedef {import("../core/export/exported_part.js").ExportedPart} ExportedPart */
/** @typedef {import("../drawing/captioned_picture.js").LegendEntry} LegendEntry */
/** @typedef {import("../drawing/static_picture.js").StaticPicture} StaticPicture */
/** @typedef {import("./draw_schedule.js").ViewContent} ViewContent */

/**
 * What a view offers to save.
 * @typedef {object} Savable
 * @property {string[]} titleParts of the picture's title
 * @property {LegendEntry[]} [legend]
 * @property {() => Promise<string[]>} [getNotes] returns texts for the caption
 * @property {() => Promise<StaticPicture>} staticPicture
 * @property {{layer: number, heads: number[]}[]} cells the visible layers, at least one, and heads
 * @property {boolean} [mean] whether the picture shows the mean of the heads
 */

/** @typedef {ViewContent & Savable & {view: import("../core/state/selection.js").ViewName}} ViewExport */

/**
 * @typedef {object} Format
 * @property {string} text of the button
 * @property {string} suffix of the file's name
 * @property {(what: ViewExport, root: HTMLElement) => Promise<Blob>} write returns the file's content
 */

/** @typedef {{name: string, formats: Format[]}} FormatGroup */

/** @type {FormatGroup[]} */
const GROUPS = [
  {
    name: "Picture",
    formats: [
      { text: "SVG", suffix: ".svg", write: svgFile },
      { text: "PNG", suffix: ".png", write: pngFile },
    ],
  },
  {
    name: "Weights",
    formats: [
      { text: "CSV", suffix: "-weights.csv", write: tensors(weightsTable) },
      { text: "safetensors", suffix: "-weights.safetensors", write: tensors(weightsFile) },
    ],
  },
  {
    name: "Queries and keys",
    formats: [
      { text: "CSV", suffix: "-query-key.csv", write: tensors(vectorsTable) },
      { text: "safetensors", suffix: "-query-key.safetensors", write: tensors(vectorsFile) },
    ],
  },
];

/**
 * The view as a stand-alone page. A stand-alone page cannot save itself.
 * @type {FormatGroup}
 */
const PAGE = { name: "Page", formats: [{ text: "HTML", suffix: ".html", write: htmlFile }] };

const NO_HEAD =
  "No head is on, so there are no numbers to save. Switch a head on, then save again.";

/** Milliseconds until a saved file is freed; the browser has read the file by then. */
const REVOKE_DELAY = 60_000;

/**
 * @typedef {object} SavingOptions
 * @property {() => ViewExport} getExport
 * @property {boolean} isStandalone whether the view is in a stand-alone page
 * @property {(error: unknown) => void} onError
 */

/**
 * Create the Save menu of a view.
 * @param {HTMLElement} host
 * @param {HTMLElement} root of the view
 * @param {SavingOptions} options
 */
export function createSaving(host, root, { getExport, isStandalone, onError }) {
  const groups = isStandalone ? GROUPS : [...GROUPS, PAGE];
  const rows = groups.map(({ name, formats }) => ({
    name,
    choices: formats.map((format) => ({
      text: format.text,
      label: `${name} as ${format.text}`,
      onClick: () => save(format, getExport, root).catch(onError),
    })),
  }));
  createSaveMenu(host, rows);
}

/**
 * @param {Format} format
 * @param {() => ViewExport} getExport
 * @param {HTMLElement} root
 */
async function save({ suffix, write }, getExport, root) {
  const what = getExport();
  const blob = await write(what, root);
  const link = root.ownerDocument.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${fileName(what)}${suffix}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_DELAY);
}

/**
 * Return a format that writes the tensors of the visible layers and heads.
 * @param {(part: ExportedPart) => BlobPart[]} write
 * @returns {Format["write"]}
 */
function tensors(write) {
  return async ({ trace, attentionPart, cells }) => {
    if (!cells.some(({ heads }) => heads.length)) throw new Error(NO_HEAD);
    const layers = await Promise.all(
      cells.map(async ({ layer, heads }) => {
        return { layer: await trace.layer(attentionPart.component, layer), heads };
      }),
    );
    return new Blob(write({ trace, attentionPart, layers }));
  };
}

/**
 * Return the view as a stand-alone page: the server's empty page with the visible content.
 * @param {ViewExport} what
 * @returns {Promise<Blob>}
 */
async function htmlFile({ view, trace, attentionPart, selection, cells }) {
  const layers = cells.map(({ layer }) => layer);
  const names = embeddedFiles(view, trace, attentionPart.component, layers);
  const empty = await fetch(new URL("../standalone.html", import.meta.url));
  if (!empty.ok) throw new Error("The Space has restarted: reload this page, then save again.");
  const link = new URLSearchParams(linkParameters(selection)).toString();
  return fillPage(await empty.text(), await standaloneContent(view, link, trace, names));
}

/**
 * Return a file name that every file system accepts, without a suffix.
 * @param {ViewExport} what
 * @returns {string}
 */
function fileName({ trace, titleParts }) {
  const model = trace.manifest.model.model_id.split("/").at(-1);
  const name = [model, ...titleParts].join(" ").replace(/[^\p{L}\p{N}.]+/gu, "-");
  return name.slice(0, 100);
}
