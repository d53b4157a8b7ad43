"""What a program asks about the attention on a text, to be answered in words and numbers."""

from dataclasses import dataclass

from ..files.view_request import ViewRequest
from ..trace.head_scores import ScoreName


@dataclass(frozen=True)
class Question:
    """What a program asks. The fields that are set decide what is described.

    Attributes:
        place: the attention part, the layer, the head and the filter; at most one head.
        position: the position of a token of which the weights are described.
        score: the score by which heads are ranked.
        limit: the number of rows in each list of the answer, at most.
    """

    place: ViewRequest
    position: int | None
    score: ScoreName | None
    limit: int
