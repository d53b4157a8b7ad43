"""Find the characters of a text that each token covers, for tokenizers that report no spans.

This module needs no tokenizer.
"""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby

from .edit_path import Step, edit_steps
from .letters import ANY, Letters, letters_of

# First character and one past the last. The span of a token that covers nothing is empty.
Span = tuple[int, int]

# tokens times characters up to which all tokens of a run share all its characters.
_MAX_SHARED = 4096


def align(
    decoded: str, spans: Sequence[Span], text: str, unknown: Collection[int] = ()
) -> list[Span]:
    """Return the span of each token in the text that the tokens were made from.

    A tokenizer can change a text: use lower case, drop accents, replace quotation marks, spell out
    an emoji. Letters that the decoded text and the reader's text have in common are matched.
    Letters between the matches belong to the tokens between the matches; the tokens share the
    letters if it is unknown which token was made from which letter.

    Args:
        decoded: the text that the tokens decode to.
        spans: the span of each token in ``decoded``.
        text: the text that the tokens were made from.
        unknown: positions of unknown tokens, which match any letters.

    Returns:
        The span of each token in ``text``, without whitespace around letters. The span is empty if
        no characters are left for the token.
    """
    token_letters, owners = _letters_of_tokens(decoded, spans, unknown)
    text_letters = letters_of(text)
    letters: dict[int, Span] = {}
    blanks: dict[int, Span] = {}
    for run in _runs(edit_steps(token_letters, text_letters), token_letters, text_letters):
        for tokens, characters in _assignments(run, owners, text_letters):
            visible = [place for place in characters if not text[place].isspace()]
            found, covered = (letters, visible) if visible else (blanks, characters)
            if covered:
                for token in tokens:
                    start, end = found.get(token, (covered[0], 0))
                    found[token] = min(start, covered[0]), max(end, covered[-1] + 1)
    aligned, reached = list[Span](), 0
    for token in range(len(spans)):
        span = letters.get(token) or blanks.get(token) or (reached, reached)
        aligned.append(span)
        reached = max(reached, span[1])
    return aligned


def _letters_of_tokens(
    decoded: str, spans: Sequence[Span], unknown: Collection[int]
) -> tuple[Letters, list[range]]:
    """Return the letters of decoded tokens, and for each letter the tokens that share it.

    An unknown token has one letter, ``ANY``.
    """
    folded, exact, owners = [], [], []
    reached = 0  # characters of the decoded text whose letters were added
    for token, (start, end) in enumerate(spans):
        if token in unknown:
            folded.append(ANY)
            exact.append(ANY)
            owners.append(range(token, token + 1))
            reached = max(reached, end)
            continue
        begin = max(start, reached)
        letters = letters_of(decoded[begin:end])
        last = token  # the last token that shares characters with this one
        while last + 1 < len(spans) and spans[last + 1][0] < end and last + 1 not in unknown:
            last += 1
        for letter, character, place in zip(
            letters.folded, letters.exact, letters.places, strict=False
        ):
            sharing = [each for each in range(token, last + 1) if spans[each][0] <= begin + place]
            folded.append(letter)
            exact.append(character)
            owners.append(range(token, sharing[-1] + 1))
        reached = max(reached, end)
    return Letters("".join(folded), "".join(exact), ()), owners


def _runs(
    steps: Iterable[Step], token_letters: Letters, text_letters: Letters
) -> Iterator[list[Step]]:
    """Group steps between letters that differ; yield every other step alone."""

    def kind_of(step: Step) -> str:
        if step.kind == "same":
            return "same"
        is_blank = (step.kind == "only_text" and text_letters.folded[step.text].isspace()) or (
            step.kind == "only_decoded" and token_letters.folded[step.decoded].isspace()
        )
        return "blank" if is_blank else "different"

    for kind, run in groupby(steps, kind_of):
        if kind == "different":
            yield list(run)
        else:
            yield from ([step] for step in run)


def _assignments(
    run: list[Step], owners: list[range], text_letters: Letters
) -> Iterator[tuple[Collection[int], list[int]]]:
    """Yield tokens, and the characters of the text, in order, that the tokens share in a run.

    If a run has equally many letters on both sides, they are assigned one by one. Otherwise it is
    unknown which token was made from which letter, and all tokens of the run share all its
    characters. A run that is too long for this, because the time is quadratic, is assigned step by
    step.
    """
    tokens = {each for step in run if step.kind != "only_text" for each in owners[step.decoded]}
    characters = [text_letters.places[step.text] for step in run if step.kind != "only_decoded"]
    is_one_by_one = all(step.kind in ("same", "changed") for step in run)
    if not is_one_by_one and len(tokens) * len(characters) <= _MAX_SHARED:
        yield tokens, characters
        return
    owner: Collection[int] = ()
    for step in run:
        if step.kind != "only_text":
            owner = owners[step.decoded]
        if step.kind != "only_decoded":
            yield owner, [text_letters.places[step.text]]


def fill_gaps(spans: Sequence[Span], text: str, is_removed: Callable[[str], bool]) -> list[Span]:
    """Return spans that cover every letter: by one token, or by neighbors that share it.

    A letter that no span covers is added to the token before it, or to the token after it if the
    letter begins the word of that token or no token comes before it.

    Args:
        spans: the span of each token in the text.
        text: the text.
        is_removed: returns whether the tokenizer removes a character. Such a character stays
            uncovered, except an accent, which is added to the token of its letter.

    Returns:
        The span of each token in the text. Each span starts and ends no earlier than the span
        before it.
    """
    is_removed = cache(is_removed)
    filled: list[Span] = []
    last = None  # the last token so far whose span is not empty
    reached = 0  # characters that are covered, or stay uncovered
    for start, end in [*_in_order(spans), (len(text), len(text))]:
        for place in range(reached, start):
            before = None if last is None else filled[last][1]
            if not _needs_token(text, place, before, is_removed):
                continue
            if last is None or (start < end and _begins_word(text, place, start)):
                start = place
                break
            _extend(filled, last, place + 1)
        if start < end:
            last = len(filled)
        filled.append((start, end))
        reached = max(reached, end)
    return _in_order(filled[:-1])


def _needs_token(
    text: str, place: int, before: int | None, is_removed: Callable[[str], bool]
) -> bool:
    """Return whether an uncovered character has to be added to a token.

    Args:
        text: the text.
        place: the position of the character.
        before: one past the last character of the token before it, ``None`` without such a token.
        is_removed: returns whether the tokenizer removes a character.
    """
    character = text[place]
    if character.isspace():
        return False
    is_accent_of_token = before == place and unicodedata.combining(character) != 0
    return is_accent_of_token or not is_removed(character)


def _begins_word(text: str, place: int, end: int) -> bool:
    """Return whether a character follows a blank and is in the same word as ``text[end]``."""
    is_first = text[place - 1 : place].isspace()
    return is_first and not any(character.isspace() for character in text[place:end])


def _extend(spans: list[Span], last: int, end: int) -> None:
    """Extend a token's span, and the spans of tokens before it that end at the same character."""
    old_end = spans[last][1]
    for token in range(last, -1, -1):
        start, own_end = spans[token]
        if start < own_end:
            if own_end != old_end:
                return
            spans[token] = start, end


def _in_order(spans: Iterable[Span]) -> list[Span]:
    """Return spans that each start and end no earlier than the span before it.

    An empty span between two overlapping spans becomes the first of the two.
    """
    ordered: list[Span] = []
    latest = (0, 0)  # the last span so far that is not empty
    num_empty = 0  # empty spans since then
    for start, end in spans:
        if start >= end:
            ordered.append((latest[1], latest[1]))
            num_empty += 1
            continue
        if start < latest[1]:
            ordered[len(ordered) - num_empty :] = [latest] * num_empty
            start, end = max(start, latest[0]), max(end, latest[1])
        latest = start, end
        num_empty = 0
        ordered.append(latest)
    return ordered
