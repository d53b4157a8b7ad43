"""List the files of a repository that transformers reads.

Admission, the download and loading all use this list: admission adds up the sizes of the files, the
download fetches them, and loading opens them. All files are in the repository's root folder.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...limits import MAX_SETTINGS_BYTES

CONFIG = "config.json"
WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"

# The files that the tokenizers of transformers 5.23 name as their vocabulary, checked by
# tests/unit/test_repository_files.py, and the files that transformers finds by a pattern.
VOCABULARIES = frozenset({
    "bpe.codes", "dict.txt", "prophetnet.tokenizer", "sentencepiece.bpe.model",
    "sentencepiece.model", "source.spm", "spiece.model", "spm.model", "spm_char.model",
    "tekken.json", "tiktoken.model", "tokenizer.json", "tokenizer.model", "vocab-src.json",
    "vocab.json", "vocab.txt",
})  # fmt: skip

# Other files that transformers reads for a model and its tokenizer.
_COMPANIONS = frozenset({
    CONFIG, "generation_config.json",
    "added_tokens.json", "byte_maps.json", "chat_template.jinja", "emoji.json",
    "entity_vocab.json", "merges.txt", "normalizer.json", "special_tokens_map.json", "target.spm",
    "target_vocab.json", "tokenizer_config.json", "vocab-tgt.json", "word_pronunciation.json",
    "word_shape.json",
})  # fmt: skip

# A vocabulary in the format of OpenAI's tiktoken; a versioned config.json or tokenizer.json.
_TIKTOKEN = re.compile(r"[^/\\]+\.tiktoken")
_VERSIONED = re.compile(r"(config|tokenizer)\.[0-9][0-9A-Za-z.]*\.json")

_WEIGHT_SUFFIXES = (".safetensors", ".safetensors.index.json")

_CHOOSE_ANOTHER = "Choose another model."

# A file name that names a file of the root folder on every file system.
_PLAIN_NAME = re.compile(r"[^/\\\x00-\x1f]{1,200}")

# Returns the content of a small file, ``None`` if the file does not exist.
ReadFile = Callable[[str], bytes | None]


class UnusableFiles(ValueError):
    """Files that transformers would not load; the message follows a model's id in a sentence."""


class UnreadableIndex(UnusableFiles):
    """An index of weights that is missing or malformed."""


def is_vocabulary(name: str) -> bool:
    """Return whether a file of this name contains a tokenizer's vocabulary."""
    return name in VOCABULARIES or _TIKTOKEN.fullmatch(name) is not None


def small_files(names: Collection[str], settings: Mapping[str, object]) -> set[str]:
    """Return the files that are fetched before the weights.

    They are the files of the configuration and of the tokenizer, and the index of the weights.

    Args:
        names: all files of the root folder.
        settings: the content of ``config.json``, as far as it is known.
    """
    found = {name for name in names if is_vocabulary(name) or name in _COMPANIONS}
    found |= {name for name in names if _VERSIONED.fullmatch(name)}
    with suppress(UnusableFiles):
        entry = weights_entry(names, settings)
        found |= {entry} if entry.endswith(".json") else set()
    return found


def weights_entry(names: Collection[str], settings: Mapping[str, object]) -> str:
    """Return the file of the weights that transformers opens first: a safetensors file or an index.

    Args:
        names: all files of the root folder.
        settings: the content of ``config.json``.

    Raises:
        UnusableFiles: there is no such file.
    """
    named = settings.get("transformers_weights")
    if named is not None:
        if not isinstance(named, str) or not named.endswith(_WEIGHT_SUFFIXES):
            raise UnusableFiles(
                "has a config.json whose transformers_weights names no safetensors file. "
                f"{_CHOOSE_ANOTHER}"
            )
        if named not in names:
            raise UnusableFiles(
                f"lacks the file {_quote(named)}, which its config.json names. {_CHOOSE_ANOTHER}"
            )
        return named
    for name in (WEIGHTS, INDEX):
        if name in names:
            return name
    raise UnusableFiles(_no_weights_message(names))


def weight_files(
    names: Collection[str], settings: Mapping[str, object], read: ReadFile
) -> tuple[str, ...]:
    """Return the safetensors files of the weights.

    Args:
        names: all files of the root folder.
        settings: the content of ``config.json``.
        read: returns the content of the index.

    Raises:
        UnusableFiles: there are no such files, or the index is malformed or names a missing file.
    """
    entry = weights_entry(names, settings)
    if entry.endswith(".safetensors"):
        return (entry,)
    shards = _shards(read(entry))
    missing = [name for name in shards if name not in names]
    if missing:
        raise UnusableFiles(
            f"lacks {len(missing)} of the {len(shards)} weight files that {entry} names, such as "
            f"{_quote(missing[0])}. {_CHOOSE_ANOTHER}"
        )
    return shards


def weights_in(folder: Path, names: Collection[str] | None = None) -> tuple[str, ...]:
    """Return the safetensors files of the weights of a folder on this machine.

    Args:
        folder: contains ``config.json``, and the index if the weights have one.
        names: all files of the repository's root folder, by default those of ``folder``.

    Raises:
        UnusableFiles: see ``weight_files``.
    """
    known = _names_in(folder) if names is None else names
    return weight_files(known, _settings_of(folder), lambda name: read_small(folder / name))


def entry_in(folder: Path) -> str:
    """Return the file of the weights that transformers opens first in a folder on this machine.

    Raises:
        UnusableFiles: see ``weights_entry``.
    """
    return weights_entry(_names_in(folder), _settings_of(folder))


def _names_in(folder: Path) -> set[str]:
    try:
        return {path.name for path in folder.iterdir() if path.is_file()}
    except OSError:
        return set()


def _settings_of(folder: Path) -> dict[str, Any]:
    try:
        return json_object(read_small(folder / CONFIG) or b"")
    except ValueError:  # config_check.read_settings reports the error
        return {}


def read_small(path: Path) -> bytes | None:
    """Return a file's content, ``None`` if the file does not exist.

    Raises:
        UnusableFiles: the file has more than ``MAX_SETTINGS_BYTES``.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_SETTINGS_BYTES + 1)
    except OSError:
        return None
    if len(content) > MAX_SETTINGS_BYTES:
        raise UnusableFiles(too_large_message(path.name, path.stat().st_size))
    return content


def json_object(content: bytes) -> dict[str, Any]:
    """Parse a JSON object in UTF-8, the only encoding that transformers reads.

    Raises:
        ValueError: the content is not a JSON object, or is nested too deeply for Python.
    """
    try:
        value = json.loads(content.decode())
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def too_large_message(name: str, num_bytes: int, bound: int = MAX_SETTINGS_BYTES) -> str:
    """Return what is wrong with a file that is too large, to follow the model's id in a sentence.

    Args:
        name: the file.
        num_bytes: its size.
        bound: the largest size in bytes that is read.
    """
    return (
        f"has a {name} of {num_bytes / 1e6:.1f} MB; up to {bound / 1e6:.1f} MB are "
        "read here. Choose another model."
    )


def _shards(index: bytes | None) -> tuple[str, ...]:
    """Return the files that an index names, in the order in which transformers opens them."""
    problem = "has an index of its weights that cannot be read"
    if index is None:
        raise UnreadableIndex(f"{problem}: the file is missing. Try again later.")
    try:
        content = json_object(index)
    except ValueError as error:
        raise UnreadableIndex(f"{problem}: it is not a JSON object. {_CHOOSE_ANOTHER}") from error
    weights, metadata = content.get("weight_map"), content.get("metadata")
    if not isinstance(weights, dict) or not weights or not isinstance(metadata, dict):
        raise UnreadableIndex(f"{problem}: it lacks weight_map or metadata. {_CHOOSE_ANOTHER}")
    for name in weights.values():
        if not (
            isinstance(name, str) and _PLAIN_NAME.fullmatch(name) and name.endswith(".safetensors")
        ):
            raise UnreadableIndex(
                f"{problem}: {_quote(name)} is not a safetensors file of the same folder. "
                f"{_CHOOSE_ANOTHER}"
            )
    return tuple(sorted(set(weights.values())))


def _no_weights_message(names: Collection[str]) -> str:
    """Return why none of the files contains weights that transformers loads."""
    found = sorted(name for name in names if name.endswith(".safetensors"))
    if not found:
        return (
            "has no safetensors file. Files of other formats can run code when they are loaded, so "
            f"they are never opened here. {_CHOOSE_ANOTHER}"
        )
    if any(re.search(r"-\d+-of-\d+\.safetensors$", name) for name in found):
        return (
            f"has parts of its weights, such as {_quote(found[0])}, without the index "
            f"{INDEX} that transformers needs to find them. {_CHOOSE_ANOTHER}"
        )
    return (
        f"has no {WEIGHTS} and no {INDEX}. transformers does not load other files, such as "
        f"{_quote(found[0])}. {_CHOOSE_ANOTHER}"
    )


def _quote(name: object) -> str:
    """Return a name from a model's file in quotes, shortened to 80 characters."""
    text = repr(name)
    return text if len(text) <= 80 else f"{text[:80]}…"
