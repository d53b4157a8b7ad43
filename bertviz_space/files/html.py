"""Write a view as one HTML file, which the page's own modules draw without a server or network.

The file contains the modules of ``assets/`` as one compressed text (``module_bundle``), and the
result's files as JSON (``assets/views/standalone_content.js`` documents the fields).
"""

import base64
import gzip
import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Literal

from ..asset_folder import asset_folder
from ..module_bundle import bundle
from .view_request import ViewName

# The colors of the page; ``auto`` follows the reader's system.
PageTheme = Literal["auto", "light", "dark"]

# A file without a result contains this comment instead of one. The page replaces it with a result,
# too (assets/views/standalone_content.js).
_CONTENT = "<!-- content -->"

# With this policy the browser sends no request to another machine, whatever the file contains.
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
{head}<title>BertViz Space</title>
<style>
{styles}
</style>
</head>
<body>
<main class="bertviz-host"></main>
{scripts}
</body>
</html>
"""

_POLICY_ELEMENT = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'

_SCRIPTS = """\
<script type="application/json" id="content">{content}</script>
<script type="application/gzip" id="modules">{script}</script>
<script type="module">
const packed = atob(document.querySelector("#modules").textContent);
const bytes = Uint8Array.from(packed, (letter) => letter.charCodeAt(0));
const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
const code = encodeURIComponent(await new Response(unpacked).text());
const {{ modules }} = await import(`data:text/javascript,${{code}}`);
const {{ open }} = modules["views/standalone.js"];
open(document.querySelector("main"), JSON.parse(document.querySelector("#content").textContent));
</script>"""

_STYLES = ("tokens.css", "views.css", "standalone.css")


def page_around_view(scripts: str, head: str = "") -> str:
    """Return a page with the styles of a view.

    Args:
        scripts: the script elements, which draw the view into the element ``main``.
        head: further elements of the page's head.
    """
    folder = asset_folder() / "styles"
    styles = "\n".join((folder / name).read_text(encoding="utf-8") for name in _STYLES)
    return _PAGE.format(head=head, styles=styles, scripts=scripts)


@cache
def empty_page() -> str:
    """Return the file without a result."""
    script = base64.b64encode(gzip.compress(bundle("views/standalone.js").encode(), mtime=0))
    scripts = _SCRIPTS.format(content=_CONTENT, script=script.decode())
    return page_around_view(scripts, _POLICY_ELEMENT)


def page_of(
    view: ViewName,
    link: str,
    manifest: Mapping[str, object],
    files: Mapping[str, bytes],
    *,
    theme: PageTheme = "auto",
    notes: Sequence[str] = (),
    left_out: str = "",
) -> str:
    """Return the file of a result.

    Args:
        view: the view that the file shows.
        link: the choices in the view, as the query string of a link.
        manifest: the manifest of the result.
        files: the bytes of each file of the result that is embedded, by the file's name.
        theme: the colors of the page.
        notes: sentences about the text, which the page shows below the view.
        left_out: sentences that say which files are not embedded, and what a reader can do. The
            page shows them before the notes, and where a file is missing.
    """
    content = {
        **content_of(view, link, manifest, files),
        "theme": theme,
        "notes": list(notes),
        "leftOut": left_out,
    }
    return empty_page().replace(_CONTENT, _in_script(content))


def content_of(
    view: ViewName, link: str, manifest: Mapping[str, object], files: Mapping[str, bytes]
) -> dict[str, object]:
    """Return the content of a page that all pages have, as JSON, for arguments of ``page_of``."""
    return {
        "view": view,
        "link": link,
        "manifest": manifest,
        "files": {name: base64.b64encode(data).decode() for name, data in files.items()},
    }


def _in_script(value: object) -> str:
    """Return JSON for a script element. It cannot end the element or begin a comment."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
