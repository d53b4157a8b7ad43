"""What is said of the reader's texts: once, and only where it is so."""

from typing import Any

import pytest

from bertviz_space.texts.reading import read_texts
from tests.unit import small_tokenizers as small
from tests.unit.tiny_models import KINDS


def notes_of(kind: str, tokenizer: Any, text: str, **given: Any) -> list[str]:
    options: dict[str, Any] = dict.fromkeys(
        ("text_b", "target_text", "source_language", "target_language")
    )
    options |= {"chat": False, "start_token": False} | given
    return list(read_texts(KINDS[kind].build(), tokenizer, text, **options).notes)


def test_a_start_token_that_is_pasted_beside_the_tokenizers_own_is_mentioned_once():
    notes = notes_of("bert", small.wordpiece(), "[CLS] the cat [SEP]")
    assert len(notes) == 1
    assert "begins with [CLS]" in notes[0]
    assert "reads it twice" in notes[0]


@pytest.mark.parametrize("text", ["the cat", "the [CLS] cat", "[SEP] the cat"])
def test_a_text_that_begins_otherwise_is_not_mentioned(text):
    assert notes_of("bert", small.wordpiece(), text) == []


def test_a_start_token_that_the_tokenizer_leaves_out_may_be_typed():
    assert notes_of("gpt2", small.gpt2_style(), "<|endoftext|>the cat") == []


def test_a_start_token_that_is_pasted_into_the_target_is_mentioned():
    kind = next(name for name in KINDS if KINDS[name].build().config.is_encoder_decoder)
    tokenizer = small.t5_style()
    model = KINDS[kind].build()
    start = tokenizer.convert_ids_to_tokens(model.config.decoder_start_token_id)
    notes = notes_of(kind, tokenizer, "the cat", target_text=f"{start} the cat")
    assert [f"begins with {start}" in note for note in notes] == [True]
