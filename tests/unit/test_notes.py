"""Notes on the texts of a request appear once, and only if they apply."""

from typing import Any

import pytest

from bertviz_space.texts.reading import read_texts
from tests.unit import small_tokenizers as small
from tests.unit.tiny_models import KINDS


def notes_of(kind: str, tokenizer: Any, text: str, **overrides: Any) -> list[str]:
    options: dict[str, Any] = dict.fromkeys(
        ("text_b", "target_text", "source_language", "target_language")
    )
    options |= {"chat": False, "start_token": False} | overrides
    return list(read_texts(KINDS[kind].build(), tokenizer, text, **options).notes)


def test_a_typed_start_token_that_the_tokenizer_also_adds_is_noted_once():
    notes = notes_of("bert", small.wordpiece(), "[CLS] the cat [SEP]")
    assert len(notes) == 1
    assert "begins with [CLS]" in notes[0]
    assert "reads it twice" in notes[0]


@pytest.mark.parametrize("text", ["the cat", "the [CLS] cat", "[SEP] the cat"])
def test_a_text_that_begins_with_another_token_gets_no_note(text):
    assert notes_of("bert", small.wordpiece(), text) == []


def test_a_typed_start_token_that_the_tokenizer_does_not_add_gets_no_note():
    assert notes_of("gpt2", small.gpt2_style(), "<|endoftext|>the cat") == []


def test_a_typed_start_token_in_the_target_text_is_noted():
    kind = next(name for name in KINDS if KINDS[name].build().config.is_encoder_decoder)
    tokenizer = small.t5_style()
    model = KINDS[kind].build()
    start = tokenizer.convert_ids_to_tokens(model.config.decoder_start_token_id)
    notes = notes_of(kind, tokenizer, "the cat", target_text=f"{start} the cat")
    assert [f"begins with {start}" in note for note in notes] == [True]
