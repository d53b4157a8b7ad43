"""Which files of a repository make a model, as transformers reads them: one list for all steps.

Admission counts the files of this list, the download fetches them, and loading opens them. Each
name is one of the repository's root folder.
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

# Each file that a tokenizer of transformers 5.23 names as its vocabulary (test_model_files), and
# those that transformers finds by a pattern.
VOCABULARIES = frozenset({
    "bpe.codes", "dict.txt", "prophetnet.tokenizer", "sentencepiece.bpe.model",
    "sentencepiece.model", "source.spm", "spiece.model", "spm.model", "spm_char.model",
    "tekken.json", "tiktoken.model", "tokenizer.json", "tokenizer.model", "vocab-src.json",
    "vocab.json", "vocab.txt",
})  # fmt: skip

# What else transformers reads of a model and of its tokenizer.
_COMPANIONS = frozenset({
    CONFIG, "generation_config.json",
    "added_tokens.json", "byte_maps.json", "chat_template.jinja", "emoji.json",
    "entity_vocab.json", "merges.txt", "normalizer.json", "special_tokens_map.json", "target.spm",
    "target_vocab.json", "tokenizer_config.json", "vocab-tgt.json", "word_pronunciation.json",
    "word_shape.json",
})  # fmt: skip

# A vocabulary of OpenAI's tiktoken, and a version of config.json or tokenizer.json.
_TIKTOKEN = re.compile(r"[^/\\]+\.tiktoken")
_VERSION = re.compile(r"(config|tokenizer)\.[0-9][0-9A-Za-z.]*\.json")

_WEIGHT_ENDS = (".safetensors", ".safetensors.index.json")

_OTHER_MODEL = "Choose another model."

# A name that is a file of the root folder on every disk.
_PLAIN_NAME = re.compile(r"[^/\\\x00-\x1f]{1,200}")

# Returns the content of a small file, ``None`` where there is no such file.
ReadFile = Callable[[str], bytes | None]


class UnusableFiles(ValueError):
    """Files that transformers would not load; the text follows the model's id in a sentence."""


class UnreadableIndex(UnusableFiles):
    """An index of weights that does not hold what it should."""


def is_vocabulary(name: str) -> bool:
    """Return whether a tokenizer can be made from a file of this name, with its companions."""
    return name in VOCABULARIES or _TIKTOKEN.fullmatch(name) is not None


def small_files(names: Collection[str], settings: Mapping[str, object]) -> set[str]:
    """Return the files that are fetched first: configuration, tokenizer, index of the weights.

    Args:
        names: all files of the root folder.
        settings: what is known of the content of ``config.json``.
    """
    found = {name for name in names if is_vocabulary(name) or name in _COMPANIONS}
    found |= {name for name in names if _VERSION.fullmatch(name)}
    with suppress(UnusableFiles):
        entry = weights_entry(names, settings)
        found |= {entry} if entry.endswith(".json") else set()
    return found


def weights_entry(names: Collection[str], settings: Mapping[str, object]) -> str:
    """Return the file that transformers opens first: a safetensors file, or the weights' index.

    Args:
        names: all files of the root folder.
        settings: the content of ``config.json``.

    Raises:
        UnusableFiles: if there is none.
    """
    named = settings.get("transformers_weights")
    if named is not None:
        if not isinstance(named, str) or not named.endswith(_WEIGHT_ENDS):
            raise UnusableFiles(f"names no safetensors file in its config.json. {_OTHER_MODEL}")
        if named not in names:
            raise UnusableFiles(
                f"lacks the file {_shown(named)}, which its config.json names. {_OTHER_MODEL}"
            )
        return named
    for name in (WEIGHTS, INDEX):
        if name in names:
            return name
    raise UnusableFiles(_without_weights(names))


def weight_files(
    names: Collection[str], settings: Mapping[str, object], read: ReadFile
) -> tuple[str, ...]:
    """Return the safetensors files that transformers loads.

    Args:
        names: all files of the root folder.
        settings: the content of ``config.json``.
        read: returns the content of the index.

    Raises:
        UnusableFiles: if there are none, or an index is wrong or names a file that is not there.
    """
    entry = weights_entry(names, settings)
    if entry.endswith(".safetensors"):
        return (entry,)
    shards = _shards(read(entry))
    lacking = [name for name in shards if name not in names]
    if lacking:
        raise UnusableFiles(
            f"lacks {len(lacking)} of the {len(shards)} weight files that {entry} names, such as "
            f"{_shown(lacking[0])}. {_OTHER_MODEL}"
        )
    return shards


def weights_in(folder: Path, names: Collection[str] | None = None) -> tuple[str, ...]:
    """Return ``weight_files`` of a folder on this machine.

    Args:
        folder: holds ``config.json`` and the index, if there is one.
        names: all files of the repository's root folder, by default those of ``folder``.

    Raises:
        UnusableFiles: see ``weight_files``.
    """
    known = _names_in(folder) if names is None else names
    return weight_files(known, _settings_of(folder), lambda name: read_small(folder / name))


def entry_in(folder: Path) -> str:
    """Return ``weights_entry`` of a folder on this machine.

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
    except ValueError:  # reading the configuration says so
        return {}


def read_small(path: Path) -> bytes | None:
    """Return a file's content, ``None`` where there is no file.

    Raises:
        UnusableFiles: if it has more than ``MAX_SETTINGS_BYTES``.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_SETTINGS_BYTES + 1)
    except OSError:
        return None
    if len(content) > MAX_SETTINGS_BYTES:
        raise UnusableFiles(too_large(path.name, path.stat().st_size))
    return content


def json_object(content: bytes) -> dict[str, Any]:
    """Parse a file that holds a JSON object in UTF-8, as transformers reads it.

    Raises:
        ValueError: if it does not, or if it is nested too deep for Python.
    """
    try:
        value = json.loads(content.decode())
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(value, dict):
        raise ValueError("no JSON object")
    return value


def too_large(name: str, num_bytes: int, bound: int = MAX_SETTINGS_BYTES) -> str:
    """Return what an error says about a configuration file that is too large."""
    return (
        f"has a {name} of {num_bytes / 1e6:.1f} MB; up to {bound / 1e6:.1f} MB are "
        "read here. Choose another model."
    )


def _shards(index: bytes | None) -> tuple[str, ...]:
    """Return the files that an index names, in the order in which transformers opens them."""
    wrong = "has an index of its weights that cannot be read"
    if index is None:
        raise UnreadableIndex(f"{wrong}: the file is not there. Try again later.")
    try:
        content = json_object(index)
    except ValueError as error:
        raise UnreadableIndex(f"{wrong}: it is no JSON object. {_OTHER_MODEL}") from error
    weights, metadata = content.get("weight_map"), content.get("metadata")
    if not isinstance(weights, dict) or not weights or not isinstance(metadata, dict):
        raise UnreadableIndex(f"{wrong}: it lacks weight_map or metadata. {_OTHER_MODEL}")
    for name in weights.values():
        if not (
            isinstance(name, str) and _PLAIN_NAME.fullmatch(name) and name.endswith(".safetensors")
        ):
            raise UnreadableIndex(
                f"{wrong}: {_shown(name)} is no safetensors file of the same folder. {_OTHER_MODEL}"
            )
    return tuple(sorted(set(weights.values())))


def _without_weights(names: Collection[str]) -> str:
    """Return why there is no file that transformers loads."""
    found = sorted(name for name in names if name.endswith(".safetensors"))
    if not found:
        return (
            "has no safetensors file. Other formats can run code when they are loaded and are "
            f"never opened here. {_OTHER_MODEL}"
        )
    if any(re.search(r"-\d+-of-\d+\.safetensors$", name) for name in found):
        return (
            f"has parts of its weights, such as {_shown(found[0])}, without the index "
            f"{INDEX} that transformers reads them by. {_OTHER_MODEL}"
        )
    return (
        f"has no {WEIGHTS} and no {INDEX}: transformers loads no other file, such as "
        f"{_shown(found[0])}. {_OTHER_MODEL}"
    )


def _shown(name: object) -> str:
    """Return a name from someone else's file, shortened for an error message."""
    text = repr(name)
    return text if len(text) <= 80 else f"{text[:80]}…"
