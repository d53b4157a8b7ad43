"""What the page says about a result: the numbers of layers, heads and tokens."""

from dataclasses import replace

import pytest

from bertviz_space import extract
from bertviz_space.jobs.summary import summary
from tests.unit.tiny_models import KINDS


def equal_layers(vocab_size):
    config = KINDS["bart"].config(vocab_size)
    config.decoder_layers = config.encoder_layers
    return config


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (
            KINDS["t5"],
            "encoder 2 layers × 4 heads · decoder and cross 3 layers × 4 heads · 3 tokens"
            " · 3 target tokens",
        ),
        (
            replace(KINDS["bart"], config=equal_layers),
            "encoder, decoder and cross 2 layers × 4 heads · 5 tokens · 5 target tokens",
        ),
    ],
)
def test_kinds_of_attention_of_one_size_are_named_together(kind, expected):
    trace = extract(kind.build(), kind.tokenizer(), "the cat", target_text="the cat")
    assert summary(trace, "a model") == f"a model · {expected}"


def test_a_model_with_one_kind_of_attention_does_not_name_it():
    trace = extract(KINDS["bert"].build(), KINDS["bert"].tokenizer(), "the cat")
    assert summary(trace, "a model") == "a model · 3 layers × 4 heads · 4 tokens"
