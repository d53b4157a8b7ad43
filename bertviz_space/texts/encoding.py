"""A tokenized text or pair of texts, and how it is truncated."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from ..errors import TextTooLong
from ..trace import Token

Segment = Literal["A", "B"]
SEGMENTS: tuple[Segment, ...] = ("A", "B")


@dataclass(frozen=True)
class Encoding:
    """A tokenized text or pair of texts.

    Attributes:
        token_ids: the ids, including special tokens.
        token_type_ids: 0 for the first text, 1 for the second; ``None`` if the tokenizer returns no
            token types.
        tokens: one for each id.
        full_length: the number of tokens before truncation.
        cut: the segments whose end was cut off.
    """

    token_ids: tuple[int, ...]
    token_type_ids: tuple[int, ...] | None
    tokens: tuple[Token, ...]
    full_length: int
    cut: tuple[Segment, ...] = ()

    def select(self, positions: Iterable[int]) -> "Encoding":
        """Return an uncut encoding that consists of the tokens at some positions."""
        chosen = tuple(positions)
        types = self.token_type_ids
        return Encoding(
            token_ids=tuple(self.token_ids[position] for position in chosen),
            token_type_ids=None if types is None else tuple(types[position] for position in chosen),
            tokens=tuple(self.tokens[position] for position in chosen),
            full_length=len(chosen),
        )

    def prepend(self, token: Token) -> "Encoding":
        """Return this encoding with a token before it that belongs to no segment."""
        types = self.token_type_ids
        return Encoding(
            token_ids=(token.token_id, *self.token_ids),
            token_type_ids=None if types is None else (types[0], *types),
            tokens=(token, *self.tokens),
            full_length=self.full_length + 1,
        )

    def truncate(self, limit: int) -> "Encoding":
        """Return this encoding without the tokens at the end of each text that do not fit.

        In a pair, the longer text loses tokens first. Tokens that belong to no text, such as
        special tokens and a chat template, stay. transformers cuts a pair in the same way with
        ``truncation="longest_first"``, unless a tokenizer cuts the start of a text.

        Args:
            limit: tokens that fit, including special tokens.

        Raises:
            TextTooLong: if not even one token of each text fits.
        """
        if len(self.tokens) <= limit:
            return self
        segments: list[Segment | None] = [token.segment for token in self.tokens]
        lengths: dict[Segment, int] = {
            name: count for name in SEGMENTS if (count := segments.count(name))
        }
        num_added = len(segments) - sum(lengths.values())
        room = limit - num_added
        if room < max(1, len(lengths)):
            raise TextTooLong(
                f"The tokens that are added around the text ({num_added:,}) leave no room for the "
                f"text: {limit:,} tokens fit in all. Choose another model."
            )
        kept = _kept_lengths(lengths, room)
        seen = dict.fromkeys(lengths, 0)
        positions = list[int]()
        for position, segment in enumerate(segments):
            if segment is not None:
                seen[segment] += 1
            if segment is None or seen[segment] <= kept[segment]:
                positions.append(position)
        cut = tuple(name for name in lengths if lengths[name] > kept[name])
        return replace(self.select(positions), full_length=self.full_length, cut=cut)


def _kept_lengths(lengths: Mapping[Segment, int], room: int) -> dict[Segment, int]:
    """Return how many tokens each segment keeps, if ``room`` tokens fit together."""
    if len(lengths) < 2:
        return dict.fromkeys(lengths, room)
    shorter, longer = sorted(lengths, key=lambda name: lengths[name])
    num_shorter = min(lengths[shorter], room // 2)
    return {shorter: num_shorter, longer: room - num_shorter}
