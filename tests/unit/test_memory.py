"""A text whose pass would need too much memory is rejected before the pass."""

import pytest
import torch

from bertviz_space.capture import check_memory, gpu_memory, memory
from bertviz_space.errors import TextTooLong
from tests.unit.tiny_models import KINDS


@pytest.fixture
def inputs():
    return {"input_ids": torch.arange(600).remainder(20).add(5)[None]}


def test_a_text_that_fits_is_accepted(inputs):
    check_memory(KINDS["gpt2"].build(), inputs)


def test_a_text_that_does_not_fit_is_rejected_with_a_length_that_would(inputs, monkeypatch):
    monkeypatch.setattr(memory, "MAX_RUN_BYTES", 10_000_000)
    with pytest.raises(TextTooLong, match=r"^A text of 600 tokens would need about .* GB") as error:
        check_memory(KINDS["gpt2"].build(), inputs)
    assert "Shorten the text to about 300 tokens and run again." in str(error.value)


def test_on_a_gpu_the_pass_uses_its_memory_and_the_trace_that_of_the_machine(monkeypatch):
    gpu, trace, of_pass = torch.device("cuda"), memory._Need(1, 0), memory._Need(0, 1)
    limit = memory.MAX_RUN_BYTES
    monkeypatch.setattr(gpu_memory, "free_bytes", lambda device: 6_000 * (device == gpu))
    assert memory._needs_and_limits(gpu, trace, of_pass) == [(trace, limit), (of_pass, 2_250)]
    assert gpu_memory.max_kept_bytes(gpu) == 750
    both = memory._Need(1, 1)
    assert memory._needs_and_limits(torch.device("cpu"), trace, of_pass) == [(both, limit)]


def test_a_short_text_needs_no_estimate(inputs, monkeypatch):
    monkeypatch.setattr(memory, "MAX_RUN_BYTES", 0)
    check_memory(KINDS["gpt2"].build(), {"input_ids": inputs["input_ids"][:, :512]})


def test_a_model_that_computes_all_scores_at_once_needs_more_memory(monkeypatch):
    tokens = torch.arange(2000).remainder(20).add(5)[None]
    needs = {}
    monkeypatch.setattr(memory, "MAX_RUN_BYTES", 0)
    for name in ("gpt2", "gpt_oss"):
        with pytest.raises(TextTooLong) as error:
            check_memory(KINDS[name].build(), {"input_ids": tokens})
        needs[name] = float(str(error.value).split("about ")[1].split(" GB")[0])
    assert needs["gpt_oss"] > needs["gpt2"]
