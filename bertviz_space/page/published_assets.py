"""The page's modules and styles as static files, under a path that contains a content hash."""

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

# Folders of assets/ that the page loads; the server reads demo_models.
_PAGE_FOLDERS = ("controls", "core", "drawing", "marks", "page", "styles", "vendor", "views")


def published(name: str) -> dict[str, Any]:
    """The address of a page file, shaped as file data so that Gradio puts its root path before it.

    Gradio sends no Cache-Control, so the content's hash is part of the path: a browser never mixes
    modules of two versions, imports included.
    """
    path = served_folder() / name
    return {
        "path": str(path),
        "url": f"/gradio_api/file={path}",
        "meta": {"_type": "gradio.FileData"},
    }


@cache
def served_folder() -> Path:
    """A copy of the page's folders under their content's hash, served as static files.

    Beside them lies the page that stands alone, without a result in it.
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
