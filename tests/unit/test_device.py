"""Models run on the GPU if there is one, otherwise on the CPU; a trace is always on the CPU.

No test here needs a GPU, and so none sees one at work.
"""

import os
import pickle
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from bertviz_space import Trace, errors, machine
from bertviz_space.comparison import NUM_PARTS, compare_runs
from bertviz_space.errors import RunTooLong, SpaceError
from bertviz_space.jobs.caller import Caller
from bertviz_space.jobs.handler import Handler
from bertviz_space.jobs.request import Request
from bertviz_space.jobs.store import Store
from bertviz_space.limits import MAX_RUN_BYTES, MAX_ZERO_GPU_SECONDS, RUNS_AT_ONCE
from bertviz_space.models.cache import ModelCache
from bertviz_space.models.library_settings import configure_libraries
from bertviz_space.trace import LayerAttention, ModelWeights, Token
from bertviz_space.trace.comparison import Comparison

REQUEST = Request("tiny-bert", "The cat sat on the mat", "The cat lay on the rug")


@pytest.fixture
def gpu(monkeypatch):
    """Make torch report a GPU."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)


def in_forked(function, *arguments):
    """Return a function's result from a thread of a forked process, pickled as on ZeroGPU."""
    with ProcessPoolExecutor(1, get_context("fork")) as process:
        return process.submit(_in_thread, function, *arguments).result()


def _in_thread(function, *arguments):
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(function, *arguments).result()


@pytest.fixture
def zero_gpu(monkeypatch):
    """Make this a ZeroGPU Space, whose package forks; return the seconds that are requested."""
    asked: list[float] = []

    def gpu_decorator(duration):
        def lent(function):
            def on_loan(*arguments):
                asked.append(duration(*arguments))
                # All parts of the work together fit into the seconds.
                num_parts = NUM_PARTS if arguments[0] is compare_runs else 1
                assert num_parts * arguments[-1]["max_seconds"] <= asked[-1]
                return in_forked(function, *arguments)

            return on_loan

        return lent

    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setitem(sys.modules, "spaces", SimpleNamespace(GPU=gpu_decorator))
    return asked


def test_without_a_gpu_models_are_on_the_cpu():
    assert machine.device() == torch.device("cpu")
    assert ModelCache().get("tiny-bert").model.device == torch.device("cpu")


def test_with_a_gpu_models_are_on_it_and_the_bound_is_its_memory_without_the_runs(gpu, monkeypatch):
    assert machine.device() == torch.device("cuda")
    room = 3 * 1024**3
    monkeypatch.setattr(machine, "_memory", lambda: 1024**4)
    monkeypatch.setattr(
        torch.cuda,
        "get_device_properties",
        lambda _: SimpleNamespace(total_memory=room + RUNS_AT_ONCE * MAX_RUN_BYTES),
    )
    assert machine.max_model_bytes() == room


def test_on_zero_gpu_only_a_forked_process_has_a_gpu(gpu, zero_gpu):
    assert machine.device() == torch.device("cpu")
    assert in_forked(machine.device) == torch.device("cuda")


def test_products_are_not_rounded_to_tf32():
    configure_libraries()
    assert not torch.backends.cuda.matmul.allow_tf32
    assert not torch.backends.cudnn.allow_tf32


@pytest.mark.parametrize("name", ["query", "key", "bias", "sink", "logsumexp", "model_weights"])
def test_a_layer_refuses_terms_on_several_devices(name):
    terms: dict[str, Any] = {
        "query": torch.zeros(2, 3, 4),
        "key": torch.zeros(2, 3, 4),
        "bias": torch.zeros(1, 3, 3),
        "sink": torch.zeros(2),
        "logsumexp": torch.zeros(2, 3),
    }
    own = ModelWeights(torch.arange(3), torch.zeros(2, 3, 3))
    LayerAttention("self", 0, scaling=1.0, model_weights=own, **terms)
    if name == "model_weights":
        own = ModelWeights(own.queries, own.weights.to("meta"))
    else:
        terms[name] = terms[name].to("meta")
    with pytest.raises(ValueError, match="on several devices: cpu, meta"):
        LayerAttention("self", 0, scaling=1.0, model_weights=own, **terms)


def test_a_trace_refuses_layers_that_are_not_on_the_cpu():
    vectors = torch.zeros(2, 3, 4, device="meta")
    layer = LayerAttention("self", 0, vectors, vectors, scaling=1.0)
    tokens = tuple(Token(str(each), str(each), each, 0, 1, "A", False) for each in range(3))
    with pytest.raises(ValueError, match="a layer is on the device meta"):
        Trace(tokens, None, {"self": (layer,)})


def trace_of(handler: Handler, request: Request = REQUEST) -> Trace:
    return handler.answer(request, Caller(), lambda trace, *_: trace)


def comparison_of(handler: Handler, request: Request) -> Comparison:
    compared = trace_of(handler, request).compared
    assert compared is not None
    return compared


def test_on_zero_gpu_the_trace_of_a_forked_process_is_the_same(zero_gpu, tmp_path, monkeypatch):
    lent = trace_of(Handler(ModelCache(), Store(tmp_path)))
    assert zero_gpu == [MAX_ZERO_GPU_SECONDS]
    monkeypatch.delenv("SPACES_ZERO_GPU")
    here = trace_of(Handler(ModelCache(), Store(tmp_path)))
    assert (lent.source, lent.notes) == (here.source, here.notes)
    for one, other in zip(lent.layers["self"], here.layers["self"], strict=True):
        torch.testing.assert_close(one.query, other.query)
        torch.testing.assert_close(one.weights(), other.weights())
    assert zero_gpu == [MAX_ZERO_GPU_SECONDS]


def test_on_zero_gpu_a_comparison_of_two_models_is_one_run(
    zero_gpu, tmp_path, monkeypatch, tuned_gpt2
):
    request = Request("tiny-gpt2", "The cat", other_model=tuned_gpt2, other_text="The dog")
    lent = comparison_of(Handler(ModelCache(), Store(tmp_path)), request)
    assert zero_gpu == [2 * MAX_ZERO_GPU_SECONDS]
    monkeypatch.delenv("SPACES_ZERO_GPU")
    here = comparison_of(Handler(ModelCache(), Store(tmp_path)), request)
    assert (lent.differs, lent.model, lent.source) == (here.differs, here.model, here.source)
    for one, other in zip(lent.trace.layers["self"], here.trace.layers["self"], strict=True):
        torch.testing.assert_close(one.weights(), other.weights())
    assert lent.changes is not None and here.changes is not None
    for name, expected in vars(here.changes).items():
        torch.testing.assert_close(getattr(lent.changes, name), expected, equal_nan=True)


def test_on_zero_gpu_a_probe_has_the_same_scores(zero_gpu, tmp_path, monkeypatch):
    lent, _ = Handler(ModelCache(), Store(tmp_path)).probe("tiny-gpt2", Caller())
    assert zero_gpu == [MAX_ZERO_GPU_SECONDS]
    monkeypatch.delenv("SPACES_ZERO_GPU")
    here, _ = Handler(ModelCache(), Store(tmp_path)).probe("tiny-gpt2", Caller())
    for one, other in zip(lent.rows(), here.rows(), strict=True):
        assert one == pytest.approx(other, abs=1e-5)


def test_on_zero_gpu_an_error_keeps_its_message(zero_gpu, tmp_path, monkeypatch):
    monkeypatch.setenv(machine.MAX_RUN_VARIABLE, "1e-9")
    handler = Handler(ModelCache(), Store(tmp_path))
    with pytest.raises(RunTooLong, match="stopped after 1e-09 seconds"):
        trace_of(handler)


@pytest.mark.parametrize("kind", [SpaceError, *SpaceError.__subclasses__()])
def test_every_error_is_pickled_with_its_message(kind):
    error = errors._with_message(kind, "A sentence.")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert str(again) == "A sentence."


def test_the_serving_process_is_this_one():
    assert in_forked(os.getpid) != machine._SERVING == os.getpid()
