// Gradio calls this function when an event happens that the browser handles. The first input is the
// data that bertviz_space/page/browser_events.py passes: the page's script, the module in it whose
// function `handle` handles the event, and what else the module needs. The other inputs are the values
// of components.
async ({ script, module, ...data }, ...values) => {
  const { modules } = await import(new URL(script.url, document.baseURI).href);
  modules[module].handle(data, ...values);
};
