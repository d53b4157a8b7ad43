"""The server function with which a reader stops a model that continues a text."""

from collections.abc import Awaitable, Callable

import gradio as gr

from ..jobs.job import ActiveJobs
from ..server.session import session_of_server_call


def stopping_writing(active_jobs: ActiveJobs) -> Callable[[gr.Request], Awaitable[None]]:
    """Return the server function that the message line calls when its reader presses Stop writing.

    What the model has written so far is then shown.

    Args:
        active_jobs: the jobs of all pages and programs.
    """

    # The browser calls the function by this name (assets/page/message_line.js).
    async def stop_writing(call: gr.Request) -> None:
        active_jobs.stop_writing(await session_of_server_call(call))

    return stop_writing
