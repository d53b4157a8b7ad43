// Runs once when the page has loaded: Ctrl+Enter or Cmd+Enter in a text field presses Run.
() => {
  document.querySelector("#bertviz-inputs").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    // Enter in the model field takes what was typed there, but only after this event.
    setTimeout(() => document.querySelector("#bertviz-run").click());
  });
}
