// Runs once when the page has loaded: what belongs to the page as a whole and to no view.
() => {
  const inputs = document.querySelector("#bertviz-inputs");

  // Ctrl+Enter or Cmd+Enter in a text field presses Run.
  inputs.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    // Enter in the model field takes what was typed there, but only after this event.
    setTimeout(() => document.querySelector("#bertviz-run").click());
  });

  // A click into a list takes hold of what stands there: typing searches and does not append.
  inputs.addEventListener("click", ({ target }) => {
    if (target.matches("input[role=combobox], input[role=listbox]")) target.select();
  });

  // A view asks to go on to another (views/frame.js). The browser's Back comes back: each step is an
  // entry of its history, with the view and what was chosen in it.
  const showTab = (view) => {
    // Gradio 6.31 gives the button of a tab its panel's id and "-button".
    const tab = document.querySelector(`#bertviz-${view}-tab-button`);
    tab.click();
    tab.focus();
  };
  const entry = (view, selection) => ({ ...history.state, bertviz: { view, selection } });
  document.body.addEventListener("bertviz-open", ({ detail: { from, view, before, after } }) => {
    history.replaceState(entry(from, before), "");
    history.pushState(entry(view, after), "");
    showTab(view);
  });
  document.body.addEventListener("bertviz-back", () => history.back());
  addEventListener("popstate", ({ state }) => {
    if (!state?.bertviz) return;
    const { view, selection } = state.bertviz;
    showTab(view);
    // The views share one selection: telling one of them is enough.
    const host = document.querySelector(".bertviz-host");
    host.dispatchEvent(new CustomEvent("bertviz-restore", { detail: selection }));
  });

  // The page's own address is a link to what is on it: the request of the result on view, the view, and
  // what was chosen in it (core/state/link.js). What else the address says, such as the theme, stays.
  const REQUEST = [
    ...["model", "text", "text_b", "target_text", "source_language", "target_language"],
    ...["chat", "start_token"],
  ];
  const copy = document.querySelector("#bertviz-link");
  let shown = null;
  const viewOnShow = () =>
    ["head", "model", "neuron"].find(
      (view) =>
        document.querySelector(`#bertviz-${view}-tab-button`)?.getAttribute("aria-selected") ===
        "true",
    );
  const writeLink = () => {
    if (!shown) return;
    const query = new URLSearchParams(location.search);
    for (const name of REQUEST) query.delete(name);
    for (const [name, value] of new URLSearchParams(shown.request ?? "")) query.append(name, value);
    const view = viewOnShow();
    const choices = { ...shown.choices, view: view === "head" ? "" : view };
    for (const [name, value] of Object.entries(choices)) {
      query.delete(name);
      if (value) query.append(name, value);
    }
    const address = `${location.pathname}?${query}`;
    if (address !== location.pathname + location.search) {
      history.replaceState(history.state, "", address);
      field.value = location.href;
    }
  };
  document.body.addEventListener("bertviz-shown", ({ detail }) => {
    shown = { ...shown, ...detail };
    copy.classList.add("bertviz-has-link");
    writeLink();
  });
  document.body.addEventListener("click", ({ target }) => {
    // The tab is the selected one only after this event.
    if (target.closest?.("[role=tab]")) setTimeout(writeLink);
  });
  copy.addEventListener("click", async () => {
    const say = (words) => {
      copy.textContent = words;
      setTimeout(() => {
        copy.textContent = "Copy link";
      }, 3000);
    };
    if (shown.request === null) return say("No link to a file");
    if (!shown.request) return say("Text too long for a link");
    // Chromium complains in its console of a page that asks although the outer page does not let it.
    if (document.featurePolicy?.allowsFeature("clipboard-write") === false) return offerLink();
    try {
      // There is no clipboard on a page of plain http, and a browser may refuse it.
      await navigator.clipboard.writeText(location.href);
      closeOffer();
      say("Copied");
    } catch {
      offerLink();
    }
  });

  // What the clipboard does not take is shown, selected, to be copied by hand.
  const offer = document.createElement("div");
  const words = document.createElement("label");
  const field = document.createElement("input");
  const close = document.createElement("button");
  offer.className = "bertviz-offered-link";
  offer.hidden = true;
  offer.setAttribute("role", "dialog");
  offer.setAttribute("aria-labelledby", "bertviz-offered-words");
  words.id = "bertviz-offered-words";
  words.htmlFor = field.id = "bertviz-offered-link";
  words.textContent = "The browser does not let this page copy. Copy the link from here:";
  field.readOnly = true;
  close.type = "button";
  close.textContent = "Close";
  offer.append(words, field, close);
  document.querySelector("#bertviz-said").after(offer);
  const offerLink = () => {
    offer.hidden = false;
    field.value = location.href;
    field.focus();
    field.select();
  };
  const closeOffer = () => {
    if (offer.contains(document.activeElement)) copy.focus();
    offer.hidden = true;
  };
  field.addEventListener("focus", () => field.select());
  close.addEventListener("click", closeOffer);
  offer.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeOffer();
  });

  // A link may name the view.
  const linked = new URLSearchParams(location.search).get("view");
  if (linked === "model" || linked === "neuron") {
    document.querySelector(`#bertviz-${linked}-tab-button`).click();
  }
};
