"""Puts the first result into the page itself, so that no event precedes the first picture."""

from concurrent.futures import Future

import gradio as gr

from ..jobs.first_result import FirstResult
from ..jobs.result import Result
from .components import View
from .published_assets import file_data
from .shown_result import view_value


def show_when_computed(demo: gr.Blocks, first: FirstResult) -> None:
    """Start to compute the first result. Pages that are opened afterwards contain it.

    Args:
        demo: the page, which is being served.
        first: the result that a page shows if no link names another one.
    """

    def put_into_page(computed: Future[Result]) -> None:
        if computed.exception() is not None:
            return  # the page says why when it is opened
        result = computed.result()
        value = view_value(result, first.request).model_dump()
        value |= {"manifest": file_data(result.manifest), "is_first": True}
        for component in demo.config["components"]:
            if isinstance(demo.blocks[component["id"]], View):
                component["props"]["value"] = value

    first.future().add_done_callback(put_into_page)
