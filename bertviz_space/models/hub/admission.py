"""Decide from the Hub's listing whether a model may be fetched, before any file is fetched.

Every refusal is a message for the reader that ends with the URL of the model's page.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from ...errors import ModelUnavailable
from ...limits import MAX_SETTINGS_BYTES, MAX_TOKENIZER_BYTES
from .repository_files import (
    CONFIG,
    INDEX,
    UnusableFiles,
    is_vocabulary,
    small_files,
    too_large_message,
    weights_entry,
)

# Types of models whose tokenizers read bytes and need no vocabulary.
_BYTE_MODELS = {"byt5", "canine", "perceiver"}

# The hash of a commit. It becomes part of a path on this machine.
_COMMIT = re.compile("[0-9a-f]{40}")

_FLOAT32_BYTES = 4


@dataclass(frozen=True)
class Listing:
    """The Hub's answer to a request for a model.

    Attributes:
        model_id: its id.
        commit: hash of the commit to fetch; ``None`` if the Hub names no commit.
        config: the settings of ``config.json`` that the Hub stores.
        files: bytes of each file of the root folder, by name.
        weights: the files of its weights (``repository_files.weight_files``); ``None`` until the
            index that names them is fetched.
        num_parameters: their number in the safetensors files, 0 if the Hub has not counted them.
        is_gated: True if only readers with access from its authors may fetch its files.
        is_private: True if only its owners can see it.
        is_disabled: True if the Hub does not serve its files.
    """

    model_id: str
    commit: str | None
    config: Mapping[str, object] = field(default_factory=dict)
    files: Mapping[str, int] = field(default_factory=dict)
    weights: tuple[str, ...] | None = None
    num_parameters: int = 0
    is_gated: bool = False
    is_private: bool = False
    is_disabled: bool = False

    @property
    def small_files(self) -> dict[str, int]:
        """Bytes of each file to fetch before the weights, by name."""
        return self._sizes(small_files(self.files, self.config))

    @property
    def fetched(self) -> dict[str, int]:
        """Bytes of each file to fetch, by name, as far as the weights are known."""
        return self.small_files | self._sizes(self._known_weights)

    def loaded_bytes(self, number_bytes: int) -> int:
        """Return the bytes that its weights take in memory at least.

        Args:
            number_bytes: bytes of a number of the loaded model. In the files it has 4 at most.
        """
        in_files = sum(self._sizes(self._known_weights).values())
        return max(self.num_parameters, in_files // _FLOAT32_BYTES) * number_bytes

    @property
    def _known_weights(self) -> tuple[str, ...]:
        if self.weights is not None:
            return self.weights
        with suppress(UnusableFiles):
            entry = weights_entry(self.files, self.config)
            return () if entry.endswith(".json") else (entry,)
        return ()

    def _sizes(self, names: Iterable[str]) -> dict[str, int]:
        return {name: self.files[name] for name in sorted(names)}


@dataclass(frozen=True)
class Room:
    """The room that this machine has for one more model.

    Attributes:
        memory: bytes that its weights may take once they are loaded.
        disk: bytes that its files may take on disk, including those that are already there.
        number_bytes: bytes of a number of a loaded model at least.
    """

    memory: int
    disk: int
    number_bytes: int = _FLOAT32_BYTES


def admit(listing: Listing, room: Room, check_model_type: Callable[[str], None]) -> str:
    """Check that a model may be fetched, and return the commit to fetch.

    If an index names the files of the weights, call this function a second time before fetching
    them, with a listing that contains their names (``weights``).

    Args:
        listing: the Hub's answer.
        room: the room that this machine has.
        check_model_type: raises for a type of model that is not supported.

    Raises:
        ModelUnavailable: the model cannot be used, with the reason.
        SpaceError: what ``check_model_type`` raises.
    """
    problem = _problem_of_kind(listing)
    if problem:
        raise refusal(listing.model_id, problem)
    model_type = listing.config.get("model_type")
    if isinstance(model_type, str):
        check_model_type(model_type)
    problem = _problem_of_files(listing) or _problem_of_room(listing, room)
    if problem:
        raise refusal(listing.model_id, problem)
    if listing.commit is None or not _COMMIT.fullmatch(listing.commit):
        raise refusal(listing.model_id, "has no commit that can be fetched. Try again later.")
    return listing.commit


def refusal(model_id: str, problem: str) -> ModelUnavailable:
    """Return an error whose message ends with the URL of the model's page.

    Args:
        model_id: the model.
        problem: what is wrong with it and what to do, to follow its id in a sentence.
    """
    return ModelUnavailable(f"{model_id} {problem} Its page: https://huggingface.co/{model_id}")


def _problem_of_kind(listing: Listing) -> str | None:
    """Return why a model is not a complete Transformer of the transformers library, if so."""
    if listing.is_disabled:
        return "is disabled by the Hub. Choose another model."
    names = set(listing.files)
    if "model_index.json" in names:
        return "makes pictures or sound (a diffusion pipeline). Choose a text model."
    if "config.json" not in names:
        if "adapter_config.json" in names:
            return "is only an adapter. Choose the model that it was trained for, or a merged one."
        if any(name.endswith(".gguf") for name in names):
            return "contains only GGUF files, which are for other programs. Choose its original."
        return "has no config.json: it is not a transformers model. Choose another model."
    if listing.config.get("quantization_config"):
        return (
            "is quantized: its weights are packed for special hardware. Choose the model that it "
            "was made from."
        )
    if "auto_map" in listing.config and "model_type" not in listing.config:
        return "needs code of its own, which is never run here. Choose another model."
    return None


def _problem_of_files(listing: Listing) -> str | None:
    """Return which file is missing, unusable or too large, if any."""
    try:
        weights_entry(listing.files, listing.config)
    except UnusableFiles as error:
        return str(error)
    if str(listing.config.get("model_type")) not in _BYTE_MODELS and not any(
        is_vocabulary(name) for name in listing.files
    ):
        return "has no tokenizer that can read a text. Choose another model."
    for name, size in listing.small_files.items():
        bound = MAX_SETTINGS_BYTES if name in (CONFIG, INDEX) else MAX_TOKENIZER_BYTES
        if size > bound:
            return too_large_message(name, size, bound)
    return None


def _problem_of_room(listing: Listing, room: Room) -> str | None:
    """Return why a model does not fit this machine's memory or disk, if so."""
    loaded_bytes = listing.loaded_bytes(room.number_bytes)
    if loaded_bytes > room.memory:
        return (
            f"would take {loaded_bytes / 1e9:.1f} GB of memory; up to "
            f"{room.memory / 1e9:.1f} GB can be loaded here. Choose a smaller model."
        )
    num_bytes = sum(listing.fetched.values())
    if num_bytes > room.disk:
        return (
            f"has {num_bytes / 1e9:.1f} GB of files, and this machine's disk has room for "
            f"{max(room.disk, 0) / 1e9:.1f} GB. Try again later, or choose a smaller model."
        )
    return None
