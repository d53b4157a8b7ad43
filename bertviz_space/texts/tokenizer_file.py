"""Make a tokenizer return the ids of the model's own tokenizer.json.

For some model types (Qwen2, Llama, GPT-2, BERT, T5 and others), transformers 5.23 builds the
tokenizer from the vocabulary alone and ignores how tokenizer.json normalizes and splits a text. The
model would then read other ids than those it was trained on.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from weakref import WeakSet

from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

from .languages import language_ids

NOTE_ON_TOKENIZER_FILE = (
    "transformers would tokenize this text differently from the model's tokenizer.json: "
    "the tokens are those of the file."
)

# A text that tokenizers treat differently: case, accents in both Unicode forms, digits, runs of
# blanks and punctuation, line breaks, contractions, letters that compatibility forms change,
# several scripts, an emoji of several characters.
_PROBE = (
    "Hello  world, can't WE'LL 1234567 3.14!? \u201cna\u00efve\u201d cafe\u0301 Stra\u00dfe"
    "\n\n\tx\u00b2 \ufb01ve \uff21\uff22 \u2026 a--b ``q'' CamelCase_snake \u4e2d\u6587\u5b57 "
    "\u0440\u0443\u0441\u0441\u043a\u0438\u0439 \u0645\u0631\u062d\u0628\u0627 "
    "\u0939\u093f\u0928\u094d\u0926\u0940 \ud55c\uad6d\uc5b4 "
    "\U0001f469\u200d\U0001f52c\u3000the  end."
)

# entries of the vocabulary that are tokenized as well: a small vocabulary has few pieces of _PROBE.
_NUM_ENTRIES = 512

_rebuilt: WeakSet[PreTrainedTokenizerBase] = WeakSet()


def follow_tokenizer_file(
    tokenizer: PreTrainedTokenizerBase, folder: Path
) -> PreTrainedTokenizerBase:
    """Return the tokenizer if its ids are those of ``tokenizer.json``; otherwise rebuild it.

    The ids of a text that tokenizers treat differently, and of entries of the vocabulary, are
    compared without special tokens. Differences that ``tokenizer_config.json`` asks for, such as a
    blank before the text or lower case, are kept.

    Args:
        tokenizer: the tokenizer that transformers loaded from the folder.
        folder: the folder of a model's files. Without ``tokenizer.json`` nothing is compared.

    Raises:
        ValueError: if no tokenizer of transformers returns the ids of ``tokenizer.json``.
        Exception: other errors that tokenizers or transformers raise for unreadable files.
    """
    path = folder / "tokenizer.json"
    if not path.is_file() or _has_two_languages(tokenizer):
        return tokenizer
    from_file = _without_truncation(Tokenizer.from_file(str(path)))
    probes = _probes(from_file, tokenizer)
    ids = _ids(tokenizer, probes)
    if ids == _ids_from_file(from_file, probes):
        return tokenizer
    description = json.loads(path.read_text(encoding="utf-8"))
    _apply_settings(description, _read_settings(folder))
    from_file = _without_truncation(Tokenizer.from_str(json.dumps(description)))
    expected = _ids_from_file(from_file, probes)
    if ids == expected:
        return tokenizer
    for tokenizer_class in (type(tokenizer), PreTrainedTokenizerFast):
        if issubclass(tokenizer_class, PreTrainedTokenizerFast):
            rebuilt = tokenizer_class.from_pretrained(
                str(folder), tokenizer_object=from_file, local_files_only=True
            )
            if _ids(rebuilt, probes) == expected:
                _rebuilt.add(rebuilt)
                return rebuilt
    raise ValueError("no tokenizer of transformers returns the ids of tokenizer.json")


def is_rebuilt_from_file(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Return whether ``follow_tokenizer_file`` rebuilt this tokenizer."""
    return tokenizer in _rebuilt


def _has_two_languages(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Return whether a slow tokenizer reads source and target texts differently.

    A ``tokenizer.json`` describes only one of the two ways.
    """
    if tokenizer.is_fast:
        return False
    if language_ids(tokenizer):
        return True
    target_ids = tokenizer(text_target=_PROBE, add_special_tokens=False)["input_ids"]
    return [list(target_ids)] != _ids(tokenizer, [_PROBE])


def _without_truncation(tokenizer: Tokenizer) -> Tokenizer:
    """Turn off the truncation and padding that a tokenizer's file can ask for."""
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _probes(from_file: Tokenizer, tokenizer: PreTrainedTokenizerBase) -> list[str]:
    """Return the texts whose ids are compared: ``_PROBE``, and entries across the vocabulary."""
    added = map(str, tokenizer.added_tokens_decoder.values())
    special = {*tokenizer.all_special_tokens, *added}
    vocabulary = sorted({*from_file.get_vocab(with_added_tokens=False)} - special)
    entries = vocabulary[:: max(1, len(vocabulary) // _NUM_ENTRIES)]
    return [_PROBE, " ".join(entries)]


def _ids_from_file(from_file: Tokenizer, probes: Sequence[str]) -> list[list[int]]:
    return [from_file.encode(probe, add_special_tokens=False).ids for probe in probes]


def _ids(tokenizer: PreTrainedTokenizerBase, probes: Sequence[str]) -> list[list[int]]:
    return [
        list(tokenizer(probe, add_special_tokens=False, truncation=False)["input_ids"])
        for probe in probes
    ]


def _read_settings(folder: Path) -> Mapping[str, Any]:
    """Return the settings in ``tokenizer_config.json``, if there are any."""
    path = folder / "tokenizer_config.json"
    settings = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return settings if isinstance(settings, dict) else {}


def _apply_settings(description: dict[str, Any], settings: Mapping[str, Any]) -> None:
    """Change the description of a tokenizer as ``tokenizer_config.json`` asks for.

    Args:
        description: the content of ``tokenizer.json``, which this function changes.
        settings: the content of ``tokenizer_config.json``.
    """
    add_prefix = settings.get("add_prefix_space")
    if add_prefix is not None:
        for step in _steps(description, "pre_tokenizer", "pretokenizers"):
            if step.get("type") == "ByteLevel":
                step["add_prefix_space"] = bool(add_prefix)
            elif step.get("type") == "Metaspace":
                scheme = step.get("prepend_scheme", "always")
                step["prepend_scheme"] = scheme.replace("never", "first") if add_prefix else "never"
                step.pop("add_prefix_space", None)
    for step in _steps(description, "normalizer", "normalizers"):
        if step.get("type") == "Prepend" and add_prefix is not None and not add_prefix:
            step["prepend"] = ""
        if step.get("type") == "BertNormalizer":
            for name, name_in_file in _BERT_SETTINGS.items():
                if settings.get(name) is not None:
                    step[name_in_file] = bool(settings[name])


# Names of the settings in tokenizer_config.json, and their names in tokenizer.json.
_BERT_SETTINGS = {
    "do_lower_case": "lowercase",
    "strip_accents": "strip_accents",
    "tokenize_chinese_chars": "handle_chinese_chars",
}


def _steps(description: dict[str, Any], part: str, sequence: str) -> list[dict[str, Any]]:
    """Return the steps of a normalizer or pre-tokenizer, which can be nested sequences.

    Args:
        description: the content of ``tokenizer.json``.
        part: the name of the part, ``normalizer`` or ``pre_tokenizer``.
        sequence: the name of the list of steps in a sequence.
    """
    steps, pending = [], [description.get(part)]
    while pending:
        step = pending.pop()
        if isinstance(step, dict):
            steps.append(step)
            pending += step.get(sequence) or []
    return steps
