"""The page in which a host of MCP Apps shows a view, as a resource that the host reads."""

import gradio as gr

from ..files.mcp_app import mcp_app_page
from .tool_server import tool_name

APP_URI = "ui://bertviz-space/view.html"


@gr.mcp.resource(APP_URI, mime_type="text/html;profile=mcp-app")
def view_app() -> str:
    """Return the page that a host of MCP Apps shows beside the answer of the tool view."""
    return mcp_app_page(tool_name("view_content"))
