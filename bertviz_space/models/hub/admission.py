"""Whether a model of the Hub may come in: by what the Hub lists, before anything of it is fetched.

Every refusal is a sentence that names the model's own page, for a reader to see.
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
    too_large,
    weights_entry,
)

# Types with tokenizers that read bytes and need no vocabulary.
_BYTE_MODELS = {"byt5", "canine", "perceiver"}

# A commit's hash, which names folders here.
_COMMIT = re.compile("[0-9a-f]{40}")

# bytes of a number as models are loaded here, whatever the file has.
_FLOAT32 = 4


@dataclass(frozen=True)
class Listing:
    """What the Hub lists of a model.

    Attributes:
        model_id: its id.
        commit: hash of the commit that would be fetched; ``None`` where the Hub names none.
        config: what the Hub keeps of the model's ``config.json``.
        files: bytes of each file of the root folder, by name.
        weights: the files of its weights (``model_files.weight_files``); ``None`` before the index
            that names them is here.
        num_parameters: as the safetensors files say, 0 where the Hub has not looked.
        is_gated: True for a model of which only those get files whom its authors granted access.
        is_private: True for a model that only its owners see.
        is_disabled: True if the Hub gives out no files of it.
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
        """Bytes of each file that is fetched before the weights, by name."""
        return self._sizes(small_files(self.files, self.config))

    @property
    def fetched(self) -> dict[str, int]:
        """Bytes of each file that is fetched, by name."""
        return self.small_files | self._sizes(self._known_weights)

    @property
    def loaded_bytes(self) -> int:
        """Bytes of its weights in memory, at least."""
        in_files = sum(self._sizes(self._known_weights).values())
        return max(self.num_parameters * _FLOAT32, in_files)

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
    """What this machine has for one more model.

    Attributes:
        memory: bytes that its weights may take once they are loaded.
        disk: bytes that its files may take on disk, with those that are here already.
    """

    memory: int
    disk: int


def admit(listing: Listing, room: Room, check_model_type: Callable[[str], None]) -> str:
    """Let a model in as far as the listing shows what it is, or say why not.

    Where an index names the files of the weights, a listing that has their names (``weights``) is
    admitted once more before they are fetched.

    Args:
        listing: what the Hub lists of it.
        room: what this machine has.
        check_model_type: refuses a type of model by raising.

    Returns:
        The commit to fetch.

    Raises:
        ModelUnavailable: with the sentence.
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
        raise refusal(listing.model_id, "has no commit that the Hub names. Try again later.")
    return listing.commit


def refusal(model_id: str, problem: str) -> ModelUnavailable:
    """A refusal that ends with the model's own page."""
    return ModelUnavailable(f"{model_id} {problem} Its page: https://huggingface.co/{model_id}")


def _problem_of_kind(listing: Listing) -> str | None:
    """What else than a Transformer of its own it is, by its files."""
    if listing.is_disabled:
        return "is disabled by the Hub. Choose another model."
    names = set(listing.files)
    if "model_index.json" in names:
        return "makes pictures or sound (a diffusion pipeline). Choose a text model."
    if "config.json" not in names:
        if "adapter_config.json" in names:
            return "is an adapter alone. Choose the model that it was trained for, or a merged one."
        if any(name.endswith(".gguf") for name in names):
            return "has GGUF files alone, which are for other programs. Choose its original."
        return "has no config.json: it is no model of transformers. Choose another one."
    if listing.config.get("quantization_config"):
        return (
            "is quantised: its weights are packed for special hardware. Choose the model that it "
            "was made from."
        )
    if "auto_map" in listing.config and "model_type" not in listing.config:
        return "needs code of its own, which is never run here. Choose another model."
    return None


def _problem_of_files(listing: Listing) -> str | None:
    try:
        weights_entry(listing.files, listing.config)
    except UnusableFiles as error:
        return str(error)
    if str(listing.config.get("model_type")) not in _BYTE_MODELS and not any(
        is_vocabulary(name) for name in listing.files
    ):
        return "has no tokenizer that could read a text. Choose another model."
    for name, size in listing.small_files.items():
        bound = MAX_SETTINGS_BYTES if name in (CONFIG, INDEX) else MAX_TOKENIZER_BYTES
        if size > bound:
            return too_large(name, size, bound)
    return None


def _problem_of_room(listing: Listing, room: Room) -> str | None:
    if listing.loaded_bytes > room.memory:
        return (
            f"would take {listing.loaded_bytes / 1e9:.1f} GB of memory; up to "
            f"{room.memory / 1e9:.1f} GB can be loaded here. Choose a smaller model."
        )
    num_bytes = sum(listing.fetched.values())
    if num_bytes > room.disk:
        return (
            f"has {num_bytes / 1e9:.1f} GB of files, and this machine's disk has room for "
            f"{max(room.disk, 0) / 1e9:.1f} GB. Try again later, or choose a smaller model."
        )
    return None
