// The round + or − button on the token that the reader points at.

/** @typedef {import("../drawing/element.js").Group} Group */

/** Radius of the button and the distance of its center from the left edge, in pixels. */
const [RADIUS, CENTER_X] = [8, 11];

/**
 * Create a button that expands or collapses a view. It is hidden until `moveTo` places it.
 * @param {Group} column the token column that contains the button: pointing at the button still
 *   counts as pointing at the token
 * @param {{sign: "+" | "−", label: string, onClick: () => void}} options
 */
export function createExpander(column, { sign, label, onClick }) {
  const expander = column
    .append("g")
    .attr("class", "bertviz-expander")
    .attr("role", "button")
    .attr("data-tool", "")
    .attr("aria-label", label)
    .attr("visibility", "hidden")
    .on("click", onClick);
  expander.append("title").text(label);
  expander.append("circle").attr("r", RADIUS);
  const arm = RADIUS / 2;
  const vertical = sign === "+" ? `M0,${-arm}V${arm}` : "";
  expander.append("path").attr("d", `M${-arm},0H${arm}${vertical}`);

  return {
    /** @param {boolean} allowed whether there is something to expand */
    allow(allowed) {
      expander.attr("display", allowed ? null : "none");
    },
    /** @param {number | null} y middle of the token's row; null hides the button */
    moveTo(y) {
      expander.attr("visibility", y === null ? "hidden" : "visible").raise();
      if (y !== null) expander.attr("transform", `translate(${CENTER_X} ${y})`);
    },
  };
}
