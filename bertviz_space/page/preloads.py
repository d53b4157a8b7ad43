"""The files that a browser can fetch at once, and not after Gradio's own scripts."""

from starlette.datastructures import QueryParams

from ..jobs.first_result import FirstResult
from .links import request_of
from .published_assets import script_path, styles_path


class Preloads:
    """Names these files for each visit.

    Args:
        first: the result that a page shows if no link names another one.
    """

    def __init__(self, first: FirstResult) -> None:
        self._first = first

    def of_visit(self, query: QueryParams) -> dict[str, str]:
        """Return how to preload each file, by its path: the parameters of a ``Link`` header.

        Args:
            query: the query string of the page.
        """
        files = {
            script_path(): "rel=modulepreload",
            styles_path(): "rel=preload; as=style",
        }
        if request_of(query) is None:
            # With the mode and the credentials of fetch(), which would not use another response.
            files |= dict.fromkeys(self._first.files(), "rel=preload; as=fetch; crossorigin")
        return {str(path): how for path, how in files.items()}
