"""The server function with which a view asks what a model predicts for a token that is masked."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypedDict

import gradio as gr

from ..errors import InvalidFields
from ..jobs.handler import Handler
from ..jobs.job import ActiveJobs
from ..jobs.queue import JobQueue
from ..trace import Predictions
from .asked_result import request_of_result
from .run_beside import run_beside

_CANCELED = (
    "The prediction for the masked token was canceled, because this page has started a run. Mask "
    "the token again."
)


class ListedToken(TypedDict):
    """One of the most likely tokens."""

    text: str
    vocabulary: str
    probability: float


class OwnToken(TypedDict):
    """How likely the token is that the mask replaces."""

    rank: int
    logProbability: float


class MaskedAnswer(TypedDict):
    """What a model predicts at one position: ``Prediction`` in ``assets/core/data/predictions.js``.

    ``actual`` is ``None`` if the token has no probability.
    """

    listed: list[ListedToken]
    actual: OwnToken | None


def masking(
    handler: Handler, active_jobs: ActiveJobs, queue: JobQueue
) -> Callable[[Any, gr.Request, gr.OAuthToken | None], Awaitable[MaskedAnswer | str]]:
    """Return the server function that a view calls when its reader masks a token.

    Args:
        handler: answers requests.
        active_jobs: the jobs of all pages and programs. A run of the same page cancels this one.
        queue: the queue that all jobs share.

    Returns:
        A function that takes a dictionary with two entries: ``url``, the URL of a result's
        manifest, and ``position``, the position of a token of its text. It returns what the model
        predicts there, or the message of the error that prevents the prediction.
    """
    ask = partial(run_beside, active_jobs, queue)

    # The browser calls the function by this name (assets/page/view_component.js). Gradio 6.31
    # passes one argument, and the whole list of them if there are more.
    async def predict_masked(
        token: Any, call: gr.Request, signed_in: gr.OAuthToken | None
    ) -> MaskedAnswer | str:
        # Gradio passes on whatever a program sends.
        if not isinstance(token, dict):
            return str(InvalidFields())
        position = token.get("position")
        if type(position) is not int:
            return str(InvalidFields())
        return await ask(
            call,
            signed_in,
            lambda caller: _answer(
                handler.masked_prediction(
                    request_of_result(handler, token.get("url")), position, caller
                )
            ),
            _CANCELED,
        )

    return predict_masked


def _answer(predictions: Predictions) -> MaskedAnswer:
    """Return the predictions at one position for the page."""
    [token_ids] = predictions.token_ids.tolist()
    [probabilities] = predictions.probabilities.tolist()
    [rank] = predictions.ranks.tolist()
    [log_probability] = predictions.log_probabilities.tolist()
    listed = [
        ListedToken(**predictions.vocabulary[token_id]._asdict(), probability=probability)
        for token_id, probability in zip(token_ids, probabilities, strict=True)
    ]
    actual = OwnToken(rank=rank, logProbability=log_probability) if rank else None
    return MaskedAnswer(listed=listed, actual=actual)
