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
};
