// Gradio runs this text once, as the body of a function, when it mounts the line under Run.
const line = element.querySelector("p");
const write = () => {
  const { text, kind } = props.value || { text: "", kind: "status" };
  if (kind === "over" && line.textContent !== text) return;
  line.textContent = kind === "over" ? "" : text;
  line.dataset.kind = kind === "error" ? kind : "status";
};
watch("value", write);
write();
