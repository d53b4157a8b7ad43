// The names of a model's components for the reader.

/** @typedef {import("../data/wire.js").Component} Component */

/** @type {Record<Component, string>} */
const LABELS = { self: "All", encoder: "Encoder", decoder: "Decoder", cross: "Cross" };

/**
 * Return the name of a component in the Attention picker.
 * @param {Component} component
 * @returns {string}
 */
export function labelOfComponent(component) {
  return LABELS[component];
}
