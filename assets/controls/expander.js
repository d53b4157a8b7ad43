// A round + or − on the token that the reader points at.

/** @typedef {import("../drawing/element.js").Group} Group */

/** Radius and distance from the left edge, in pixels. */
const [RADIUS, INSET] = [8, 11];

/**
 * @param {Group} column a token column: pointing at the sign still counts as pointing at the token
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
    /** @param {number | null} y the middle of the token's row, null to hide */
    moveTo(y) {
      expander.attr("visibility", y === null ? "hidden" : "visible").raise();
      if (y !== null) expander.attr("transform", `translate(${INSET} ${y})`);
    },
  };
}
