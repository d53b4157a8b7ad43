// Gradio runs this text as the body of a function when it mounts a component of
// bertviz_space/page, and supplies element, props, server, trigger and watch. The component's behavior is the
// function `start` of a module in the page's script.
import(new URL(props.script.url, document.baseURI).href)
  .then(({ modules }) =>
    modules[props.component_module].start(
      { element, props, server, trigger, watch },
      modules[props.view_module],
    ),
  )
  .catch((error) => {
    // Gradio 6.31 does not catch errors in a promise.
    console.error(error);
    element.textContent = `This part of the page could not be loaded: ${error.message}. Reload the page.`;
  });
