"""What the page's process and a replica send each other, without Ray."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bertviz_space.comparison import compare_runs
from bertviz_space.errors import ClusterUnavailable, EmptyText, RunStopped
from bertviz_space.extraction import extract
from bertviz_space.jobs.caller import Caller
from bertviz_space.jobs.cluster import call as cluster_call
from bertviz_space.jobs.cluster import engine as cluster_engine
from bertviz_space.jobs.cluster import settings
from bertviz_space.jobs.cluster.call import Call
from bertviz_space.jobs.cluster.engine import ClusterEngine
from bertviz_space.jobs.cluster.messages import Kind, messages_in, parts_of
from bertviz_space.jobs.cluster.settings import ClusterSettings, cluster_settings
from bertviz_space.jobs.cluster.work import stream_of
from bertviz_space.jobs.engine import ModelRun
from bertviz_space.jobs.handler import Handler
from bertviz_space.jobs.pickled_answer import answer_in, pickled_answer
from bertviz_space.jobs.request import Request
from bertviz_space.jobs.store import Store
from bertviz_space.jobs.worker_models import WorkerModels
from bertviz_space.models.cache import ModelCache
from bertviz_space.models.loading import outline_of_weights
from bertviz_space.trace.interventions import parse_interventions
from tests.free_port import free_port

# The beginning of a replica's response.
HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)


@pytest.fixture(scope="module")
def loaded():
    return ModelCache(load=outline_of_weights).get("tiny-gpt2")


@given(TEXT, TEXT, st.sampled_from(["", "zero L0H1", "mask 3,zero L1H0"]), st.booleans())
def test_a_call_survives_its_journey_as_json(loaded, text, text_b, spelling, chat):
    arguments = {
        "text": text,
        "text_b": text_b or None,
        "chat": chat,
        "temperature": 0.5,
        "interventions": parse_interventions(spelling),
        "max_seconds": 180.0,
    }
    calls = (
        Call(extract, loaded.checkpoint, arguments),
        Call(compare_runs, loaded.checkpoint, {**arguments, "other_text": text_b}),
        Call(compare_runs, loaded.checkpoint, arguments, replace(loaded.checkpoint, model_id="b")),
    )
    for call in calls:
        assert Call.from_json(call.to_json()) == call


@pytest.mark.parametrize(
    "change",
    [
        {"work": "system"},
        {"work": ["extract"]},
        {"model": ["tiny-gpt2"]},
        {"model": 5},
        {"other": ["tiny-gpt2"]},
        {"other": 5},
        {"arguments": [1]},
        {"arguments": {"interventions": "zero everything"}},
    ],
    ids=str,
)
def test_anything_else_than_a_call_is_refused(loaded, change):
    call = json.loads(Call(extract, loaded.checkpoint, {"text": "a"}).to_json())
    with pytest.raises(ValueError):
        Call.from_json(json.dumps(call | change).encode())


@pytest.mark.parametrize("data", [b"", b"\x80\x05.", b"[]", b"{}", b"[" * 100_000])
def test_other_data_than_json_is_refused(data):
    with pytest.raises(ValueError):
        Call.from_json(data)


@given(
    st.lists(st.tuples(st.sampled_from(Kind), st.binary(max_size=40)), max_size=5),
    st.integers(1, 9),
)
def test_messages_arrive_in_parts_of_any_size(messages, size):
    stream = b"".join(part for kind, content in messages for part in parts_of(kind, content))

    async def parts():
        for start in range(0, len(stream), size):
            yield stream[start : start + size]

    async def received():
        return [message async for message in messages_in(parts())]

    assert asyncio.run(received()) == messages


async def _answer_of(stream):
    found = [message async for message in messages_in(stream)]
    assert [kind for kind, _ in found][:1] == [Kind.ALIVE]
    kind, content = found[-1]
    assert kind is Kind.ANSWER
    return answer_in(content)


def test_a_replica_streams_the_written_text_and_then_the_answer(loaded):
    arguments = {"text": "The cat", "continue_tokens": 3, "max_seconds": 180.0}
    call = Call(extract, loaded.checkpoint, arguments)

    async def messages():
        return [each async for each in messages_in(stream_of(call, WorkerModels()))]

    kinds = [kind for kind, _ in asyncio.run(messages())]
    # A slow run has more messages that the replica is alive.
    assert [kind for kind in kinds if kind is not Kind.ALIVE] == [Kind.WRITTEN] * 3 + [Kind.ANSWER]


def test_a_replica_streams_the_texts_of_both_runs_of_a_comparison_in_this_order(loaded):
    arguments = {"text": "The cat", "other_text": "The dog", "continue_tokens": 2}
    call = Call(compare_runs, loaded.checkpoint, {**arguments, "max_seconds": 180.0})

    async def messages():
        return [each async for each in messages_in(stream_of(call, WorkerModels()))]

    found = [each for each in asyncio.run(messages()) if each[0] is not Kind.ALIVE]
    written = [Kind.WRITTEN] * 2 + [Kind.OTHER_WRITTEN] * 2
    assert [kind for kind, _ in found] == [*written, Kind.ANSWER]
    assert answer_in(found[-1][1]).compared.changes is not None


def test_a_replica_sends_the_error_of_a_run_and_keeps_its_models(loaded):
    models = WorkerModels()
    empty, text = (
        Call(extract, loaded.checkpoint, {"text": text, "max_seconds": 9.0}) for text in ("", "a b")
    )
    with pytest.raises(EmptyText):
        asyncio.run(_answer_of(stream_of(empty, models)))
    assert models.get(text.checkpoint) is models.get(empty.checkpoint)
    assert asyncio.run(_answer_of(stream_of(text, models))).source


def test_a_replica_without_the_files_of_a_model_says_so(loaded, tmp_path):
    checkpoint = replace(loaded.checkpoint, folder=tmp_path / "missing", revision="of the Hub")
    call = Call(extract, checkpoint, {"text": "a", "max_seconds": 9.0})
    with pytest.raises(Exception, match="are not on the machine of the cluster"):
        asyncio.run(_answer_of(stream_of(call, WorkerModels())))


def test_a_replica_has_the_models_of_the_package_in_a_folder_of_its_own(loaded, tmp_path):
    checkpoint = replace(loaded.checkpoint, folder=tmp_path / "of the page's machine")
    call = Call(extract, checkpoint, {"text": "The cat", "max_seconds": 9.0})
    assert asyncio.run(_answer_of(stream_of(call, WorkerModels()))).source


def test_a_closed_stream_stops_the_run(loaded):
    began, stopped = threading.Event(), threading.Event()

    def work(model, tokenizer, *, cancellation):
        woken = threading.Event()
        with cancellation.waking(woken.set):
            began.set()
            woken.wait()
        stopped.set()
        cancellation.check()

    call = Call(work, loaded.checkpoint, {})

    async def close_while_it_runs():
        stream = stream_of(call, WorkerModels())
        await anext(stream)
        await asyncio.to_thread(began.wait)
        await stream.aclose()

    asyncio.run(close_while_it_runs())
    assert stopped.is_set()


def test_a_deployment_that_does_not_answer_is_an_error_and_a_kept_result_stays(tmp_path):
    with free_port() as port:
        engine = ClusterEngine(ClusterSettings(f"http://127.0.0.1:{port}/bertviz-space"))
    handler = Handler(ModelCache(load=outline_of_weights), Store(tmp_path), engine)
    with pytest.raises(ClusterUnavailable, match="does not answer"):
        handler.answer(Request("tiny-bert", "The cat"), Caller())
    engine.close()


@asynccontextmanager
async def replica_that(behave: Callable[[asyncio.StreamWriter], Awaitable[object]]):
    """Yield an engine, and let a function handle each connection that it opens."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            await behave(writer)

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        engine = ClusterEngine(ClusterSettings(f"http://127.0.0.1:{port}/"))
        yield engine
        engine.close()
        server.close()


def run_of(loaded, engine, caller, seconds=180.0):
    arguments = {"text": "The cat", "max_seconds": seconds}
    return asyncio.to_thread(engine.run, ModelRun(extract, loaded, arguments, caller))


def test_a_run_is_canceled_while_it_waits_for_a_replica(loaded):
    caller = Caller()

    async def leave(writer):
        caller.cancellation.request()

    async def run():
        async with replica_that(leave) as engine:
            with pytest.raises(RunStopped):
                await run_of(loaded, engine, caller)

    asyncio.run(run())


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(content), content)


def test_each_part_of_a_large_answer_lets_its_replica_be_silent_again():
    answer = b"".join(parts_of(Kind.ANSWER, b"a long answer"))
    limits = []

    async def parts():
        for at in range(len(answer)):
            yield answer[at : at + 1]

    async def received(end):
        now = asyncio.get_running_loop().time()
        limit: Any = SimpleNamespace(reschedule=lambda when: limits.append(when - now))
        parts_again = cluster_engine._rescheduling(limit, now + end, parts())
        return [message async for message in messages_in(parts_again)]

    assert asyncio.run(received(end=1000.0)) == [(Kind.ANSWER, b"a long answer")]
    assert len(limits) == len(answer)
    assert all(limit >= cluster_engine._SILENT_SECONDS for limit in limits)
    limits.clear()
    asyncio.run(received(end=1.0))
    assert limits == pytest.approx([1.0] * len(answer))


def test_a_comparison_of_two_models_has_the_time_of_three_parts_and_two_loads(loaded):
    arguments, checkpoint = {"text": "a", "max_seconds": 7.0}, loaded.checkpoint
    load = cluster_call.MAX_LOAD_SECONDS
    assert Call(extract, checkpoint, arguments).total_seconds == 7 + load
    assert Call(compare_runs, checkpoint, arguments).total_seconds == 21 + load
    assert Call(compare_runs, checkpoint, arguments, checkpoint).total_seconds == 21 + 2 * load


def test_a_run_ends_if_a_replica_works_on_it_for_ever(loaded, monkeypatch):
    monkeypatch.setattr(cluster_call, "MAX_LOAD_SECONDS", 0.05)
    monkeypatch.setattr(cluster_engine, "_EXTRA_SECONDS", 0.05)
    alive = b"".join(parts_of(Kind.ALIVE))

    async def work(writer):
        writer.write(HEAD)
        while True:
            writer.write(chunk(alive))
            await writer.drain()
            await asyncio.sleep(0)

    async def run():
        async with replica_that(work) as engine:
            with pytest.raises(ClusterUnavailable, match="for too long"):
                await run_of(loaded, engine, Caller(), seconds=0.05)

    asyncio.run(run())


def test_a_run_that_hears_nothing_from_its_replica_is_sent_again(loaded, monkeypatch):
    monkeypatch.setattr(cluster_engine, "_SILENT_SECONDS", 0.05)
    monkeypatch.setattr(cluster_engine, "_RETRY_SECONDS", 0.0)
    monkeypatch.setattr(cluster_engine, "_REPORT_SECONDS", 60.0)
    answer = b"".join(parts_of(Kind.ANSWER, pickled_answer(lambda: "the answer")))
    streams = [b"".join(parts_of(Kind.ALIVE)), answer]
    reports: list[str] = []

    async def cut_off_and_then_answer(writer):
        # In one write, so that there is no silence between the parts.
        writer.write(HEAD + chunk(streams.pop(0)))
        await writer.drain()

    async def run():
        async with replica_that(cut_off_and_then_answer) as engine:
            return await run_of(loaded, engine, Caller(report=reports.append))

    assert asyncio.run(run()) == "the answer"
    assert reports == ["A machine was lost. Running again on another one …"]


@pytest.mark.parametrize("answer", [b"HTTP/1.1 500 Error\r\nContent-Length: 0\r\n\r\n", b""])
def test_a_run_is_sent_twice_and_then_ends_with_a_message(loaded, answer, monkeypatch):
    monkeypatch.setattr(cluster_engine, "_RETRY_SECONDS", 0.0)
    connections = []

    async def fail(writer):
        connections.append(writer)
        writer.write(answer)
        writer.close()

    async def run():
        async with replica_that(fail) as engine:
            with pytest.raises(ClusterUnavailable, match="does not answer"):
                await run_of(loaded, engine, Caller())

    asyncio.run(run())
    assert len(connections) == 2


@pytest.mark.parametrize(
    ("address", "replicas", "expected"),
    [
        ("", "", None),
        ("auto", "", ClusterSettings("auto", 2, 2)),
        ("10.0.0.1:6379", "3", ClusterSettings("10.0.0.1:6379", 3, 3)),
        ("http://10.0.0.1:8000/x", "1-16", ClusterSettings("http://10.0.0.1:8000/x", 1, 16)),
    ],
)
def test_the_environment_names_a_cluster(monkeypatch, address, replicas, expected):
    monkeypatch.setattr(settings, "find_spec", lambda name: SimpleNamespace())
    monkeypatch.setenv(settings.CLUSTER_VARIABLE, address)
    monkeypatch.setenv(settings.REPLICAS_VARIABLE, replicas)
    assert cluster_settings() == expected


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (settings.CLUSTER_VARIABLE, "yes", "it must be auto, the host:port"),
        (settings.CLUSTER_VARIABLE, "http:// x", "it must be auto, the host:port"),
        (settings.REPLICAS_VARIABLE, "0", "it must be a number from 1 to 1,024"),
        (settings.REPLICAS_VARIABLE, "4-2", "it must be a number from 1 to 1,024"),
        (settings.REPLICAS_VARIABLE, "many", "it must be a number from 1 to 1,024"),
        ("SPACES_ZERO_GPU", "true", "cannot be set on ZeroGPU"),
    ],
)
def test_a_wrong_setting_of_a_cluster_is_named(monkeypatch, name, value, message):
    monkeypatch.setenv(settings.CLUSTER_VARIABLE, "auto")
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=message):
        cluster_settings()


def test_a_cluster_without_ray_is_refused_at_startup(monkeypatch):
    monkeypatch.setattr(settings, "find_spec", lambda name: None)
    monkeypatch.setenv(settings.CLUSTER_VARIABLE, "auto")
    with pytest.raises(ValueError, match="Ray is not installed"):
        cluster_settings()
    monkeypatch.setenv(settings.CLUSTER_VARIABLE, "http://10.0.0.1:8000/")
    assert cluster_settings() is not None
