// Gradio runs this text as the body of a function when it mounts a component of
// bertviz_space/page, and supplies element, props, server and watch. The component's behavior is the
// function `start` of an ES module; the module of a view is loaded at the same time.
const load = (file) => file && import(new URL(file.url, document.baseURI).href);
Promise.all([load(props.component_module), load(props.view_module)])
  .then(([{ start }, view]) => start({ element, props, server, watch }, view))
  .catch((error) => {
    // Gradio 6.31 does not catch errors in a promise.
    console.error(error);
    element.textContent = `This part of the page could not be loaded: ${error.message}. Reload the page.`;
  });
