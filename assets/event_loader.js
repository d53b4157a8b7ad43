// Gradio calls this function when an event happens that the browser handles. The first input comes
// from bertviz_space/page/browser_events.py: the page's script, the path of the module that handles
// the event, and further data for it. The other inputs are the values of components.
async ({ script, module, ...data }, ...values) => {
  try {
    const { modules } = await import(new URL(script.url, document.baseURI).href);
    modules[module].handle(data, ...values);
  } catch (error) {
    // Gradio 6.31 does not report the errors of this function.
    reportError(error);
  }
};
