"""The server function with which the model view probes a model."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypedDict

import gradio as gr

from ..errors import InvalidFields
from ..jobs.caller import Caller
from ..jobs.handler import Handler
from ..jobs.job import ActiveJobs
from ..jobs.queue import JobQueue
from .run_beside import run_beside

_CANCELED = "The probe was canceled, because this page has started a run. Probe again."


class ProbedLayer(TypedDict):
    """The scores of a layer's heads ``[head][score]``: induction and previous token."""

    layer: int
    scores: list[list[float]]


class ProbeAnswer(TypedDict):
    """The scores of a model's heads, as the page receives them.

    The revision is the commit of the model, which can differ from that of the page's result.
    """

    revision: str
    num_random: int
    layers: list[ProbedLayer]


def probing(
    handler: Handler, active_jobs: ActiveJobs, queue: JobQueue
) -> Callable[[str, gr.Request, gr.OAuthToken | None], Awaitable[ProbeAnswer | str]]:
    """Return the server function that a model view calls when its reader asks for the probe.

    Args:
        handler: answers requests.
        active_jobs: the jobs of all pages and programs. A run of the same page cancels the probe.
        queue: the queue that all jobs share.

    Returns:
        A function that takes the id of a model. It returns the scores, or the message of the error
        that prevents them.
    """

    def answer(model_id: str, caller: Caller) -> ProbeAnswer:
        probe, checkpoint = handler.probe(model_id, caller)
        layers = [
            ProbedLayer(layer=layer, scores=scores.tolist())
            for layer, scores in probe.layers.items()
        ]
        return ProbeAnswer(revision=checkpoint.revision, num_random=probe.num_random, layers=layers)

    ask = partial(run_beside, active_jobs, queue)

    # The browser calls the function by this name (assets/page/view_component.js).
    async def probe(
        model_id: str, call: gr.Request, signed_in: gr.OAuthToken | None
    ) -> ProbeAnswer | str:
        # Gradio passes on whatever a program sends.
        if not isinstance(model_id, str):
            return str(InvalidFields())
        return await ask(
            call,
            signed_in,
            lambda caller: answer(model_id, caller),
            _CANCELED,
        )

    return probe
