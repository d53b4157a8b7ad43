"""A view as one HTML file that needs no server and no network, drawn by the page's own modules.

The file holds the modules of ``assets/``, each as a ``data:`` address under a name of its own, and
the result's files as JSON (``assets/views/standalone_content.js`` says its form).
"""

import base64
import json
import re
from collections.abc import Mapping
from functools import cache
from os.path import normpath
from pathlib import Path

from ..asset_folder import asset_folder
from .view_request import ViewName

# What stands in the place of a result in a file that has none yet; the page puts one in, too.
_CONTENT = "<!-- content -->"

# The browser asks no other machine, whatever is in the file.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval' data:; "
    "style-src 'unsafe-inline'; img-src data: blob:"
)

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>BertViz Space</title>
<style>
{styles}
</style>
<script type="importmap">{modules}</script>
</head>
<body>
<main class="bertviz-host"></main>
<script type="application/json" id="content">{content}</script>
<script type="module">
import {{ open }} from "bertviz/views/standalone.js";
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.body.classList.toggle("dark", dark.matches);
dark.addEventListener("change", follow);
follow();
open(document.querySelector("main"), JSON.parse(document.querySelector("#content").textContent));
</script>
</body>
</html>
"""

_ASSETS = asset_folder()
_FOLDERS = ("controls", "core", "drawing", "marks", "vendor", "views")
_STYLES = ("views.css", "standalone.css")


@cache
def empty_page() -> str:
    """The file without a result."""
    modules = {
        _name(path): _address(path)
        for folder in _FOLDERS
        for path in sorted((_ASSETS / folder).rglob("*.js"))
    }
    styles = [(_ASSETS / "styles" / name).read_text(encoding="utf-8") for name in _STYLES]
    return _PAGE.format(
        policy=_POLICY,
        styles="\n".join(styles),
        modules=_in_script({"imports": modules}),
        content=_CONTENT,
    )


def page_of(
    view: ViewName, link: str, manifest: Mapping[str, object], files: Mapping[str, bytes]
) -> str:
    """The file with a result in it.

    Args:
        view: which view it shows.
        link: what is chosen in the view, as a link's query string.
        manifest: of the result.
        files: those of its files that the file is to hold, by name.
    """
    content = {
        "view": view,
        "link": link,
        "manifest": manifest,
        "files": {name: base64.b64encode(held).decode() for name, held in files.items()},
    }
    return empty_page().replace(_CONTENT, _in_script(content))


def _name(path: Path) -> str:
    return f"bertviz/{path.relative_to(_ASSETS).as_posix()}"


def _address(path: Path) -> str:
    """A module whose imports go by name: an address of its own has no folder around it."""

    def named(match: re.Match[str]) -> str:
        return f'{match[1]}"{_name(Path(normpath(path.parent / match[2])))}"'

    code = path.read_text(encoding="utf-8")
    code = re.sub(r'(\bfrom |^import )"(\.[^"]+)"', named, code, flags=re.MULTILINE)
    return f"data:text/javascript;base64,{base64.b64encode(code.encode()).decode()}"


def _in_script(value: object) -> str:
    """JSON inside a script element: nothing in it can end the element, or begin a comment."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
