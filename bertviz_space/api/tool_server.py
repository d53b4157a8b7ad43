"""Serves the endpoints as tools for language models, through the Model Context Protocol."""

import json
import os
from typing import Any

import gradio.mcp
import gradio.utils
from gradio_client.utils import is_file_obj_with_meta

# Gradio's own variable, with which Gradio 6.31 offers the tools only if it is set.
_VARIABLE = "GRADIO_MCP_SERVER"


class ToolServer(gradio.mcp.GradioMCPServer):
    """Gradio's server of tools, with results as JSON.

    Gradio 6.31 writes a result as Python does, such as ``{'special': False}``, and writes the
    results of an endpoint into one tuple, with paths of this machine, if the client does not ask
    for progress. ``tests/api/test_mcp.py`` checks the results for both kinds of clients.
    """

    def postprocess_output_data(self, data: Any, root_url: str) -> Any:
        """Return the contents of an answer: a text for each result, which is JSON or a URL."""
        results = data[0] if len(data) == 1 and isinstance(data[0], tuple) else data
        texts = [
            result if isinstance(result, str) or is_file_obj_with_meta(result) else _json(result)
            for result in results
        ]
        return super().postprocess_output_data(texts, root_url)


def tool_name(endpoint: str) -> str:
    """Return the name of the tool of an endpoint, which on a Space begins with the Space's name."""
    space = gradio.utils.get_space()
    prefix = f"{space.split('/')[-1]}_" if space else ""
    return ToolServer.valid_and_unique_tool_name(prefix + endpoint, set())


def use_json_results() -> None:
    """Make Gradio create a ``ToolServer`` when it launches an app with tools."""
    gradio.mcp.GradioMCPServer = ToolServer


def are_tools_wanted() -> bool:
    """Return whether the environment lets the Space offer tools, which is the default.

    Gradio 6.31 reads the same variable in the same way, but its default is False.
    """
    return os.environ.get(_VARIABLE, "True").lower() == "true"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
