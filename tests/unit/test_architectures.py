"""The law for one type of each kind of attention, and the report about all types.

``make architectures`` compares every type. These tests compare representatives.
"""

import functools
import re
from typing import Any

import pytest
import torch

from architectures.builder import build, inputs_for
from architectures.comparison import TOLERANCE, Compared, Failed, LeftOut, Unavailable, compare
from architectures.interventions import Exactness
from architectures.report import REPORT, closing_line, right_types, text_types
from architectures.stock import stock_weights
from architectures.types import Architecture, all_architectures
from bertviz_space.capture import capture
from bertviz_space.errors import AttentionUnavailable

# Type, class, the terms that the formula must have, and the routes that must record it.
REPRESENTATIVES = [
    ("bert", "MaskedLM", set(), "A"),
    ("modernbert", "MaskedLM", {"window"}, "A"),
    ("llama", "CausalLM", {"causal", "2 query heads per key head"}, "A"),
    ("gemma2", "CausalLM", {"softcap", "window"}, "A"),
    ("gpt_oss", "CausalLM", {"sink", "window"}, "A"),
    ("granite_swa", "CausalLM", {"window"}, "A"),  # its sinks gate the output
    ("inkling2_text", "CausalLM", {"sink", "bias of pairs"}, "A"),  # a sink for every query
    ("deepseek_v3", "CausalLM", {"causal"}, "A"),  # keys from a latent vector
    ("deepseek_v32", "CausalLM", {"mask"}, "A"),  # an indexer chooses the keys
    ("diffllama", "CausalLM", {"causal"}, "A"),  # one map for two halves of the values
    ("longcat_flash", "CausalLM", {"causal"}, "A"),  # two attentions in one block
    ("jamba", "CausalLM", {"causal"}, "A"),  # attention in every second block
    ("zamba", "CausalLM", {"causal"}, "A"),  # one attention that the blocks share
    ("t5", "Seq2SeqLM", {"bias of distances", "causal"}, "A"),
    ("t5gemma", "Seq2SeqLM", {"softcap", "window"}, "A"),
    ("encoder-decoder", "Seq2SeqLM", {"causal"}, "A"),
    ("bigbird_pegasus", "Seq2SeqLM", {"causal"}, "A+B"),
    ("fsmt", "Seq2SeqLM", {"causal"}, "B"),
    ("big_bird", "MaskedLM", set(), "B"),
    ("bloom", "CausalLM", {"bias of keys", "causal"}, "B"),
    ("falcon", "CausalLM", {"causal", "4 query heads per key head"}, "B"),
    ("gpt_neo", "CausalLM", {"window"}, "B"),
    ("gptj", "CausalLM", {"causal"}, "B"),
    ("openai-gpt", "CausalLM", {"causal"}, "B"),  # forbids with -10000
    ("mpnet", "MaskedLM", {"bias of distances"}, "B"),
    ("deberta-v2", "MaskedLM", set(), "B"),
    ("xlnet", "CausalLM", {"bias of pairs"}, "B"),
    ("funnel", "MaskedLM", {"bias of pairs"}, "B"),
    ("squeezebert", "MaskedLM", set(), "B"),  # a separate module for the product
]
# Types in which something comes between the attention and the projection.
EXACT = {
    "inkling2_text": Exactness(zero=True, mean=False, cut=True),  # a gate
    "diffllama": Exactness(zero=False, mean=False, cut=False),  # a difference and a norm
}
ROUTES = {"A": {"interface"}, "B": {"products"}, "A+B": {"interface", "products"}}


@pytest.mark.filterwarnings("ignore")  # warnings of transformers about small configurations
@pytest.mark.parametrize(
    ("model_type", "auto_class", "terms", "routes"),
    REPRESENTATIVES,
    ids=[each[0] for each in REPRESENTATIVES],
)
def test_weights_and_logits_are_those_of_transformers(model_type, auto_class, terms, routes):
    result = compare(Architecture(model_type, auto_class))
    assert isinstance(result, Compared), result
    assert result.difference < TOLERANCE
    assert result.own_difference < TOLERANCE
    assert result.logits_difference < TOLERANCE
    assert terms <= set(result.terms)
    assert result.routes == ROUTES[routes]
    assert result.interventions == EXACT.get(model_type, Exactness(True, True, True))


def test_every_type_of_transformers_is_in_the_report():
    report = REPORT.read_text(encoding="utf-8")
    missing = [
        each.model_type for each in all_architectures() if f"`{each.model_type}`" not in report
    ]
    assert missing == []


def test_the_last_line_of_the_report_counts_its_rows():
    lines = REPORT.read_text(encoding="utf-8").splitlines()
    found = re.fullmatch(r"(\d+) of (\d+) model types reproduce their attention to 1e-5", lines[-1])
    assert found is not None
    rows = {line.split("`")[1] for line in lines if line.startswith("| `")}
    assert int(found[1]) == len(rows)
    assert int(found[1]) >= 179  # what an early prototype reached


def test_a_type_is_right_only_if_all_of_its_classes_are_right():
    def compared(auto_class: str, difference: float) -> Compared:
        exact = Exactness(True, True, True)
        differences = difference, difference, 0.0
        return Compared(
            Architecture("one", auto_class), {}, frozenset(), (), 1.0, *differences, exact
        )

    failed = Failed(Architecture("two", "CausalLM"), "ValueError")
    beside = [LeftOut(Architecture("three", "CausalLM"), "audio")]
    beside += [Unavailable(Architecture("four", "CausalLM"), "It has none.")]
    right, wrong = compared("CausalLM", 0.0), compared("MaskedLM", 2e-5)
    assert right_types([right, failed, *beside]) == {"one"}
    assert right_types([right, wrong, failed]) == set()
    assert text_types([right, wrong, failed, *beside]) == {"one", "two"}
    assert closing_line([right, failed]).startswith("1 of 2 model types")


@pytest.mark.parametrize("model_type", ["jamba", "nemotron_h", "recurrent_gemma"])
def test_a_mixed_type_keeps_its_block_numbers_and_notes_the_skipped_blocks(model_type):
    model = build(Architecture(model_type, "CausalLM"))
    captured = capture(model, inputs_for(model))
    attending = {"jamba": [1, 3], "nemotron_h": [2], "recurrent_gemma": [2]}[model_type]
    assert [layer.layer for layer in captured.layers["self"]] == attending
    skipped = {"jamba": "Layers 0, 2", "nemotron_h": "Layers 0-1, 3"}.get(model_type, "Layers 0-1")
    assert captured.notes[0].startswith(skipped)


def test_blocks_that_pool_their_text_are_skipped_with_a_note():
    model = build(Architecture("funnel", "MaskedLM"))
    captured = capture(model, inputs_for(model))
    assert [layer.layer for layer in captured.layers["self"]] == [0, 1, 2, 3, 12, 13, 14]
    assert captured.notes[0].startswith("8 blocks, such as funnel.encoder.blocks.1.0,")


@functools.cache
def built(model_type: str, auto_class: str) -> Any:
    return build(Architecture(model_type, auto_class))


@pytest.mark.parametrize("num_tokens", [1, 2, 9, 300])
@pytest.mark.parametrize(
    ("model_type", "auto_class"),
    [
        ("bloom", "CausalLM"),
        ("deberta-v2", "MaskedLM"),
        ("gemma3_text", "CausalLM"),
        ("gpt_neo", "CausalLM"),
        ("t5gemma", "Seq2SeqLM"),
        ("xlnet", "CausalLM"),
    ],
)
def test_the_law_holds_for_texts_of_any_length(model_type, auto_class, num_tokens):
    model = built(model_type, auto_class)
    inputs = inputs_for(model, num_tokens, num_target_tokens=2 * num_tokens + 1)
    expected = stock_weights(model, inputs)
    for component, layers in capture(model, inputs).layers.items():
        for layer, weights in zip(layers, expected[component], strict=True):
            torch.testing.assert_close(layer.weights(), weights, atol=1e-5, rtol=0.0)
            difference = layer.largest_difference()
            assert difference is not None
            assert difference < 1e-5


def test_a_component_that_was_not_observed_is_named(monkeypatch):
    model = build(Architecture("t5", "Seq2SeqLM"))
    for block in model.encoder.block:
        monkeypatch.setattr(block, "forward", lambda hidden, *_, **__: (hidden, None, None))
    with pytest.raises(AttentionUnavailable, match="in its encoder"):
        capture(model, inputs_for(model))
