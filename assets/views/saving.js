// The Save menu of a view: its picture, its numbers, the view as a stand-alone page, and a citation.

import { createSaveMenu } from "../controls/save_menu.js";
import { readOtherPredictions } from "../core/data/other_predictions.js";
import { citation } from "../core/export/citation.js";
import { embeddedFiles } from "../core/export/embedded_files.js";
import { predictionsTable } from "../core/export/prediction_table.js";
import { vectorsFile, weightsFile } from "../core/export/tensor_file.js";
import { longWeightsTable, vectorsTable, weightsTable } from "../core/export/tensor_table.js";
import { linkParameters } from "../core/state/link.js";
import { drawPicture, pngFile, sizeOnPaper, svgFile } from "./picture_files.js";
import { createPictureOptions } from "./picture_options.js";
import { fillPage, standaloneContent } from "./standalone_content.js";

/** @typedef {import("../core/export/exported_part.js").ExportedPart} ExportedPart */
/** @typedef {import("../drawing/captioned_picture.js").CaptionedPicture} CaptionedPicture */
/** @typedef {import("../drawing/picture_legend.js").LegendEntry} LegendEntry */
/** @typedef {import("../drawing/picture_theme.js").PictureStyle} PictureStyle */
/** @typedef {import("../drawing/static_picture.js").StaticPicture} StaticPicture */
/** @typedef {import("./view_content.js").ViewContent} ViewContent */
/** @typedef {import("./picture_files.js").PictureOptions} PictureOptions */

/**
 * What a view offers to save.
 * @typedef {object} Savable
 * @property {string[]} titleParts of the picture's title
 * @property {LegendEntry[]} [legend]
 * @property {(style: PictureStyle) => Promise<string[]>} [getNotes] returns texts for the caption
 * @property {number} scaleHeads heads of which a line shows the weight; 0 if the opacity of a line is
 *   not its weight
 * @property {import("../core/text/score_scale.js").ScoreScale | null} [scoreScale] of the bars in cells
 * @property {(style: PictureStyle) => Promise<StaticPicture>} staticPicture
 * @property {{layer: number, heads: number[]}[]} cells the visible layers, at least one, and heads
 * @property {boolean} [isDifference] whether the lines show how much the weights of two runs differ
 * @property {boolean} [mean] whether the view shows the mean of the heads instead of each head
 */

/** @typedef {ViewContent & Savable & {view: import("../core/state/selection.js").ViewName}} ViewExport */

/**
 * @typedef {object} Format
 * @property {string} text of the button
 * @property {string} suffix of the file's name
 * @property {(what: ViewExport, place: SavingPlace) => Promise<SavedFile>} write
 */

/** @typedef {{root: HTMLElement, options: PictureOptions}} SavingPlace the view, and the menu's options */
/** @typedef {{blob: Blob, note?: string}} SavedFile a file, and what to tell the reader about it */

/**
 * @typedef {object} FormatGroup
 * @property {string} name
 * @property {Format[]} formats
 * @property {(what: ViewExport) => boolean} [isOffered] whether the result has what the formats write
 */

/** @type {FormatGroup} */
const PICTURE = {
  name: "Picture",
  formats: [
    { text: "SVG", suffix: ".svg", write: picture(svgFile) },
    { text: "PNG", suffix: ".png", write: picture(pngFile) },
  ],
};

/** @type {FormatGroup[]} */
const NUMBERS = [
  {
    name: "Weights",
    formats: [
      { text: "CSV", suffix: "-weights.csv", write: tensors(weightsTable) },
      { text: "Long CSV", suffix: "-weights-long.csv", write: tensors(longWeightsTable) },
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
  {
    name: "Predictions",
    formats: [{ text: "CSV", suffix: "-predictions.csv", write: predictionsFile }],
    isOffered: ({ trace }) => "file" in trace.manifest.predictions,
  },
];

/**
 * The view as a stand-alone page. A stand-alone page cannot save itself.
 * @type {FormatGroup}
 */
const PAGE = { name: "Page", formats: [{ text: "HTML", suffix: ".html", write: htmlFile }] };

/** @type {FormatGroup} */
const CITATION = {
  name: "Citation",
  formats: [{ text: "BibTeX", suffix: ".bib", write: citationFile }],
};

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
  const groups = [[PICTURE], NUMBERS, isStandalone ? [CITATION] : [PAGE, CITATION]];
  const rowOf = (/** @type {FormatGroup} */ { name, formats, isOffered }) => ({
    name,
    isOffered: isOffered && (() => isOffered(getExport())),
    choices: formats.map((format) => ({
      text: format.text,
      label: `${name} as ${format.text}`,
      onClick: () => save(format).catch(onError),
    })),
  });
  const menu = createSaveMenu(
    host,
    groups.map((section) => section.map(rowOf)),
  );
  const getOptions = createPictureOptions(menu.options);

  async function save(/** @type {Format} */ { suffix, write }) {
    const what = getExport();
    const { blob, note = "" } = await write(what, { root, options: getOptions() });
    download(root.ownerDocument, blob, `${fileName(what)}${suffix}`);
    menu.showNote(note);
  }
}

/**
 * @param {Document} document
 * @param {Blob} blob
 * @param {string} name of the file
 */
function download(document, blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_DELAY);
}

/**
 * Return a format that writes the picture.
 * @param {(picture: CaptionedPicture, width: PictureOptions["width"]) => Blob | Promise<Blob>} write
 * @returns {Format["write"]}
 */
function picture(write) {
  return async (what, { root, options }) => {
    const drawn = await drawPicture(what, root, options);
    const blob = await write(drawn, options.width);
    return { blob, note: sizeOnPaper(drawn, options.width) };
  };
}

/**
 * Return a format that writes the tensors of the visible layers and heads.
 * @param {(part: ExportedPart) => BlobPart[]} write
 * @returns {Format["write"]}
 */
function tensors(write) {
  return async ({ trace, attentionPart, axes, filter, cells, mean }) => {
    if (!cells.some(({ heads }) => heads.length)) throw new Error(NO_HEAD);
    const layers = await Promise.all(
      cells.map(async ({ layer, heads }) => {
        return { layer: await trace.layer(attentionPart.component, layer), heads };
      }),
    );
    return { blob: new Blob(write({ trace, attentionPart, axes, filter, layers, mean })) };
  };
}

/**
 * @param {ViewExport} what
 * @returns {Promise<SavedFile>}
 */
async function predictionsFile({ trace }) {
  const { predictions: entry } = trace.manifest;
  const [predictions, other] = await Promise.all([
    trace.predictions(),
    readOtherPredictions(trace),
  ]);
  if ("reason" in entry || !predictions) throw new Error("This result has no predictions.");
  return { blob: new Blob(predictionsTable(trace.manifest, entry, predictions, other)) };
}

/**
 * Return the view as a stand-alone page: the server's empty page with the visible content.
 * @param {ViewExport} what
 * @returns {Promise<SavedFile>}
 */
async function htmlFile({ view, trace, attentionPart, selection, filter, cells }) {
  const layers = cells.map(({ layer }) => layer);
  const { component } = attentionPart;
  const names = embeddedFiles(view, trace, component, layers, filter?.text ?? "");
  const empty = await fetch(new URL("../standalone.html", import.meta.url));
  if (!empty.ok) throw new Error("The Space has restarted: reload this page, then save again.");
  const link = new URLSearchParams(linkParameters(selection)).toString();
  const content = await standaloneContent(view, link, trace, names);
  return { blob: fillPage(await empty.text(), content) };
}

/**
 * @param {ViewExport} what
 * @param {SavingPlace} place
 * @returns {Promise<SavedFile>}
 */
async function citationFile({ trace }, { root }) {
  const { protocol, origin, pathname } = root.ownerDocument.location;
  // The path of a file on the reader's machine is no address for others.
  const address = protocol.startsWith("http") ? `${origin}${pathname}` : "";
  return { blob: new Blob([citation(trace.manifest, address, new Date())]) };
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
