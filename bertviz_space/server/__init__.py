"""The HTTP server around the page: startup, middleware, and bounds for what Gradio keeps."""
