"""Serves the page's script and styles as static files with a content hash in their path."""

import hashlib
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr

from ..asset_folder import asset_folder
from ..files import html
from ..module_bundle import bundle
from ..server.process_folders import own_folder

# In a folder, like the modules in assets/: they name other files by paths relative to their own.
_SCRIPT = "page/modules.js"
_STYLES = "styles/views.css"
_VIEWS = ("head", "model", "neuron", "matrix")


def published_script() -> dict[str, Any]:
    """Return the page's script as file data, so that Gradio adds its root path to the URL.

    The script exports ``modules``: the exports of each module of the page, by its path in
    ``assets/``. Browsers cache it, so the path contains a hash of the content of all served files.
    """
    return file_data(script_path())


def file_data(path: Path) -> dict[str, Any]:
    """Return the description of a served file to which Gradio adds its root path."""
    return {
        "path": str(path),
        "url": f"/gradio_api/file={path}",
        "meta": {"_type": "gradio.FileData"},
    }


def script_path() -> Path:
    """Return the path of the page's script, which ``published_script`` describes."""
    return served_folder() / _SCRIPT


def styles_path() -> Path:
    """Return the path of the style sheet of the views."""
    return served_folder() / _STYLES


@cache
def served_folder() -> Path:
    """Return the folder of the served files, named by their hash.

    The script uses the styles and ``standalone.html``, the stand-alone page without a result.
    """
    assets = asset_folder()
    modules = [f"page/{path.name}" for path in sorted((assets / "page").glob("*.js"))]
    modules += [f"views/{name}.js" for name in _VIEWS]
    files = {
        _SCRIPT: bundle(*modules),
        "standalone.html": html.empty_page(),
        # One file, because a second one would be a second request before the first picture.
        _STYLES: "".join(
            (assets / "styles" / name).read_text(encoding="utf-8")
            for name in ("tokens.css", "views.css")
        ),
    }
    digest = hashlib.sha256(repr(files).encode()).hexdigest()
    served = own_folder(Path(tempfile.gettempdir())) / digest[:16]
    for name, text in files.items():
        (served / name).parent.mkdir(parents=True, exist_ok=True)
        (served / name).write_text(text, encoding="utf-8")
    gr.set_static_paths([served])
    return served
