"""Serves the page's modules and styles as static files whose path contains a content hash."""

import hashlib
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr

from ..asset_folder import asset_folder
from ..files import html
from ..server.process_folders import own_folder

# The folders of assets/ that the browser loads; demo_models is for the server.
_PAGE_FOLDERS = ("controls", "core", "drawing", "marks", "page", "styles", "vendor", "views")


def published(name: str) -> dict[str, Any]:
    """Return a file of the page as file data, so that Gradio adds its root path to the URL.

    A browser keeps files, so the path contains a hash of the content of all files: a browser never
    mixes modules of two versions, which import each other by relative paths.

    Args:
        name: the path of the file in ``assets/``.
    """
    path = served_folder() / name
    return {
        "path": str(path),
        "url": f"/gradio_api/file={path}",
        "meta": {"_type": "gradio.FileData"},
    }


@cache
def served_folder() -> Path:
    """Return the folder of the served files: a copy of the page's folders, named by their hash.

    It also contains ``standalone.html``, the stand-alone page without a result.
    """
    digest = hashlib.sha256()
    for folder in _PAGE_FOLDERS:
        for path in sorted((asset_folder() / folder).rglob("*")):
            if path.is_file():
                digest.update(str(path.relative_to(asset_folder())).encode())
                digest.update(path.read_bytes())
    served = own_folder(Path(tempfile.gettempdir())) / digest.hexdigest()[:16]
    for folder in _PAGE_FOLDERS:
        shutil.copytree(asset_folder() / folder, served / folder)
    (served / "standalone.html").write_text(html.empty_page(), encoding="utf-8")
    gr.set_static_paths([served])
    return served
