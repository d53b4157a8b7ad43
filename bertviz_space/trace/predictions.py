"""What a model predicts at each position of one forward pass."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor

# Tokens that are listed for each position.
MAX_LISTED = 10


class PredictedToken(NamedTuple):
    """A token of the vocabulary that a model may predict.

    Attributes:
        text: the token alone, decoded; its spelling in the vocabulary if that is no whole text.
        vocabulary: its spelling in the vocabulary, such as ``Ġthe``.
    """

    text: str
    vocabulary: str


@dataclass(frozen=True, eq=False)
class Predictions:
    """The most likely tokens at each position, and how likely the token is that the text contains.

    The probabilities are the softmax of the model's logits over its whole vocabulary. All tensors
    are on the CPU.

    Attributes:
        offset: 1 if the model predicts the token after a position, as a causal model does; 0 if it
            predicts the token at the position, as a masked model does.
        token_ids: int32 ``[position, listed]``, the most likely tokens, the most likely one first;
            ``listed`` is ``MAX_LISTED``, or the size of a smaller vocabulary.
        probabilities: float32 ``[position, listed]``, their probabilities.
        ranks: int32 ``[position]``, 1 plus the number of tokens that are more likely than the token
            that the text contains; 0 where the text contains no such token.
        log_probabilities: float32 ``[position]``, the natural logarithm of the probability of the
            token that the text contains; NaN where there is none.
        vocabulary: the text and the spelling of each token in ``token_ids``, by its id.

    Raises:
        ValueError: at construction, if the axes differ, or if a token is missing in ``vocabulary``.
    """

    offset: int
    token_ids: Tensor
    probabilities: Tensor
    ranks: Tensor
    log_probabilities: Tensor
    vocabulary: Mapping[int, PredictedToken]

    def __post_init__(self) -> None:
        """Compare the axes with each other, and the ids with the vocabulary."""
        listed = tuple(self.token_ids.shape)
        if len(listed) != 2 or tuple(self.probabilities.shape) != listed:
            raise ValueError("token_ids and probabilities need the axes [position, listed]")
        for each in (self.ranks, self.log_probabilities):
            if tuple(each.shape) != listed[:1]:
                raise ValueError("ranks and log_probabilities need one number for each position")
        missing = set(self.token_ids.flatten().tolist()) - self.vocabulary.keys()
        if missing:
            raise ValueError(f"the vocabulary has no token {min(missing)}")

    @property
    def num_positions(self) -> int:
        """The number of positions."""
        return self.token_ids.shape[0]


@dataclass(frozen=True)
class NoPredictions:
    """Why a trace contains no predictions.

    Attributes:
        reason: a sentence for the reader.
    """

    reason: str
