// Gradio calls this function when an event happens that the browser handles. The first input is the
// data that bertviz_space/page/browser_events.py passes: the ES module whose function `handle`
// handles the event, and what else the module needs. The other inputs are the values of components.
async ({ module, ...data }, ...values) => {
  const { handle } = await import(new URL(module.url, document.baseURI).href);
  handle(data, ...values);
};
