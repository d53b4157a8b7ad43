// Gradio runs this text once, as the body of a function, when it mounts the line under Run.
const line = element.querySelector("p");
const write = () => {
  line.textContent = props.value ? props.value.text : "";
  line.dataset.kind = props.value ? props.value.kind : "status";
};
watch("value", write);
write();
