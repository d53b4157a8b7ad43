"""The server function with which a view switches off the heads of a layer, one after the other."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypedDict, get_args

import gradio as gr

from ..errors import InvalidFields
from ..jobs.handler import Handler
from ..jobs.job import ActiveJobs
from ..jobs.queue import JobQueue
from ..sweep import Sweep
from ..trace import Component
from .asked_result import request_of_result
from .run_beside import run_beside

_COMPONENTS: tuple[Component, ...] = get_args(Component)

_CANCELED = (
    "The sweep was canceled, because this page has started a run. Switch off the heads again."
)


class SweptLayer(TypedDict):
    """The effects of a layer's heads: ``SweptLayer`` in ``assets/core/data/sweep.js``."""

    text: str
    vocabulary: str
    tokenId: int
    logProbability: float
    changes: list[float]


def sweeping(
    handler: Handler, active_jobs: ActiveJobs, queue: JobQueue
) -> Callable[[Any, gr.Request, gr.OAuthToken | None], Awaitable[SweptLayer | str]]:
    """Return the server function that a view calls for each layer of a sweep.

    A view that no longer wants the sweep calls it no more: the layers that it knows stay known.

    Args:
        handler: answers requests.
        active_jobs: the jobs of all pages and programs. A run of the same page cancels this one.
        queue: the queue that all jobs share.

    Returns:
        A function that takes a dictionary with four entries: ``url``, the URL of a result's
        manifest, ``position``, the position of a prediction, and ``component`` and ``layer``, whose
        heads are switched off. It returns the effects, or the message of the error that prevents
        them.
    """
    ask = partial(run_beside, active_jobs, queue)

    # The browser calls the function by this name (assets/page/view_component.js). Gradio 6.31
    # passes one argument, and the whole list of them if there are more.
    async def sweep(
        asked: Any, call: gr.Request, signed_in: gr.OAuthToken | None
    ) -> SweptLayer | str:
        # Gradio passes on whatever a program sends.
        if not isinstance(asked, dict):
            return str(InvalidFields())
        position, layer, named = asked.get("position"), asked.get("layer"), asked.get("component")
        component: Component | None = next((each for each in _COMPONENTS if each == named), None)
        if type(position) is not int or type(layer) is not int or component is None:
            return str(InvalidFields())
        return await ask(
            call,
            signed_in,
            lambda caller: _answer(
                handler.sweep(
                    request_of_result(handler, asked.get("url")),
                    caller,
                    position=position,
                    component=component,
                    layers=[layer],
                )
            ),
            _CANCELED,
        )

    return sweep


def _answer(sweep: Sweep) -> SweptLayer:
    """Return the effects of the heads of one layer for the page."""
    [changes] = sweep.changes.values()
    return SweptLayer(
        text=sweep.token.text,
        vocabulary=sweep.token.vocabulary,
        tokenId=sweep.token_id,
        logProbability=sweep.log_probability,
        changes=changes.tolist(),
    )
