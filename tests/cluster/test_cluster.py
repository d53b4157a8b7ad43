"""Runs on the replicas of a Ray cluster give the same answers as in this process.

These tests start Ray, which takes 15 seconds on two cores: `make test-cluster`.
"""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from bertviz_space.cancellation import Cancellation
from bertviz_space.errors import ClusterUnavailable, InterventionNotPossible, RunStopped
from bertviz_space.jobs.caller import Caller
from bertviz_space.jobs.handler import Handler
from bertviz_space.jobs.request import Request
from bertviz_space.jobs.store import Store
from bertviz_space.models.cache import ModelCache
from bertviz_space.models.hub.access import Reader
from bertviz_space.trace import Trace
from tests.conftest import MINILM

TEXT = "The cat sat on the mat"
WRITING = Request("tiny-gpt2", "The cat", continue_tokens=40)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """Return a handler that runs models in this process."""
    return Handler(ModelCache(), Store(tmp_path_factory.mktemp("here")))


def trace_of(handler: Handler, request: Request, caller: Caller | None = None) -> Trace:
    return handler.answer(request, caller or Caller(), lambda trace, *_: trace)


def assert_equal(found: Trace, expected: Trace) -> None:
    assert found.source == expected.source
    assert found.notes == expected.notes
    assert found.written_from == expected.written_from
    assert found.layers.keys() == expected.layers.keys()
    for component, layers in expected.layers.items():
        assert len(found.layers[component]) == len(layers)
        for number in range(len(layers)):
            torch.testing.assert_close(
                found.weights(component, number),
                expected.weights(component, number),
                atol=1e-5,
                rtol=0,
            )


@pytest.mark.parametrize(
    "request_",
    [
        Request("tiny-bert", TEXT, text_b="The dog ran"),
        Request("tiny-gpt2", TEXT, interventions="zero L0H1"),
        Request("tiny-gpt2", TEXT, continue_tokens=8, temperature=0.7, seed=3),
        Request(MINILM, TEXT),
    ],
    ids=lambda request: request.model_id,
)
def test_a_run_on_a_replica_has_the_trace_of_a_run_in_this_process(handler, here, request_):
    assert_equal(trace_of(handler, request_), trace_of(here, request_))


@pytest.mark.parametrize("has_other_model", [False, True])
def test_a_comparison_on_a_replica_says_how_predictions_change(
    handler, here, tuned_gpt2, has_other_model
):
    request = Request(
        "tiny-gpt2",
        TEXT,
        other_text="The dog sat on the rug",
        other_model=tuned_gpt2 if has_other_model else "",
    )
    found, expected = trace_of(handler, request), trace_of(here, request)
    assert_equal(found, expected)
    its, own = found.compared, expected.compared
    assert its is not None and own is not None
    assert (its.differs, its.model, its.source) == (own.differs, own.model, own.source)
    assert_equal(its.trace, own.trace)
    assert its.changes is not None and own.changes is not None
    for name, changes in vars(own.changes).items():
        torch.testing.assert_close(
            getattr(its.changes, name), changes, atol=1e-4, rtol=0, equal_nan=True
        )


def test_probe_sweep_and_masked_prediction_have_the_same_answers(handler, here):
    request, masked = Request("tiny-gpt2", TEXT), Request("tiny-bert", TEXT)
    (found, _), (expected, _) = (each.probe("tiny-gpt2", Caller()) for each in (handler, here))
    for number, scores in expected.layers.items():
        torch.testing.assert_close(found.layers[number], scores, atol=1e-5, rtol=0)
    rows = [each.sweep(request, Caller(), layers=[1]).rows() for each in (handler, here)]
    assert [row["head"] for row in rows[0]] == [row["head"] for row in rows[1]]
    predictions = [each.masked_prediction(masked, 2, Caller()) for each in (handler, here)]
    assert predictions[0].token_ids.equal(predictions[1].token_ids)


def test_an_error_of_a_run_keeps_its_type_and_its_message(handler, here):
    request = Request("tiny-gpt2", TEXT, interventions="zero L9H9")
    messages = []
    for each in (handler, here):
        with pytest.raises(InterventionNotPossible) as caught:
            trace_of(each, request)
        messages.append(str(caught.value))
    assert messages[0] == messages[1]


def stopping_caller(written: list[str]) -> Caller:
    """Return a caller that keeps the messages with the written text, and stops after three."""

    def report_written(message: str) -> None:
        written.append(message)
        if len(written) == 3:
            caller.stop_writing.request()

    caller = Caller(report_written=report_written)
    return caller


def test_a_reader_sees_what_the_model_writes_and_stops_it(handler, here):
    written: list[str] = []
    caller = stopping_caller(written)
    found = trace_of(handler, WRITING, caller)
    assert len(written) == 3
    assert found.written_from is not None
    assert len(found.source) - found.written_from == 3
    assert_equal(found, trace_of(here, Request("tiny-gpt2", "The cat", continue_tokens=3)))


def test_both_texts_of_a_comparison_are_written_as_long_as_the_one_that_is_stopped(handler, here):
    written: list[str] = []
    caller = stopping_caller(written)
    request = replace(WRITING, other_text="The dog")
    found = trace_of(handler, request, caller)
    assert len(written) == 3 + 3
    assert found.compared is not None
    for text, trace in (("The cat", found), ("The dog", found.compared.trace)):
        expected = trace_of(here, Request("tiny-gpt2", text, continue_tokens=3))
        assert trace.source == expected.source


def test_a_run_goes_on_after_its_replica_was_killed(engine, here, ray_processes, paused):
    messages = []
    run = paused.start(engine, Caller(report=messages.append))
    paused.wait_until_a_replica_loads_it()
    paused.go_on()
    ray_processes.kill_replicas()
    assert_equal(run.result(), trace_of(here, Request("tiny-gpt2", TEXT)))
    assert "A machine was lost. Running again on another one …" in messages


def test_a_run_that_loses_two_replicas_ends_with_a_message(
    engine, handler, here, ray_processes, paused
):
    run = paused.start(engine, Caller())
    for _ in range(2):
        paused.wait_until_a_replica_loads_it()
        ray_processes.kill_replicas()
    with pytest.raises(ClusterUnavailable, match="does not answer"):
        run.result()
    # The next run gets a new replica.
    request = Request("tiny-bert", "The dog")
    assert_equal(trace_of(handler, request), trace_of(here, request))


def test_a_canceled_run_stops_and_frees_its_replica(handler, here):
    for _ in range(3):  # there are two replicas
        cancellation = Cancellation()
        caller = Caller(
            cancellation=cancellation,
            report_written=lambda message, cancellation=cancellation: cancellation.request(),
        )
        with pytest.raises(RunStopped):
            trace_of(handler, WRITING, caller)
    request = Request("tiny-bert", "The ship")
    assert_equal(trace_of(handler, request), trace_of(here, request))


@pytest.mark.parametrize("with_deployment", [True, False])
def test_a_lost_cluster_is_started_again_and_the_result_on_screen_stays(
    handler, here, ray_processes, with_deployment
):
    shown = handler.answer(Request("tiny-bert", TEXT), Caller())
    ray_processes.kill_cluster(with_deployment)
    assert handler.answer(Request("tiny-bert", TEXT), Caller()) is shown
    assert shown.manifest.exists()
    messages = []
    request = Request("tiny-bert", f"The lamp {with_deployment}")
    found = trace_of(handler, request, Caller(report=messages.append))
    assert "Waiting for a machine that can run the model …" in messages
    assert_equal(found, trace_of(here, request))


def test_ray_listens_on_this_machine_only(ray_processes):
    addresses = {
        connection.laddr.ip.removeprefix("::ffff:")
        for process in ray_processes.all()
        for connection in process.net_connections("tcp")
        if connection.status == "LISTEN"
    }
    assert addresses == {"127.0.0.1"}


def test_a_readers_token_reaches_no_log_of_the_cluster(handler):
    token = "hf_" + "secret" * 6
    trace_of(handler, Request("tiny-bert", "The token"), Caller(Reader(token)))
    folder = Path(tempfile.gettempdir()) / "ray" / "session_latest" / "logs"
    logs = [path for path in folder.rglob("*") if path.is_file()]
    assert any("replica" in path.name for path in logs)
    assert not [path for path in logs if token.encode() in path.read_bytes()]
