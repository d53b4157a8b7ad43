"""Read the texts of one request: check them, tokenize them, and note what was done with them."""

from dataclasses import dataclass, replace

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from ..errors import OptionNotSupported, SecondTextNotSupported
from ..trace import Token
from .decoder_start import decoder_start_ids
from .encoding import Encoding
from .id_checks import check_start_ids, check_token_ids, check_token_types
from .languages import check_language, default_languages, language_ids, using_languages
from .notes import (
    NOTE_ON_GENERATION,
    note_on_generated_target,
    notes_on_repeated_start,
    notes_on_source,
    notes_on_target,
)
from .table_sizes import takes_token_types
from .token_limit import TokenLimit, token_limit
from .token_texts import special_token
from .tokenization import encode, encode_target
from .tokenizer_file import NOTE_ON_TOKENIZER_FILE, is_rebuilt_from_file


@dataclass(frozen=True)
class Texts:
    """The tokenized texts of one request.

    Attributes:
        source: the text or the pair of texts; for an encoder-decoder model the encoder's text.
        target: the decoder's text; ``None`` for a model without a decoder, and until the model has
            generated it.
        start: the tokens that the decoder reads before the target text; empty for a model without
            a decoder.
        target_limit: how many tokens the decoder takes, including ``start``; for a model without a
            decoder, how many tokens it takes.
        notes: sentences that tell the reader what was done with the texts.
    """

    source: Encoding
    target: Encoding | None
    start: tuple[Token, ...]
    target_limit: TokenLimit
    notes: tuple[str, ...]

    @property
    def target_tokens(self) -> tuple[Token, ...] | None:
        """All tokens that the decoder reads; ``None`` while ``target`` is ``None``."""
        return None if self.target is None else (*self.start, *self.target.tokens)

    def with_generated_target(self, target: Encoding) -> "Texts":
        """Return these texts with a target text that the model generated, and a note on it."""
        return replace(self, target=target, notes=(*self.notes, note_on_generated_target(target)))

    def with_continued_source(self, source: Encoding, note: str) -> "Texts":
        """Return these texts with a source text that the model continued, and a note on it."""
        return replace(self, source=source, notes=(*self.notes, note))

    def with_generation_note(self) -> "Texts":
        """Return these texts, with a note if the model is going to generate the target text."""
        if self.target is not None or not self.start:
            return self
        return replace(self, notes=(*self.notes, NOTE_ON_GENERATION))


def read_texts(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    text: str,
    text_b: str | None,
    target_text: str | None,
    *,
    source_language: str | None,
    target_language: str | None,
    chat: bool,
    start_token: bool,
) -> Texts:
    """Tokenize the texts of one request.

    The model may lack its weights. The arguments and errors are those of ``bertviz_space.extract``.
    """
    has_decoder = bool(model.config.is_encoder_decoder)
    _check_inputs(has_decoder, text_b, target_text, start_token)
    languages = _choose_languages(model, tokenizer, source_language, target_language)
    start = _start_tokens(model, tokenizer, languages[1]) if has_decoder else ()
    limit = token_limit(model, tokenizer)
    target_limit = token_limit(model, tokenizer, "target") if has_decoder else limit
    target: Encoding | None = None
    with using_languages(tokenizer, *languages):
        source = encode(
            tokenizer, text, text_b, limit.num_tokens, chat=chat, start_token=start_token
        )
        if target_text is not None:
            target = encode_target(tokenizer, target_text, target_limit.num_tokens - len(start))
    _check_ids(model, source, target)
    notes = (NOTE_ON_TOKENIZER_FILE,) if is_rebuilt_from_file(tokenizer) else ()
    notes += notes_on_source(source, limit, chat=chat, start_token=start_token)
    notes += notes_on_repeated_start((), source)
    if target is not None:
        notes += notes_on_target(target, target_limit, len(start))
        notes += notes_on_repeated_start(start, target)
    return Texts(source, target, start, target_limit, notes)


def _check_inputs(
    has_decoder: bool, text_b: str | None, target_text: str | None, start_token: bool
) -> None:
    """Reject texts and options that the model does not take.

    Raises:
        SecondTextNotSupported: for a second text of an encoder-decoder model, or a target text of a
            model without a decoder.
        OptionNotSupported: for a start token before the text of an encoder-decoder model.
    """
    if has_decoder and text_b is not None:
        raise SecondTextNotSupported(
            "This model translates one text. Leave the second text empty, or enter a target text."
        )
    if not has_decoder and target_text is not None:
        raise SecondTextNotSupported("This model has no decoder. Leave the target text empty.")
    if has_decoder and start_token:
        raise OptionNotSupported(
            "The text of an encoder-decoder model has no start token. Leave the start token option "
            "off."
        )


def _choose_languages(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    source_language: str | None,
    target_language: str | None,
) -> tuple[str | None, str | None]:
    """Return the codes of the source and the target language, with the model's defaults.

    Raises:
        LanguageUnknown: if the tokenizer does not know a code.
    """
    for code in (source_language, target_language):
        if code is not None:
            check_language(tokenizer, code)
    generation_config = model.generation_config if model.can_generate() else None
    defaults = default_languages(tokenizer, model.config, generation_config)
    return source_language or defaults[0], target_language or defaults[1]


def _start_tokens(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, target_language: str | None
) -> tuple[Token, ...]:
    """Return the tokens that the decoder reads before the target text."""
    start_ids = decoder_start_ids(model, tokenizer, target_language)
    check_start_ids(model, start_ids, language_ids(tokenizer))
    return tuple(special_token(tokenizer, start_id) for start_id in start_ids)


def _check_ids(model: PreTrainedModel, source: Encoding, target: Encoding | None) -> None:
    """Reject ids and token types that the model has no row for (``TokenUnknown``)."""
    check_token_ids(model, source, "source")
    if takes_token_types(model):
        check_token_types(model, source)
    if target is not None:
        check_token_ids(model, target, "target")
