"""Models that fit a GPU only in half precision are loaded in it, and their results say so.

No test here needs a GPU: the model is on the CPU, and only the choice of the data type sees one.
"""

import pytest
import torch

from architectures.stock import stock_weights
from bertviz_space import extract, machine
from bertviz_space.errors import ModelUnavailable
from bertviz_space.jobs.caller import Caller
from bertviz_space.jobs.handler import Handler
from bertviz_space.jobs.request import Request
from bertviz_space.jobs.store import Store
from bertviz_space.models import precision
from bertviz_space.models.cache import ModelCache
from bertviz_space.models.precision import loaded_dtype
from bertviz_space.trace import Predictions

TEXT = "The dog on the ship ran"

MODELS = ("tiny-bert", "tiny-gpt2")


@pytest.fixture
def float32_bytes(name) -> int:
    """Return the bytes of the weights of a model as float32."""
    return ModelCache().get(name).num_bytes


@pytest.fixture
def gpu(monkeypatch):
    """Let the choice of the data type see a GPU."""
    monkeypatch.setattr(precision, "device", lambda: torch.device("cuda"))


def bound_model_bytes(monkeypatch: pytest.MonkeyPatch, num_bytes: float) -> None:
    monkeypatch.setenv(machine.MAX_MODEL_VARIABLE, str(num_bytes / 1e9))


@pytest.mark.parametrize("saved", [torch.float32, torch.bfloat16, torch.float16, "float16", None])
def test_a_gpu_uses_float32_if_it_fits_and_a_cpu_always(monkeypatch, saved):
    bound_model_bytes(monkeypatch, 4_000)
    assert loaded_dtype(2_000, saved) == torch.float32
    monkeypatch.setattr(precision, "device", lambda: torch.device("cuda"))
    assert loaded_dtype(1_000, saved) == torch.float32
    is_float16 = saved in (torch.float16, "float16")
    assert loaded_dtype(1_001, saved) == (torch.float16 if is_float16 else torch.bfloat16)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_that_fits_only_in_half_precision_is_loaded_and_says_so(
    name, float32_bytes, gpu, monkeypatch, tmp_path
):
    bound_model_bytes(monkeypatch, 0.6 * float32_bytes)
    models = ModelCache()
    result = Handler(models, Store(tmp_path)).answer(Request(name, TEXT), Caller())
    note = "This model computes in bfloat16, with 2 digits instead of the 7 of float32."
    assert note in result.summary.split("\n")
    loaded = models.get(name)
    assert loaded.model.dtype == torch.bfloat16
    assert loaded.num_bytes == float32_bytes / 2
    inputs = dict(loaded.tokenizer(TEXT, return_tensors="pt"))
    trace = extract(loaded.model, loaded.tokenizer, TEXT)
    assert isinstance(trace.predictions, Predictions)
    for number, weights in enumerate(stock_weights(loaded.model, inputs)["self"]):
        difference = (trace.weights("self", number) - weights.float()).abs().max()
        assert difference < 20 * torch.finfo(torch.bfloat16).eps


@pytest.mark.parametrize("name", MODELS)
def test_a_cpu_refuses_a_model_that_would_fit_in_half_precision(name, float32_bytes, monkeypatch):
    bound_model_bytes(monkeypatch, 0.6 * float32_bytes)
    with pytest.raises(ModelUnavailable, match=r"more than 0\.0 GB"):
        ModelCache().get(name)
