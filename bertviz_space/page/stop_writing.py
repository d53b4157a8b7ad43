"""The server function with which a reader stops a model that continues a text."""

from collections.abc import Awaitable, Callable
from typing import Any

import gradio as gr

from ..jobs.job import ActiveJobs
from ..server.session import session_of_server_call


def stopping_writing(active_jobs: ActiveJobs) -> Callable[[Any, gr.Request], Awaitable[None]]:
    """Return the server function that the message line calls when its reader presses Stop writing.

    What the model has written so far is then shown.

    Args:
        active_jobs: the jobs of all pages and programs.
    """

    # The browser calls the function by this name (assets/page/message_line.js). Gradio 6.31 passes
    # an argument even if the browser passes none.
    async def stop_writing(_: Any, call: gr.Request) -> None:
        active_jobs.stop_writing(await session_of_server_call(call))

    return stop_writing
