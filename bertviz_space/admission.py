"""Whether a model of the Hub may come in: by what the Hub lists, before anything of it is fetched.

Every refusal is a sentence that names the model's own page, for a reader to see.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from .errors import ModelUnavailable

# Files of the root folder that hold a tokenizer's vocabulary: of the tokenizers library, of
# WordPiece, of BPE, of SentencePiece under its several names, and of models that read bytes.
_VOCABULARIES = {
    "tokenizer.json", "vocab.txt", "vocab.json", "tokenizer.model", "spiece.model",
    "sentencepiece.bpe.model", "sentencepiece.model", "spm.model", "source.spm", "bpe.codes",
}  # fmt: skip
_BYTE_MODELS = {"byt5", "canine", "perceiver"}

# A commit's hash, which names folders here.
_COMMIT = re.compile("[0-9a-f]{40}")

# bytes of a number as models are loaded here, whatever the file has.
_FLOAT32 = 4

# What is fetched of the root folder, by the end of its name, nothing that holds code or pickles:
# configuration and tokenizer, and weights.
SMALL_FILES = (".json", ".txt", ".model", ".spm", ".jinja")
WEIGHT_FILES = (".safetensors",)


@dataclass(frozen=True)
class Listing:
    """What the Hub lists of a model.

    Attributes:
        model_id: its id.
        commit: hash of the commit that would be fetched; ``None`` where the Hub names none.
        config: what the Hub keeps of the model's ``config.json``.
        files: bytes of each file of the root folder, by name.
        num_parameters: as the safetensors files say, 0 where the Hub has not looked.
        is_gated: True for a model of which only those get files whom its authors granted access.
        is_private: True for a model that only its owners see.
        is_disabled: True if the Hub gives out no files of it.
    """

    model_id: str
    commit: str | None
    config: Mapping[str, object] = field(default_factory=dict)
    files: Mapping[str, int] = field(default_factory=dict)
    num_parameters: int = 0
    is_gated: bool = False
    is_private: bool = False
    is_disabled: bool = False

    @property
    def weight_bytes(self) -> int:
        """Bytes of its safetensors files."""
        return sum(self.files[name] for name in self.files if name.endswith(WEIGHT_FILES))

    @property
    def fetched(self) -> dict[str, int]:
        """Bytes of each file that would be fetched, by name."""
        ends = SMALL_FILES + WEIGHT_FILES
        return {name: size for name, size in self.files.items() if name.endswith(ends)}

    @property
    def loaded_bytes(self) -> int:
        """Bytes of its weights in memory, at least."""
        return max(self.num_parameters * _FLOAT32, self.weight_bytes)


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
    """Let a model in, or say why not.

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
    if not listing.weight_bytes:
        return (
            "has no safetensors file. Other formats can run code when they are loaded and are "
            "never opened here. Choose another model."
        )
    if str(listing.config.get("model_type")) not in _BYTE_MODELS and not any(
        name in _VOCABULARIES or name.endswith(".tiktoken") for name in listing.files
    ):
        return "has no tokenizer that could read a text. Choose another model."
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
