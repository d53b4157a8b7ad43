"""Where tokens without offsets stand in the reader's text; no tokenizer in it."""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import groupby

from .edit_path import Step, path
from .letters import ANY, Letters, letters_of

Span = tuple[int, int]

# tokens times letters that are shared where it cannot be told which token made which letter.
_MOST_SHARED = 4096


def align(
    decoded: str, spans: Sequence[Span], text: str, unknown: Collection[int] = ()
) -> list[Span]:
    """Find the characters of a text that tokens were made from.

    Tokenizers without offsets change the text: lower case, no accents, other quotation marks, a
    name for an emoji. Letters that both texts have lead the way; what stands in between belongs to
    the tokens in between, which share it where it cannot be told apart.

    Args:
        decoded: what the tokens decode to.
        spans: for each token its first character in ``decoded`` and one past its last.
        text: what the tokens were made from.
        unknown: positions of tokens that stand for any letters.

    Returns:
        For each token its first character in ``text`` and one past its last, without blanks around
        letters; an empty span where nothing of the text is left for it.
    """
    ours, owners = _symbols(decoded, spans, unknown)
    theirs = letters_of(text)
    letters: dict[int, Span] = {}
    blanks: dict[int, Span] = {}
    for run in _runs(path(ours, theirs), ours, theirs):
        for tokens, characters in _shares(run, owners, theirs):
            seen = [each for each in characters if not text[each].isspace()]
            found, covered = (letters, seen) if seen else (blanks, characters)
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


def _symbols(
    decoded: str, spans: Sequence[Span], unknown: Collection[int]
) -> tuple[Letters, list[range]]:
    """Return the letters of decoded tokens, and for each the tokens that make it."""
    folded, exact, owners = [], [], []
    done = 0  # characters of decoded that are among the letters
    for token, (start, end) in enumerate(spans):
        if token in unknown:
            folded.append(ANY)
            exact.append(ANY)
            owners.append(range(token, token + 1))
            done = max(done, end)
            continue
        letters = letters_of(decoded[max(start, done) : end])
        last = token
        while last + 1 < len(spans) and spans[last + 1][0] < end and last + 1 not in unknown:
            last += 1
        for letter, one, place in zip(letters.folded, letters.exact, letters.places, strict=False):
            at = max(start, done) + place
            sharing = [each for each in range(token, last + 1) if spans[each][0] <= at]
            folded.append(letter)
            exact.append(one)
            owners.append(range(token, sharing[-1] + 1))
        done = max(done, end)
    return Letters("".join(folded), "".join(exact), ()), owners


def _runs(steps: Iterable[Step], ours: Letters, theirs: Letters) -> Iterator[list[Step]]:
    """Group steps: each same letter alone, and together what differs between blanks or letters."""

    def kind_of(step: Step) -> str:
        if step.kind == "same":
            return "same"
        is_blank = (step.kind == "only_text" and theirs.folded[step.text].isspace()) or (
            step.kind == "only_decoded" and ours.folded[step.decoded].isspace()
        )
        return "blank" if is_blank else "different"

    for kind, run in groupby(steps, kind_of):
        if kind == "different":
            yield list(run)
        else:
            yield from ([step] for step in run)


def _shares(
    run: list[Step], owners: list[range], theirs: Letters
) -> Iterator[tuple[Collection[int], list[int]]]:
    """Yield tokens and the characters of the text, in order, that they share in a run.

    As many letters on both sides belong together one by one. Else it cannot be told which token
    made which letter: all share all, but for a run so long that this would be quadratic.
    """
    tokens = {each for step in run if step.kind != "only_text" for each in owners[step.decoded]}
    characters = [theirs.places[step.text] for step in run if step.kind != "only_decoded"]
    is_one_by_one = all(step.kind in ("same", "changed") for step in run)
    if not is_one_by_one and len(tokens) * len(characters) <= _MOST_SHARED:
        yield tokens, characters
        return
    owner: Collection[int] = ()
    for step in run:
        if step.kind != "only_text":
            owner = owners[step.decoded]
        if step.kind != "only_decoded":
            yield owner, [theirs.places[step.text]]


def settle(spans: Sequence[Span], text: str, is_removed: Callable[[str], bool]) -> list[Span]:
    """Give every letter to one token, or to neighbors that share it.

    Args:
        spans: for each token its first character in the text and one past its last.
        text: the text.
        is_removed: whether the tokenizer makes nothing of a character. Such a character stays
            outside all tokens, except an accent, which stays on its letter.

    Returns:
        Spans in the order of the text. Spans that overlap follow each other, and none lies within
        one before it.
    """
    known: dict[str, bool] = {}
    settled: list[Span] = []
    last = None  # the last token so far that covers something
    reached = 0  # characters that are covered, or known to be outside

    def belongs(place: int) -> bool:
        letter = text[place]
        if letter.isspace():
            return False
        if last is not None and unicodedata.combining(letter) and settled[last][1] == place:
            return True
        if letter not in known:
            known[letter] = is_removed(letter)
        return not known[letter]

    for start, end in [*_in_order(spans), (len(text), len(text))]:
        for place in range(reached, start):
            if not belongs(place):
                continue
            if last is None or (start < end and _begins_word(text, place, start)):
                start = min(start, place)
                break
            _extend(settled, last, place + 1)
        if start < end:
            last = len(settled)
        settled.append((start, end))
        reached = max(reached, end)
    return _in_order(settled[:-1])


def _begins_word(text: str, place: int, end: int) -> bool:
    """Return whether a letter after a blank begins a word that goes on to ``end``."""
    is_first = text[place - 1 : place].isspace()
    return is_first and not any(letter.isspace() for letter in text[place:end])


def _extend(settled: list[Span], last: int, end: int) -> None:
    """Move the end of a token, and of those before it that end with the same character."""
    before = settled[last][1]
    for token in range(last, -1, -1):
        start, own_end = settled[token]
        if start < own_end:
            if own_end != before:
                return
            settled[token] = start, end


def _in_order(spans: Iterable[Span]) -> list[Span]:
    """Return spans of which none begins before the one before it, or ends before it.

    A token that covers nothing shares the characters of its neighbors where these share some.
    """
    settled: list[Span] = []
    shared = (0, 0)  # the span of the last token that covers something
    num_empty = 0  # tokens since then
    for start, end in spans:
        if start >= end:
            settled.append((shared[1], shared[1]))
            num_empty += 1
            continue
        if start < shared[1]:
            settled[len(settled) - num_empty :] = [shared] * num_empty
            start, end = max(start, shared[0]), max(end, shared[1])
        shared = start, end
        num_empty = 0
        settled.append(shared)
    return settled
