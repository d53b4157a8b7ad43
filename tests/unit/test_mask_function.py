"""The server function that predicts a masked token: its answer, and what it refuses."""

import asyncio
import json
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest

from bertviz_space.errors import InvalidFields, QueueFull
from bertviz_space.files.wire import TraceFiles
from bertviz_space.jobs.caller import Caller
from bertviz_space.jobs.handler import Handler
from bertviz_space.jobs.job import ActiveJobs
from bertviz_space.jobs.queue import JobQueue
from bertviz_space.jobs.request import Request
from bertviz_space.jobs.result import Result
from bertviz_space.jobs.store import Store
from bertviz_space.models.cache import ModelCache
from bertviz_space.page.mask_function import masking
from tests.unit.golden import golden_trace
from tests.unit.test_probe_function import ObservedQueue, call_of

pytestmark = pytest.mark.anyio

TEXT = "The cat sat on the mat"
EXPIRED = "This result has expired. Run again."
CANCELED = (
    "The prediction for the masked token was canceled, because this page has started a run. Mask "
    "the token again."
)


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "results")


@pytest.fixture
def handler(store) -> Iterator[Handler]:
    handler = Handler(ModelCache(), store)
    yield handler
    handler.results.wait_until_idle()


def url_of(result: Result) -> str:
    """Return the URL of a result's manifest, as a browser knows it."""
    return f"https://space.test/gradio_api/file={result.manifest}?v=1"


async def mask(
    handler: Handler,
    token: Any,
    active: ActiveJobs | None = None,
    queue: JobQueue | None = None,
) -> Any:
    """Return what a page receives for a masked token."""
    predict_masked = masking(handler, active or ActiveJobs(), queue or JobQueue())
    return await predict_masked(token, call_of("a page"), None)


async def test_the_answer_is_the_prediction_of_the_handler(handler):
    request = Request("tiny-bert", TEXT)
    result = handler.answer(request, Caller())
    answer = await mask(handler, {"url": url_of(result), "position": 2})
    predictions = handler.masked_prediction(request, 2, Caller())
    listed = [
        {**predictions.vocabulary[token_id]._asdict(), "probability": probability}
        for token_id, probability in zip(
            predictions.token_ids[0].tolist(), predictions.probabilities[0].tolist(), strict=True
        )
    ]
    actual = {
        "rank": predictions.ranks.item(),
        "logProbability": predictions.log_probabilities.item(),
    }
    assert json.loads(json.dumps(answer)) == {"listed": listed, "actual": actual}
    assert actual["logProbability"] != result.trace.predictions.log_probabilities[2].item()


async def test_a_pair_of_texts_is_masked_together(handler):
    request = Request("tiny-bert", "The cat sat", "The cat lay")
    result = handler.answer(request, Caller())
    url = url_of(result)
    first, second = [await mask(handler, {"url": url, "position": at}) for at in (2, 6)]
    assert first["actual"] != second["actual"]
    alone = handler.answer(Request("tiny-bert", "The cat sat"), Caller())
    assert await mask(handler, {"url": url_of(alone), "position": 2}) != first


@pytest.mark.parametrize(
    "token",
    [
        None,
        7,
        ["url", 2],
        {},
        {"url": 7, "position": 2},
        {"url": "manifest.json", "position": "2"},
        {"url": "manifest.json", "position": 2.0},
        {"url": "manifest.json", "position": True},
        {"url": {"path": "/etc/passwd"}, "position": 2},
    ],
)
async def test_values_of_other_types_are_a_sentence(handler, token):
    assert await mask(handler, token) == str(InvalidFields())


@pytest.mark.parametrize(
    "url", ["", "manifest.json", "/", "https://space.test/gone/manifest.json", "..//manifest.json"]
)
async def test_a_result_that_is_gone_is_a_sentence(handler, url):
    assert await mask(handler, {"url": url, "position": 2}) == EXPIRED


async def test_a_readers_own_file_has_no_model(handler, store):
    files = TraceFiles(golden_trace(), "own.npz", "", store.new_folder())
    result = handler.results.add(None, "own.npz", files)
    answer = await mask(handler, {"url": url_of(result), "position": 2})
    assert "comes from a file" in answer


@pytest.mark.parametrize("position", [-1, 8, 10**30])
async def test_a_position_without_a_token_is_a_sentence(handler, position):
    result = handler.answer(Request("tiny-bert", TEXT), Caller())
    answer = await mask(handler, {"url": url_of(result), "position": position})
    assert answer.startswith(f"There is no token at position {position}: here, positions go from 0")


async def test_a_model_that_is_not_masked_is_a_sentence(handler):
    result = handler.answer(Request("tiny-gpt2", TEXT), Caller())
    answer = await mask(handler, {"url": url_of(result), "position": 2})
    assert answer.startswith("Only a masked language model")


async def test_a_full_queue_is_a_sentence(handler):
    result = handler.answer(Request("tiny-bert", TEXT), Caller())
    queue = ObservedQueue(max_waiting=0)
    answer = await mask(handler, {"url": url_of(result), "position": 2}, queue=queue)
    queue.release.set()
    assert answer == str(QueueFull(0))


async def test_a_run_of_the_same_page_cancels_the_prediction(handler, monkeypatch):
    result = handler.answer(Request("tiny-bert", TEXT), Caller())
    active, entered = ActiveJobs(), Event()

    def wait_until_canceled(request: Request, position: int, caller: Caller) -> None:
        canceled = Event()
        caller.cancellation.add_callback(canceled.set)
        entered.set()
        canceled.wait()
        caller.cancellation.check()

    monkeypatch.setattr(handler, "masked_prediction", wait_until_canceled)
    answer = asyncio.ensure_future(mask(handler, {"url": url_of(result), "position": 2}, active))
    await asyncio.to_thread(entered.wait)
    active.start("a page")
    assert await answer == CANCELED
