"""The reader's message for types of models without attention of every query to every key."""

import pytest

from bertviz_space.models.unsupported import unsupported_reason


@pytest.mark.parametrize("model_type", ["fnet", "mamba", "rwkv", "xlstm"])
def test_the_reason_names_a_type_without_attention(model_type):
    sentence = unsupported_reason(model_type)
    assert sentence is not None
    assert "no attention to show" in sentence


@pytest.mark.parametrize("model_type", ["longformer", "led", "longt5", "reformer", "yoso", "mra"])
def test_the_reason_names_a_type_with_another_attention(model_type):
    sentence = unsupported_reason(model_type)
    assert sentence is not None
    assert "every token to every token" in sentence


@pytest.mark.parametrize("model_type", ["bert", "gpt2", "t5", "deberta-v2", "", "no such type"])
def test_there_is_no_reason_for_supported_types(model_type):
    assert unsupported_reason(model_type) is None
