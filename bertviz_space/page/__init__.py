"""The Gradio page: layout, fields, components, links, sign-in, and the Run button."""
