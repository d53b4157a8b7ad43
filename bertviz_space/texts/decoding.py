"""What token ids decode to, and which letters of that text each token makes."""

from collections.abc import Sequence
from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase

# tokens decoded together. A long sequence is decoded window by window, since every prefix of a
# window is decoded too: 32 tokens cost 32 decodes of at most 40 tokens.
_WINDOW = 32
# tokens before and after a window that are decoded with it: a character has at most 4 bytes, so a
# token changes what its 4 neighbors on each side decode to. Some decoders need all bytes of several
# characters: more tokens are taken along where a window decodes to broken characters.
_CONTEXT, _MOST_CONTEXT = 4, 256

# What decoders write for bytes that are no whole character.
_REPLACEMENT = "\ufffd"


@dataclass(frozen=True)
class Decoded:
    """The text of a sequence of token ids.

    Attributes:
        text: what the ids decode to, special tokens included.
        spans: for each token its first character in ``text`` and one past its last. Tokens that
            make one character together, byte by byte, all cover it.
    """

    text: str
    spans: tuple[tuple[int, int], ...]


def decoded(tokenizer: PreTrainedTokenizerBase, token_ids: Sequence[int]) -> Decoded:
    """Decode ids, and find the letters of each token by decoding one token more each time.

    A token's own spelling does not tell its letters: ``##s`` continues a word in one vocabulary and
    is a text about comments in another, and a byte alone is no letter.
    """
    text = ""
    spans: list[tuple[int, int]] = []
    for begin in range(0, len(token_ids), _WINDOW):
        first, window, whole = _window(tokenizer, token_ids, begin)
        stops, are_cut = _stops(tokenizer, window, whole)
        context, end = begin - first, min(begin + _WINDOW, len(token_ids)) - first
        origin = len(text) - stops[context]
        for place in range(context, end):
            start, stop = stops[place], stops[place + 1] + are_cut[place + 1]
            if start == stop and _makes_letters(tokenizer, window, place):
                stop += start < len(whole)
            spans.append((origin + start, origin + stop))
        text += whole[stops[context] : stops[end]]
    return Decoded(text, tuple(spans))


def _window(
    tokenizer: PreTrainedTokenizerBase, token_ids: Sequence[int], begin: int
) -> tuple[int, list[int], str]:
    """Return where a window begins with its context, its ids, and what they decode to."""
    context = _CONTEXT
    while True:
        first = max(0, begin - context)
        window = list(token_ids[first : begin + _WINDOW + context])
        whole = _text_of(tokenizer, window)
        is_all = len(window) == len(token_ids)
        if _REPLACEMENT not in whole or is_all or context >= _MOST_CONTEXT:
            return first, window, whole
        context *= 4


def _stops(
    tokenizer: PreTrainedTokenizerBase, window: list[int], whole: str
) -> tuple[list[int], list[bool]]:
    """Return how far each prefix of a window decodes, and whether it ends within a character."""
    stops, are_cut = [0], [False]
    for number in range(1, len(window) + 1):
        prefix = _text_of(tokenizer, window[:number])
        # A prefix can end otherwise than the whole: "##" and "@@" stay where no piece follows.
        same, stop = _same_letters(prefix, whole)
        is_cut = prefix[max(same, stops[-1]) :][:1] == _REPLACEMENT and stop < len(whole)
        stops.append(len(whole) if number == len(window) else max(stops[-1], stop))
        are_cut.append(is_cut and number < len(window))
    return stops, are_cut


def _same_letters(prefix: str, whole: str) -> tuple[int, int]:
    """Return how far two texts are the same but for blanks, in each of them."""
    same = stop = 0
    while same < len(prefix) and stop < len(whole):
        if prefix[same] == whole[stop]:
            same, stop = same + 1, stop + 1
        # A decoder can write a blank at the start of a text where a special token comes later.
        elif whole[stop].isspace() and prefix[same] != _REPLACEMENT:
            stop += 1
        elif prefix[same].isspace():
            same += 1
        else:
            break
    return same, stop


def _makes_letters(tokenizer: PreTrainedTokenizerBase, window: list[int], place: int) -> bool:
    """Return whether other letters are decoded without a token that seems to make none.

    Some decoders (ByT5) drop the bytes of an unfinished character instead of writing U+FFFD.
    """
    around = window[max(0, place - _CONTEXT) : place + _CONTEXT + 1]
    at = min(place, _CONTEXT)
    without = around[:at] + around[at + 1 :]
    return _letters(_text_of(tokenizer, around)) != _letters(_text_of(tokenizer, without))


def _letters(text: str) -> str:
    return "".join(text.split())


def _text_of(tokenizer: PreTrainedTokenizerBase, token_ids: list[int]) -> str:
    return str(
        tokenizer.decode(token_ids, skip_special_tokens=False, clean_up_tokenization_spaces=False)
    )
