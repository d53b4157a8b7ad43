"""Whether two models can be compared."""

from ..errors import ComparisonNotPossible
from ..limits import MAX_LOADED_BYTES
from ..models.loading import LoadedModel
from ..texts.token_alignment import share_vocabulary


def check_comparable(loaded: LoadedModel, other: LoadedModel) -> None:
    """Check that two models have the same vocabulary, and fit into the memory together.

    Raises:
        ComparisonNotPossible: if they do not.
    """
    names = f"{loaded.checkpoint.model_id} and {other.checkpoint.model_id}"
    if not share_vocabulary(loaded.tokenizer, other.tokenizer):
        raise ComparisonNotPossible(
            f"{names} have different tokenizers, so their tokens cannot be aligned. Compare a "
            "model with one that was trained further from it."
        )
    num_bytes = loaded.num_bytes + other.num_bytes
    if num_bytes > MAX_LOADED_BYTES:
        raise ComparisonNotPossible(
            f"{names} have {num_bytes / 1e9:.1f} GB together, and only "
            f"{MAX_LOADED_BYTES / 1e9:.1f} GB fit into the memory. Choose smaller models."
        )
