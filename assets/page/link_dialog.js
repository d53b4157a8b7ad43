// A dialog that shows a link, selected, for a reader whose browser does not let the page copy it.

const TEXT = "Your browser does not let this page use the clipboard. Copy the link from here:";

/**
 * @param {Document} document
 * @param {HTMLElement} opener gets the focus back when the dialog closes
 */
export function createLinkDialog(document, opener) {
  const { element, field, button } = createElements(document);
  const close = () => {
    if (element.contains(document.activeElement)) opener.focus();
    element.hidden = true;
  };
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", close);
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  return {
    element,
    close,
    /** @param {string} link */
    open(link) {
      element.hidden = false;
      field.value = link;
      field.focus();
      field.select();
    },
    /** @param {string} link */
    update(link) {
      field.value = link;
    },
  };
}

/** @param {Document} document */
function createElements(document) {
  const element = document.createElement("div");
  const label = document.createElement("label");
  const field = document.createElement("input");
  const button = document.createElement("button");
  element.className = "bertviz-offered-link";
  element.hidden = true;
  element.setAttribute("role", "dialog");
  element.setAttribute("aria-labelledby", "bertviz-offered-words");
  label.id = "bertviz-offered-words";
  label.htmlFor = field.id = "bertviz-offered-link";
  label.textContent = TEXT;
  field.readOnly = true;
  button.type = "button";
  button.textContent = "Close";
  element.append(label, field, button);
  return { element, field, button };
}
