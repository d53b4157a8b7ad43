"""A model's own tokenizer.json against the tokenizer that transformers builds from it.

transformers 5.23 rebuilds the tokenizer of some model types from the vocabulary alone (Qwen2,
Llama, GPT-2, BERT, T5 and others) and leaves out how the file normalizes and splits a text. The
model then reads other ids than it was trained on.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from weakref import WeakSet

from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

from .languages import language_ids

NOTE_ON_FILE = (
    "transformers would tokenize this text differently from the model's tokenizer.json: "
    "the tokens are those of the file."
)

# What tokenizers differ in: case, accents in both forms, digits, runs of blanks and punctuation,
# line breaks, contractions, letters that compatibility forms change, scripts, an emoji of several
# characters.
_PROBE = (
    "Hello  world, can't WE'LL 1234567 3.14!? \u201cna\u00efve\u201d cafe\u0301 Stra\u00dfe"
    "\n\n\tx\u00b2 \ufb01ve \uff21\uff22 \u2026 a--b ``q'' CamelCase_snake \u4e2d\u6587\u5b57 "
    "\u0440\u0443\u0441\u0441\u043a\u0438\u0439 \u0645\u0631\u062d\u0628\u0627 "
    "\u0939\u093f\u0928\u094d\u0926\u0940 \ud55c\uad6d\uc5b4 "
    "\U0001f469\u200d\U0001f52c\u3000the  end."
)

# entries of a vocabulary that are tokenized too: a small vocabulary knows little of the text above.
_NUM_ENTRIES = 512

_of_files: WeakSet[PreTrainedTokenizerBase] = WeakSet()


def with_ids_of_file(tokenizer: PreTrainedTokenizerBase, folder: Path) -> PreTrainedTokenizerBase:
    """Return the tokenizer, or one that makes the ids of ``tokenizer.json`` where it does not.

    Ids are compared on a text that tokenizers differ in and on entries of the vocabulary, without
    special tokens.
    ``tokenizer_config.json`` may ask for differences: a blank before the text, or lower case.

    Args:
        tokenizer: what transformers made of the folder.
        folder: a model's files; without ``tokenizer.json`` there is nothing to compare.

    Raises:
        Exception: what tokenizers or transformers raise for files that they cannot read.
    """
    path = folder / "tokenizer.json"
    if not path.is_file() or _has_two_languages(tokenizer):
        return tokenizer
    of_file = _whole(Tokenizer.from_file(str(path)))
    probes = _probes(of_file, tokenizer)
    if _ids(tokenizer, probes) == _ids_of_file(of_file, probes):
        return tokenizer
    described = json.loads(path.read_text(encoding="utf-8"))
    asked = json.dumps(_as_asked(described, _settings(folder)))
    of_file = _whole(Tokenizer.from_str(asked))
    ids = _ids_of_file(of_file, probes)
    if _ids(tokenizer, probes) == ids:
        return tokenizer
    for kind in (type(tokenizer), PreTrainedTokenizerFast):
        if issubclass(kind, PreTrainedTokenizerFast):
            rebuilt = kind.from_pretrained(
                str(folder), tokenizer_object=of_file, local_files_only=True
            )
            if _ids(rebuilt, probes) == ids:
                _of_files.add(rebuilt)
                return rebuilt
    raise ValueError("no tokenizer of transformers makes the ids of tokenizer.json")


def is_of_file(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Return whether ``with_ids_of_file`` made a tokenizer in place of transformers' own."""
    return tokenizer in _of_files


def _has_two_languages(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Return whether a tokenizer without a file reads source and target texts differently."""
    if tokenizer.is_fast:
        return False
    if language_ids(tokenizer):
        return True
    of_target = tokenizer(text_target=_PROBE, add_special_tokens=False)["input_ids"]
    return [list(of_target)] != _ids(tokenizer, [_PROBE])


def _whole(tokenizer: Tokenizer) -> Tokenizer:
    """Return a tokenizer that neither cuts a text nor fills it up, as its file may ask."""
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _probes(of_file: Tokenizer, tokenizer: PreTrainedTokenizerBase) -> list[str]:
    """Return texts to compare ids on: a fixed one, and entries spread over the vocabulary."""
    added = map(str, tokenizer.added_tokens_decoder.values())
    special = {*tokenizer.all_special_tokens, *added}
    vocabulary = sorted({*of_file.get_vocab(with_added_tokens=False)} - special)
    entries = vocabulary[:: max(1, len(vocabulary) // _NUM_ENTRIES)]
    return [_PROBE, " ".join(entries)]


def _ids_of_file(of_file: Tokenizer, probes: Sequence[str]) -> list[list[int]]:
    return [of_file.encode(probe, add_special_tokens=False).ids for probe in probes]


def _ids(tokenizer: PreTrainedTokenizerBase, probes: Sequence[str]) -> list[list[int]]:
    return [
        list(tokenizer(probe, add_special_tokens=False, truncation=False)["input_ids"])
        for probe in probes
    ]


def _settings(folder: Path) -> Mapping[str, Any]:
    path = folder / "tokenizer_config.json"
    settings = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return settings if isinstance(settings, dict) else {}


def _as_asked(described: dict[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the description of a tokenizer with what ``tokenizer_config.json`` sets otherwise."""
    prefix = settings.get("add_prefix_space")
    for step in _steps(described, "pre_tokenizer", "pretokenizers"):
        if step.get("type") == "ByteLevel" and prefix is not None:
            step["add_prefix_space"] = bool(prefix)
        elif step.get("type") == "Metaspace" and prefix is not None:
            scheme = step.get("prepend_scheme", "always")
            step["prepend_scheme"] = "never" if not prefix else scheme.replace("never", "first")
            step.pop("add_prefix_space", None)
    for step in _steps(described, "normalizer", "normalizers"):
        if step.get("type") == "Prepend" and prefix is not None and not prefix:
            step["prepend"] = ""
        if step.get("type") == "BertNormalizer":
            for name, ours in _BERT_SETTINGS.items():
                if settings.get(name) is not None:
                    step[ours] = bool(settings[name])
    return described


# Names in tokenizer_config.json, and those in tokenizer.json.
_BERT_SETTINGS = {
    "do_lower_case": "lowercase",
    "strip_accents": "strip_accents",
    "tokenize_chinese_chars": "handle_chinese_chars",
}


def _steps(described: dict[str, Any], part: str, several: str) -> list[dict[str, Any]]:
    """Return the steps of a normalizer or pre-tokenizer, which may be nested sequences."""
    found, todo = [], [described.get(part)]
    while todo:
        step = todo.pop()
        if isinstance(step, dict):
            found.append(step)
            todo += step.get(several) or []
    return found
