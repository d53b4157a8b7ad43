// Gradio runs this text once, as the body of a function, when it mounts a view's host element; it
// supplies element, props, server and watch. The view itself is an ES module that Gradio need not
// know.
const host = element.querySelector(".bertviz-host");
// Gradio 6.31: a server function that fails gives undefined.
const prepare = server.prepare && ((url) => server.prepare(url));
const mounted = import(new URL(props.view_module.url, document.baseURI).href).then(({ mount }) =>
  mount(host, {
    shared: props.shared,
    start: props,
    link: props.shared && location.search,
    prepare,
  }),
);
// Gradio 6.31: an empty value arrives as "", and an error in a promise would go unseen.
const draw = () =>
  mounted
    .then((view) =>
      view.update(props.value ? props.value.manifest.url : null, props.value?.request),
    )
    .catch((error) => {
      console.error(error);
      host.textContent = `This view could not be drawn: ${error.message}`;
    });
watch("value", draw);
// Gradio 6.31: watch does not fire at mount (tests/browser/test_views.py).
draw();
