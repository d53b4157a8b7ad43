"""The languages of a translation tokenizer: their codes and token ids, and how to select two."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from transformers import GenerationConfig, PreTrainedConfig, PreTrainedTokenizerBase

from ..errors import LanguageUnknown
from .id_settings import ids_of

# codes that an error message lists; NLLB has 202.
_NUM_LISTED_CODES = 8


def language_ids(tokenizer: PreTrainedTokenizerBase) -> Mapping[str, int]:
    """Return the code and the token id of each language: ``de_DE`` (mBART), ``de`` (M2M100).

    A code is the language's token without the underscores around it (``__de__``). Most tokenizers
    have no languages.
    """
    if not (hasattr(tokenizer, "src_lang") and hasattr(tokenizer, "tgt_lang")):
        return {}
    ids: dict[str, Any] | None = getattr(tokenizer, "lang_code_to_id", None)
    if ids is None:
        # NLLB and SeamlessM4T have no table of languages. Their languages are the extra special
        # tokens, if the source language is one of them. FSMT has languages but no tokens for them.
        extra = [str(token) for token in getattr(tokenizer, "extra_special_tokens", ())]
        ids = {token: tokenizer.convert_tokens_to_ids(token) for token in extra}
        if tokenizer.src_lang not in ids:
            return {}
    return {
        str(token).strip("_"): token_id
        for token, token_id in ids.items()
        if token_id != tokenizer.unk_token_id
    }


def default_languages(
    tokenizer: PreTrainedTokenizerBase,
    config: PreTrainedConfig,
    generation_config: GenerationConfig | None,
) -> tuple[str | None, str | None]:
    """Return the codes of the default source and target language.

    The default target language is the tokenizer's, or the language that the model's configuration
    starts the target text with, or the source language, which transformers falls back to.

    Args:
        tokenizer: a tokenizer with or without languages.
        config: the configuration of its model.
        generation_config: the generation configuration of its model, ``None`` if it is unknown.

    Returns:
        Both codes; ``None`` for a language without a default.
    """
    codes = {token_id: code for code, token_id in language_ids(tokenizer).items()}
    if not codes:
        return None, None
    source = _tokenizer_language(tokenizer, "src_lang")
    first_ids = [*ids_of(getattr(config, "decoder_start_token_id", None))]
    if generation_config is not None:
        first_ids += ids_of(generation_config.decoder_start_token_id)
        first_ids += ids_of(generation_config.forced_bos_token_id)
    configured = next((codes[each] for each in first_ids if each in codes), None)
    return source, _tokenizer_language(tokenizer, "tgt_lang") or configured or source


def check_language(tokenizer: PreTrainedTokenizerBase, code: str) -> None:
    """Check that the tokenizer has a token for a language.

    Raises:
        LanguageUnknown: if the tokenizer has no such token. The message lists some codes that the
            tokenizer has, first those that begin like ``code``.
    """
    known = sorted(language_ids(tokenizer))
    if not known:
        raise LanguageUnknown(
            "This model has no languages to choose from. Leave the languages empty."
        )
    if code not in known:
        similar = [each for each in known if each[:2].lower() == code[:2].lower()]
        listed = (similar + [each for each in known if each not in similar])[:_NUM_LISTED_CODES]
        raise LanguageUnknown(
            f"This model has no language {code!r}. Choose one of its {len(known)} codes, "
            f"such as {', '.join(listed)}."
        )


@contextmanager
def using_languages(
    tokenizer: PreTrainedTokenizerBase, source: str | None, target: str | None
) -> Iterator[None]:
    """Lock a tokenizer and set its languages; restore them and unlock the tokenizer at the end.

    The languages, and whether a text is in the source or the target language, are state of the
    tokenizer, so threads that share a tokenizer use it one at a time.

    Args:
        tokenizer: a tokenizer with or without languages.
        source: the code of the source language, ``None`` for no change.
        target: the code of the target language, ``None`` for no change.
    """
    with _locks_guard:
        lock = _locks.setdefault(tokenizer, Lock())
    with lock:
        if source is None and target is None:
            yield
            return
        before: tuple[Any, Any] = tokenizer.src_lang, tokenizer.tgt_lang
        try:
            _set_languages(tokenizer, source or before[0], target or before[1])
            yield
        finally:
            _set_languages(tokenizer, *before)


_locks: WeakKeyDictionary[PreTrainedTokenizerBase, Lock] = WeakKeyDictionary()
_locks_guard = Lock()


def _set_languages(
    tokenizer: PreTrainedTokenizerBase, source: str | None, target: str | None
) -> None:
    tokenizer.tgt_lang = target
    # Setting the source language also makes the tokenizer read texts as source texts, so it comes
    # last.
    tokenizer.src_lang = source


def _tokenizer_language(tokenizer: PreTrainedTokenizerBase, attribute: str) -> str | None:
    """Return the code of the tokenizer's own source or target language."""
    token = getattr(tokenizer, attribute)
    return None if token is None else str(token).strip("_")
