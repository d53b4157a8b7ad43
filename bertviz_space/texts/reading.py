"""The reader's texts as a model takes them, and the target text that a model writes itself."""

from dataclasses import dataclass, replace
from typing import Any

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from ..errors import LanguageUnknown, OptionNotSupported, SecondTextNotSupported, TextTooLong
from ..limits import MAX_GENERATED_TOKENS
from ..model_errors import explain_model_errors, explain_tokenizer_errors
from ..trace import Token
from .encoding import Encoding, TokenLimit, token_limit
from .known import check_forced, check_start, check_token_ids, check_token_types
from .languages import check_language, default_languages, language_ids, speaking
from .notes import (
    NOTE_ON_UNWRITTEN,
    note_on_written,
    notes_on_start,
    notes_on_target,
    notes_on_text,
)
from .pieces import special_token, written_pieces
from .special_ids import decoder_start_id, first_id, ids_of
from .tables import takes_token_types
from .tokenizer_file import NOTE_ON_FILE, is_of_file
from .tokens import encode, encode_target


@dataclass(frozen=True)
class Texts:
    """Everything that goes into one pass.

    Attributes:
        source: the text, or the pair.
        target: the decoder's text, ``None`` where there is none, or while it is not written.
        start: the tokens before the target text, none for a model without a decoder.
        target_limit: how much fits on the decoder's side, the start included.
        notes: what was done with the texts.
    """

    source: Encoding
    target: Encoding | None
    start: tuple[Token, ...]
    target_limit: TokenLimit
    notes: tuple[str, ...]

    @property
    def target_tokens(self) -> tuple[Token, ...] | None:
        """The tokens of the decoder's side, ``None`` where there are none, or none yet."""
        return None if self.target is None else (*self.start, *self.target.tokens)

    def written(self, target: Encoding) -> "Texts":
        """The same with a target text that the model wrote."""
        return replace(self, target=target, notes=(*self.notes, note_on_written(target)))

    def unwritten(self) -> "Texts":
        """The same with a note where a target text is left for the model to write."""
        if self.target is not None or not self.start:
            return self
        return replace(self, notes=(*self.notes, NOTE_ON_UNWRITTEN))


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
    """Tokenize the texts of one request; the arguments and errors are those of ``extract``."""
    has_decoder = bool(model.config.is_encoder_decoder)
    if has_decoder and text_b is not None:
        raise SecondTextNotSupported(
            "This model translates one text. Leave the second text empty, or give a target text."
        )
    if not has_decoder and target_text is not None:
        raise SecondTextNotSupported("This model has no decoder. Leave the target text empty.")
    if has_decoder and start_token:
        raise OptionNotSupported("The text of this model has no start token: leave it out.")
    for code in (source_language, target_language):
        if code is not None:
            check_language(tokenizer, code)
    writes = model.generation_config if model.can_generate() else None
    source_default, target_default = default_languages(tokenizer, model.config, writes)
    source_language = source_language or source_default
    target_language = target_language or target_default
    start_ids = _decoder_start(model, tokenizer, target_language) if has_decoder else ()
    check_start(model, start_ids, language_ids(tokenizer))
    start = tuple(special_token(tokenizer, start_id) for start_id in start_ids)
    limit = token_limit(model, tokenizer)
    target_limit = token_limit(model, tokenizer, "target") if has_decoder else limit
    target: Encoding | None = None
    with speaking(tokenizer, source_language, target_language):
        source = encode(
            tokenizer, text, text_b, limit.num_tokens, chat=chat, start_token=start_token
        )
        if target_text is not None:
            target = encode_target(tokenizer, target_text, target_limit.num_tokens - len(start))
    notes = (NOTE_ON_FILE,) if is_of_file(tokenizer) else ()
    notes += notes_on_text(source, limit, chat=chat, start_token=start_token)
    notes += notes_on_start((), source)
    if target is not None:
        notes += notes_on_target(target, target_limit, len(start)) + notes_on_start(start, target)
    check_token_ids(model, source, "source")
    if takes_token_types(model):
        check_token_types(model, source)
    if target is not None:
        check_token_ids(model, target, "target")
    return Texts(source, target, start, target_limit, notes)


def write_target(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, texts: Texts
) -> Encoding:
    """The target text as the model writes it, greedily, without the end token that closes it.

    It counts as cut where the bound of ``MAX_GENERATED_TOKENS`` came before that token.

    Raises:
        SecondTextNotSupported: if the model was loaded without the head that writes.
        TokenUnknown: if it is made to write a token that it has no row for.
        TextTooLong: if the decoder has no position after its start.
        ModelFailed: if the model's own code fails.
    """
    if not model.can_generate():
        raise SecondTextNotSupported("This model cannot write the target text itself. Enter one.")
    check_forced(model)
    generate: Any = model.generate
    device, start_ids = model.device, [token.token_id for token in texts.start]
    input_ids = torch.tensor([texts.source.token_ids], device=device)
    bound = min(MAX_GENERATED_TOKENS, texts.target_limit.num_tokens - len(start_ids))
    if bound < 1:
        raise TextTooLong(
            f"The decoder of this model has {texts.target_limit.num_tokens} positions, and its "
            "start takes them all: there is no room for a target text. Choose another model."
        )
    with explain_model_errors(model.config.model_type):
        written = generate(
            input_ids=input_ids,
            attention_mask=torch.ones_like(input_ids),
            # The start is given whole, and its first token by name too: else generate adds its own.
            decoder_input_ids=torch.tensor([start_ids], device=device),
            decoder_start_token_id=start_ids[0],
            max_new_tokens=bound,
            num_beams=1,
            do_sample=False,
            return_dict_in_generate=False,
            # transformers 5.23 sizes a T5's cache by the encoder's depth: unequal depths fail.
            use_cache=False,
        )
    token_ids = tuple(written[0, len(start_ids) :].tolist())
    # BART and its kin are made to end where the bound is: that end is not the model's own.
    whole = len(token_ids) < bound or model.generation_config.forced_eos_token_id is None
    ends = (*ids_of(model.generation_config.eos_token_id), tokenizer.eos_token_id)
    if token_ids and token_ids[-1] in ends:
        token_ids = token_ids[:-1]
    else:
        whole = False
    with explain_tokenizer_errors():
        tokens = written_pieces(tokenizer, token_ids)
    return Encoding(token_ids, None, tokens, len(token_ids), cut=() if whole else ("A",))


def _decoder_start(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, target_language: str | None
) -> tuple[int, ...]:
    """Return the ids before the target text.

    A start token, as a rule; then the token of the target language where there are languages
    (mBART-50, M2M100, NLLB); or that alone, where it is what the decoder starts with (mBART).
    """
    languages = language_ids(tokenizer)
    if not languages:
        return (first_id(model),)
    start_id = decoder_start_id(model)
    if target_language is None:
        raise LanguageUnknown("Choose a target language: this model has no default.")
    language_id = languages[target_language]
    if start_id is None or start_id in languages.values():
        return (language_id,)
    return (start_id, language_id)
