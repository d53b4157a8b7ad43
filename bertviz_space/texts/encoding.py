"""One text, or a pair, as ids and tokens; and how much of it fits."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from ..errors import TextTooLong
from ..limits import MAX_TOKENS
from ..trace import Token
from .tables import Side, num_positions

Segment = Literal["A", "B"]
SEGMENTS: tuple[Segment, ...] = ("A", "B")


@dataclass(frozen=True)
class Encoding:
    """One text, or a pair, as the model takes it.

    Attributes:
        token_ids: the ids, special tokens included.
        token_type_ids: 0 for the first text, 1 for the second, ``None`` where the tokenizer has no
            such thing.
        tokens: one for each id.
        num_tokens: tokens before the end was cut; as many as there are where nothing was.
        cut: the segments that lost their end.
    """

    token_ids: tuple[int, ...]
    token_type_ids: tuple[int, ...] | None
    tokens: tuple[Token, ...]
    num_tokens: int
    cut: tuple[Segment, ...] = ()

    def take(self, positions: Iterable[int]) -> "Encoding":
        """Only the tokens at some positions, as if there had never been others."""
        kept = tuple(positions)
        types = self.token_type_ids
        return Encoding(
            token_ids=tuple(self.token_ids[each] for each in kept),
            token_type_ids=None if types is None else tuple(types[each] for each in kept),
            tokens=tuple(self.tokens[each] for each in kept),
            num_tokens=len(kept),
        )

    def after(self, start: Token) -> "Encoding":
        """The same, with a token of no segment before it."""
        types = self.token_type_ids
        return Encoding(
            token_ids=(start.token_id, *self.token_ids),
            token_type_ids=None if types is None else (types[0], *types),
            tokens=(start, *self.tokens),
            num_tokens=self.num_tokens + 1,
        )

    def cut_to(self, limit: int) -> "Encoding":
        """Drop tokens from the end of a text that is too long, from the longer of a pair first.

        What belongs to no text stays: special tokens and a template. transformers does the same
        with ``truncation="longest_first"``, where a tokenizer does not cut the start instead.

        Args:
            limit: tokens that fit, special tokens included.

        Raises:
            TextTooLong: if not even one token of each text has room.
        """
        if len(self.tokens) <= limit:
            return self
        segments = [token.segment for token in self.tokens]
        lengths = {name: segments.count(name) for name in SEGMENTS if name in segments}
        around = len(segments) - sum(lengths.values())
        room = limit - around
        if room < max(1, len(lengths)):
            raise TextTooLong(
                f"What stands around the text is {around:,} tokens by itself, and {limit:,} fit: "
                "there is no room for the text. Choose another model."
            )
        kept = dict.fromkeys(lengths, room)
        if len(lengths) == 2:
            shorter, longer = sorted(lengths, key=lambda name: lengths[name])
            kept[shorter] = min(lengths[shorter], room // 2)
            kept[longer] = room - kept[shorter]
        seen = dict.fromkeys(lengths, 0)
        positions = []
        for position, segment in enumerate(segments):
            if segment is not None:
                seen[segment] += 1
            if segment is None or seen[segment] <= kept[segment]:
                positions.append(position)
        cut = tuple(name for name in lengths if lengths[name] > kept[name])
        return replace(self.take(positions), num_tokens=self.num_tokens, cut=cut)


@dataclass(frozen=True)
class TokenLimit:
    """How many tokens fit, special tokens included.

    Attributes:
        num_tokens: the bound.
        of_model: True if it is the model's own, False if this Space draws the line earlier.
    """

    num_tokens: int
    of_model: bool

    def __str__(self) -> str:
        """As a part of a sentence."""
        taker = "the model takes" if self.of_model else "this Space shows up to"
        return f"{taker} {self.num_tokens:,}"


def token_limit(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, side: Side = "source"
) -> TokenLimit:
    """Return how many tokens the model, its tokenizer and this Space take.

    Args:
        model: a model, with or without its weights.
        tokenizer: its tokenizer.
        side: the side of the text, or that of the target text.
    """
    bounds = [num_positions(model, side), _length_of(tokenizer)]
    limit = min((bound for bound in bounds if bound is not None), default=MAX_TOKENS + 1)
    return TokenLimit(min(limit, MAX_TOKENS), of_model=limit <= MAX_TOKENS)


def _length_of(tokenizer: PreTrainedTokenizerBase) -> int | None:
    """Return the tokenizer's own bound, which its file names as any value; ``None`` without one."""
    length: object = tokenizer.model_max_length
    is_number = isinstance(length, int | float) and not isinstance(length, bool)
    return int(min(length, MAX_TOKENS + 1)) if is_number and length >= 1 else None
