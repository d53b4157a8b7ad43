"""The probe: its tokens, its scores compared with plain loops, and the models that it refuses."""

import copy
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import NamedTuple

import pytest
import torch

from bertviz_space import probe_scores
from bertviz_space.cancellation import Cancellation
from bertviz_space.capture import capture
from bertviz_space.errors import ProbeUnavailable, RunStopped
from bertviz_space.jobs.caller import Caller
from bertviz_space.jobs.handler import Handler
from bertviz_space.jobs.probe_cache import ProbeCache
from bertviz_space.jobs.store import Store
from bertviz_space.limits import MAX_KEPT_PROBES
from bertviz_space.models.cache import ModelCache
from bertviz_space.models.hub.checkpoints import Checkpoint
from bertviz_space.texts.random_tokens import repeated_random_tokens
from bertviz_space.trace.repeated_tokens import Probe
from tests.unit.tiny_models import KINDS

CAUSAL = ["gemma2", "gpt2", "gpt_oss", "llama"]


@pytest.fixture
def handler(tmp_path) -> Handler:
    return Handler(ModelCache(), Store(tmp_path))


@pytest.fixture
def passes(monkeypatch) -> list[str]:
    """Return the kinds of models that have run on a probe's tokens, in order."""
    kinds: list[str] = []

    def capture_and_note(model, inputs):
        kinds.append(model.config.model_type)
        return capture(model, inputs)

    monkeypatch.setattr("bertviz_space.probe.capture", capture_and_note)
    return kinds


def test_the_tokens_of_tiny_gpt2_are_fifty_ordinary_ones_twice():
    loaded = ModelCache().get("tiny-gpt2")
    tokens = repeated_random_tokens(loaded.model, loaded.tokenizer)
    assert tokens == repeated_random_tokens(loaded.model, loaded.tokenizer)
    assert tokens.num_random == 50
    first, second = tokens.token_ids[:50], tokens.token_ids[50:]
    assert first == second
    assert len(set(first)) == 50
    assert not set(first) & set(loaded.tokenizer.all_special_ids)
    # Another version of the Space must draw the same tokens, or its scores cannot be compared.
    assert first[:3] == (3459, 1578, 3105)


@pytest.mark.parametrize("kind", CAUSAL)
def test_as_many_tokens_are_drawn_as_fit_after_the_start_token(kind):
    model, tokenizer = KINDS[kind].build(), KINDS[kind].tokenizer()
    tokens = repeated_random_tokens(model, tokenizer)
    start = (tokenizer.bos_token_id,) if kind != "gpt2" else ()
    drawn = tokens.token_ids[len(start) : len(start) + tokens.num_random]
    assert tokens.token_ids == (*start, *drawn, *drawn)
    assert len(set(drawn)) == tokens.num_random == (64 - len(start)) // 2
    assert not set(drawn) & {*tokenizer.all_special_ids, *tokenizer.added_tokens_decoder}
    assert all(0 <= token_id < len(model.get_input_embeddings().weight) for token_id in drawn)


def test_an_id_without_an_embedding_is_not_drawn():
    kind = KINDS["gpt2"]
    model = kind.build()
    model.resize_token_embeddings(40)
    tokens = repeated_random_tokens(model, kind.tokenizer())
    assert max(tokens.token_ids) < 40


def test_two_tokens_must_fit_twice():
    kind = KINDS["gpt2"]
    tokenizer = copy.deepcopy(kind.tokenizer())  # all tests share the tokenizer
    tokenizer.model_max_length = 4
    assert repeated_random_tokens(kind.build(), tokenizer).num_random == 2
    tokenizer.model_max_length = 3
    with pytest.raises(ProbeUnavailable, match="two different tokens twice"):
        probe_scores(kind.build(), tokenizer)


@pytest.mark.parametrize("kind", CAUSAL)
def test_the_scores_are_means_of_the_weights_of_the_models_own_attention(kind):
    model, tokenizer = KINDS[kind].build(), KINDS[kind].tokenizer()
    tokens = repeated_random_tokens(model, tokenizer)
    ids, period = tokens.token_ids, tokens.num_random
    with torch.no_grad():
        output = model(input_ids=torch.tensor([ids]), output_attentions=True)
    rows = probe_scores(model, tokenizer).rows()
    assert len(rows) == len(output.attentions) * output.attentions[0].shape[1]
    for row in rows:
        weights = output.attentions[row["layer"]][0, row["head"]].tolist()
        induction = [
            weights[query][ids.index(ids[query], len(ids) - 2 * period) + 1]
            for query in range(len(ids) - period, len(ids))
        ]
        previous = [weights[query][query - 1] for query in range(1, len(ids))]
        assert row["induction"] == pytest.approx(sum(induction) / period, abs=1e-5)
        assert row["previous"] == pytest.approx(sum(previous) / len(previous), abs=1e-5)


def test_the_induction_head_of_tiny_gpt2_has_the_largest_induction_score():
    loaded = ModelCache().get("tiny-gpt2")
    rows = probe_scores(loaded.model, loaded.tokenizer).rows()
    best = max(rows, key=lambda row: row["induction"])
    assert (best["layer"], best["head"]) == (1, 0)
    assert best["induction"] > 0.9
    previous = max(rows, key=lambda row: row["previous"])
    assert previous["layer"] < best["layer"]


@pytest.mark.parametrize("kind", ["bert", "t5"])
def test_a_model_that_is_not_causal_is_refused(kind):
    with pytest.raises(ProbeUnavailable, match=f"A {kind} model is not causal: choose"):
        probe_scores(KINDS[kind].build(), KINDS[kind].tokenizer())


def test_a_second_probe_of_a_model_runs_no_pass(handler, passes):
    messages: list[str] = []
    first, checkpoint = handler.probe("tiny-gpt2", Caller(report=messages.append))
    assert checkpoint.model_id == "tiny-gpt2"
    assert passes == ["gpt2"]
    assert messages == ["Loading tiny-gpt2 …", "Running tiny-gpt2 on random tokens …"]
    assert handler.probe(" tiny-gpt2\n", Caller())[0] is first
    assert passes == ["gpt2"]


def test_a_canceled_probe_stops_and_is_not_kept(handler, passes):
    handler.probe("tiny-gpt2", Caller())  # a model that is loaded cannot end the request itself
    handler._probes = ProbeCache()
    caller = Caller()
    caller.cancellation.request()
    with pytest.raises(RunStopped):
        handler.probe("tiny-gpt2", caller)
    handler.probe("tiny-gpt2", Caller())
    assert passes == ["gpt2"] * 3


def test_the_probes_of_the_models_that_were_used_last_are_kept(tmp_path):
    def checkpoint(number: int) -> Checkpoint:
        return Checkpoint("someone/model", tmp_path, f"{number:040d}")

    cache = ProbeCache()
    ran: list[int] = []

    def get(number: int) -> Probe:
        def run() -> Probe:
            ran.append(number)
            return Probe(2, {})

        return cache.get(checkpoint(number), run, Cancellation())

    first = get(0)
    for number in range(1, MAX_KEPT_PROBES):
        get(number)
    assert get(0) is first  # is now the last one used
    get(MAX_KEPT_PROBES)
    assert get(0) is first
    assert ran == [*range(MAX_KEPT_PROBES + 1)]
    get(1)
    assert ran[-1] == 1


class HeldRun:
    """A run of a model that waits until the test lets it end."""

    def __init__(self) -> None:
        self.begun, self.end = Event(), Event()
        self.error: Exception | None = None
        self.probe = Probe(2, {})

    def __call__(self) -> Probe:
        """Wait, and return the probe or raise the error."""
        self.begun.set()
        self.end.wait()
        if self.error is not None:
            raise self.error
        return self.probe


class ObservedCancellation(Cancellation):
    """A cancellation that notes when someone waits with it."""

    def __init__(self) -> None:
        super().__init__()
        self.is_awaited = Event()

    def add_callback(self, callback: Callable[[], object]) -> None:
        """Register a callback, and note it."""
        super().add_callback(callback)
        self.is_awaited.set()


class TwoReaders(NamedTuple):
    """The runs and the answers of two readers, and the cancellation of the second."""

    runs: tuple[HeldRun, HeldRun]
    answers: tuple[Future[Probe], Future[Probe]]
    cancellation: Cancellation


@pytest.fixture
def two_readers(tmp_path) -> Iterator[Callable[[], TwoReaders]]:
    """Yield a function that starts the probes of two readers, of which the second waits."""
    runs = HeldRun(), HeldRun()
    with ThreadPoolExecutor(2) as threads:

        def start() -> TwoReaders:
            checkpoint = Checkpoint("someone/model", tmp_path, "0" * 40)
            cache, cancellation = ProbeCache(), ObservedCancellation()
            first = threads.submit(cache.get, checkpoint, runs[0], Cancellation())
            runs[0].begun.wait()
            second = threads.submit(cache.get, checkpoint, runs[1], cancellation)
            cancellation.is_awaited.wait()
            return TwoReaders(runs, (first, second), cancellation)

        yield start
        for run in runs:
            run.end.set()


def test_two_readers_who_wait_for_the_same_probe_share_one_run(two_readers):
    (held, other), answers, _ = two_readers()
    held.end.set()
    assert [answer.result() for answer in answers] == [held.probe] * 2
    assert not other.begun.is_set()


def test_a_reader_who_waits_runs_the_model_if_the_run_of_another_one_ends_without_scores(
    two_readers,
):
    (held, other), (first, second), _ = two_readers()
    held.error = RunStopped()
    held.end.set()
    other.end.set()
    with pytest.raises(RunStopped):
        first.result()
    assert second.result() is other.probe


def test_a_reader_who_waits_for_the_run_of_another_one_can_leave(two_readers):
    (held, other), (first, second), cancellation = two_readers()
    cancellation.request()
    with pytest.raises(RunStopped):
        second.result()
    held.end.set()
    assert first.result() is held.probe
    assert not other.begun.is_set()
