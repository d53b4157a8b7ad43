"""The page that a host of MCP Apps shows in a chat, beside the answer of the tool ``view``.

The page contains no result: ``assets/views/mcp_app.js`` asks for it. The host's policy allows
inline scripts, and none from a URL, so the modules are in the page itself.

https://github.com/modelcontextprotocol/ext-apps, version 2026-01-26, specifies the protocol.
"""

import json

from ..module_bundle import bundle
from .html import page_around_view

_SCRIPT = """\
<script type="module">
{modules}
modules["views/mcp_app.js"].connect(document.querySelector("main"), {tool});
</script>"""


def mcp_app_page(tool: str) -> str:
    """Return the page.

    Args:
        tool: the name of the tool that returns the content of a view.

    Raises:
        ValueError: if the modules contain a text that would end the script element.
    """
    modules = bundle("views/mcp_app.js")
    if "</script" in modules.lower():
        raise ValueError("a module contains </script, which would end the script of the page")
    return page_around_view(_SCRIPT.format(modules=modules, tool=json.dumps(tool)))
