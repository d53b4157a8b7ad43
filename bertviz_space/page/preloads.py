"""The files that a browser can fetch at once, and not one after the other."""

from functools import cached_property

import gradio as gr
from starlette.datastructures import QueryParams

from ..jobs.first_result import FirstResult
from .gradio_files import gradio_files
from .links import request_of
from .published_assets import script_path, styles_path


class Preloads:
    """Names these files for each visit.

    Args:
        demo: the page.
        first: the result that a page shows if no link names another one.
    """

    def __init__(self, demo: gr.Blocks, first: FirstResult) -> None:
        self._demo = demo
        self._first = first

    @cached_property
    def _of_gradio(self) -> dict[str, str]:
        """The attributes of the links that are the same for each visit."""
        components = frozenset(
            block.get_block_name()
            for block in self._demo.blocks.values()
            if getattr(block, "visible", True)
        )
        links = {url: _attributes(url) for url in gradio_files(components)}
        # Gradio's first script adds the style sheet of the theme, and waits for it.
        return links | {f"theme.css?v={self._demo.theme_hash}": 'rel="preload" as="style"'}

    def of_visit(self, query: QueryParams) -> dict[str, str]:
        """Return the attributes of the ``link`` of each file, by its URL relative to the page.

        Args:
            query: the query string of the page.
        """
        files = {
            script_path(): 'rel="modulepreload"',
            styles_path(): 'rel="preload" as="style"',
        }
        if request_of(query) is None:
            # With the mode and the credentials of fetch(), which would not use another response.
            how = 'rel="preload" as="fetch" crossorigin'
            files |= dict.fromkeys(self._first.files(), how)
        links = {f"gradio_api/file={path}": how for path, how in files.items()}
        return links | self._of_gradio


def _attributes(url: str) -> str:
    # Gradio's styles have this attribute, too, and would not use a response without it.
    is_style = url.endswith(".css")
    return 'rel="preload" as="style" crossorigin' if is_style else 'rel="modulepreload"'
