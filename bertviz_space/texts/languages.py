"""The languages that a translation tokenizer tells apart, each by a token of its own."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from transformers import GenerationConfig, PreTrainedConfig, PreTrainedTokenizerBase

from ..errors import LanguageUnknown
from .special_ids import ids_of

# valid codes that a sentence names; NLLB has 202.
_NAMED_CODES = 8


def language_ids(tokenizer: PreTrainedTokenizerBase) -> Mapping[str, int]:
    """Code and token id of every language, such as ``de_DE`` (mBART), ``de`` (M2M100); often none.

    A code is the language's token without the underscores around it (``__de__``).
    """
    if not (hasattr(tokenizer, "src_lang") and hasattr(tokenizer, "tgt_lang")):
        return {}
    ids: dict[str, Any] | None = getattr(tokenizer, "lang_code_to_id", None)
    if ids is None:
        # NLLB and SeamlessM4T have no table: their languages are the special tokens beyond the
        # usual ones, if the language set is among them (FSMT has a language and no token for it).
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
    """Source and target language where nobody chooses; ``None`` where there is no default.

    The target's is the tokenizer's own, or the one that the model's configuration starts with, or
    the source's, which is what transformers falls back on.

    Args:
        tokenizer: a tokenizer, with languages or without.
        config: the configuration of its model.
        generation_config: how the model writes, ``None`` if that is not known.
    """
    codes = {token_id: code for code, token_id in language_ids(tokenizer).items()}
    if not codes:
        return None, None
    source = _own_code(tokenizer, "src_lang")
    first_ids = [*ids_of(getattr(config, "decoder_start_token_id", None))]
    if generation_config is not None:
        first_ids += ids_of(generation_config.decoder_start_token_id)
        first_ids += ids_of(generation_config.forced_bos_token_id)
    started = (codes[each] for each in first_ids if each in codes)
    return source, _own_code(tokenizer, "tgt_lang") or next(started, None) or source


def check_language(tokenizer: PreTrainedTokenizerBase, code: str) -> None:
    """Refuse a language that the tokenizer has no token for.

    Raises:
        LanguageUnknown: naming some codes that it has.
    """
    known = sorted(language_ids(tokenizer))
    if not known:
        raise LanguageUnknown("This model has no languages to choose from. Leave them out.")
    if code not in known:
        alike = [each for each in known if each[:2].lower() == code[:2].lower()]
        named = (alike + [each for each in known if each not in alike])[:_NAMED_CODES]
        raise LanguageUnknown(
            f"This model has no language {code!r}. Choose one of its {len(known)} codes, "
            f"such as {', '.join(named)}."
        )


@contextmanager
def speaking(
    tokenizer: PreTrainedTokenizerBase, source: str | None, target: str | None
) -> Iterator[None]:
    """Have a tokenizer for oneself, set to two languages; they are set back at the end.

    A tokenizer has a state: the languages, and the side of the translation that it is on. Threads
    that share one take turns.

    Args:
        tokenizer: a tokenizer, with languages or without.
        source: code of the text's language, ``None`` to leave it.
        target: code of the target text's language, ``None`` to leave it.
    """
    with _locks_guard:
        lock = _locks.setdefault(tokenizer, Lock())
    with lock:
        if source is None and target is None:
            yield
            return
        before: tuple[Any, Any] = tokenizer.src_lang, tokenizer.tgt_lang
        try:
            _set(tokenizer, source or before[0], target or before[1])
            yield
        finally:
            _set(tokenizer, *before)


_locks: WeakKeyDictionary[PreTrainedTokenizerBase, Lock] = WeakKeyDictionary()
_locks_guard = Lock()


def _set(tokenizer: PreTrainedTokenizerBase, source: str | None, target: str | None) -> None:
    # The source last: setting it also puts the tokenizer on the source's side.
    tokenizer.tgt_lang = target
    tokenizer.src_lang = source


def _own_code(tokenizer: PreTrainedTokenizerBase, name: str) -> str | None:
    token = getattr(tokenizer, name)
    return None if token is None else str(token).strip("_")
