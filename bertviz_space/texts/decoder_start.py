"""Find the token ids that a decoder reads before the target text."""

from collections.abc import Sequence

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from ..errors import AttentionUnavailable, LanguageUnknown
from .id_settings import ids_of
from .languages import language_ids

_CHOOSE = "Choose another model."


def decoder_start_ids(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, target_language: str | None
) -> tuple[int, ...]:
    """Return the ids that the decoder reads before the target text.

    Without languages this is one start token. With languages it is the start token and the token
    of the target language (mBART-50, M2M100, NLLB), or the token of the target language alone if
    the decoder starts with a language (mBART).

    Args:
        model: an encoder-decoder model, with or without its weights.
        tokenizer: its tokenizer.
        target_language: one of the codes of ``language_ids``, or ``None``.

    Raises:
        AttentionUnavailable: if the configuration does not name exactly one start token.
        LanguageUnknown: if the tokenizer has languages and ``target_language`` is ``None``.
    """
    languages = language_ids(tokenizer)
    start_id = _configured_start_id(model)
    if not languages:
        return (start_id if start_id is not None else _text_start_id(model),)
    if target_language is None:
        raise LanguageUnknown("Choose a target language: this model has no default.")
    language_id = languages[target_language]
    if start_id is None or start_id in languages.values():
        return (language_id,)
    return (start_id, language_id)


def _configured_start_id(model: PreTrainedModel) -> int | None:
    """Return the id of ``decoder_start_token_id``, ``None`` if no configuration sets it."""
    settings = [getattr(each, "decoder_start_token_id", None) for each in _configurations(model)]
    return _single_id(settings)


def _text_start_id(model: PreTrainedModel) -> int:
    """Return the id of the token that begins a text.

    transformers' ``generate`` starts the decoder with this token if ``decoder_start_token_id`` is
    not set. It reads the generation configuration, which is the last one here.
    """
    start_id = _single_id([getattr(_configurations(model)[-1], "bos_token_id", None)])
    if start_id is None:
        raise AttentionUnavailable(
            "This model's configuration does not say which token its decoder starts with. "
            f"{_CHOOSE}"
        )
    return start_id


def _configurations(model: PreTrainedModel) -> list[object]:
    return [model.config, *([model.generation_config] if model.can_generate() else [])]


def _single_id(settings: Sequence[object]) -> int | None:
    """Return the id in the first setting that is not ``None``.

    A list gives a start token for each text of a batch. A list of one id is accepted.
    """
    setting = next((each for each in settings if each is not None), None)
    if setting is None:
        return None
    ids = ids_of(setting)
    if len(ids) != 1 or ids[0] < 0:
        raise AttentionUnavailable(
            f"This model's configuration says that its decoder starts with {str(setting)[:80]}, "
            f"which is not one token. {_CHOOSE}"
        )
    return ids[0]
