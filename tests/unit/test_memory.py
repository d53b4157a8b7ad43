"""A text whose pass would take too much memory is refused before the pass, with a number."""

import pytest
import torch

from bertviz_space.capture import check_memory, memory
from bertviz_space.errors import TextTooLong
from tests.unit.tiny_models import KINDS


@pytest.fixture
def inputs():
    return {"input_ids": torch.arange(600).remainder(20).add(5)[None]}


def test_a_text_that_fits_is_not_refused(inputs):
    check_memory(KINDS["gpt2"].build(), inputs)


def test_a_text_that_does_not_fit_is_refused_with_what_would(inputs, monkeypatch):
    monkeypatch.setattr(memory, "MAX_RUN_BYTES", 10_000_000)
    with pytest.raises(TextTooLong, match=r"^A text of 600 tokens would need about .* GB") as error:
        check_memory(KINDS["gpt2"].build(), inputs)
    assert "Shorten it to about 300 tokens and run again." in str(error.value)


def test_on_a_gpu_the_pass_has_the_gpus_memory_and_what_is_kept_this_machines(monkeypatch):
    gpu, kept, held = torch.device("cuda"), memory._Need(1, 0), memory._Need(0, 1)
    monkeypatch.setattr(memory, "_free_bytes", lambda device: 6_000 * (device == gpu))
    assert memory._bounded(gpu, kept, held) == [(kept, memory.MAX_RUN_BYTES), (held, 3_000)]
    both = memory._Need(1, 1)
    assert memory._bounded(torch.device("cpu"), kept, held) == [(both, memory.MAX_RUN_BYTES)]


def test_a_short_text_costs_no_pass_before_its_own(inputs, monkeypatch):
    monkeypatch.setattr(memory, "MAX_RUN_BYTES", 0)
    check_memory(KINDS["gpt2"].build(), {"input_ids": inputs["input_ids"][:, :512]})


def test_a_model_that_makes_its_scores_whole_needs_more(monkeypatch):
    tokens = torch.arange(2000).remainder(20).add(5)[None]
    needs = {}
    monkeypatch.setattr(memory, "MAX_RUN_BYTES", 0)
    for name in ("gpt2", "gpt_oss"):
        with pytest.raises(TextTooLong) as error:
            check_memory(KINDS[name].build(), {"input_ids": tokens})
        needs[name] = float(str(error.value).split("about ")[1].split(" GB")[0])
    assert needs["gpt_oss"] > needs["gpt2"]
