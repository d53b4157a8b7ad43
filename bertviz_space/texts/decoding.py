"""Decode token ids, and find the characters of the decoded text that each token makes."""

from collections.abc import Sequence
from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase

# Tokens whose spans are found together. Every prefix of a window is decoded, so a long sequence is
# split into windows: 32 tokens cost 32 decodes of at most 40 tokens.
_WINDOW = 32
# Tokens on each side of a window that are decoded with it. A character has at most 4 bytes, so a
# token affects what its 4 neighbors on each side decode to. Some decoders need all bytes of several
# characters: the context grows, up to the second number, while a window decodes to U+FFFD.
_CONTEXT, _MAX_CONTEXT = 4, 256

# What decoders write for bytes that are not a whole character.
REPLACEMENT = "\ufffd"


@dataclass(frozen=True)
class Decoded:
    """The text that a sequence of token ids decodes to.

    Attributes:
        text: the decoded text, including special tokens.
        spans: for each token the first character in ``text`` and one past the last. If several
            tokens make one character byte by byte, each of their spans covers the character.
    """

    text: str
    spans: tuple[tuple[int, int], ...]


def decode_with_spans(tokenizer: PreTrainedTokenizerBase, token_ids: Sequence[int]) -> Decoded:
    """Decode ids, and find the characters of each token by decoding prefixes of growing length.

    The spelling of a token does not show its characters: ``##s`` continues a word in one vocabulary
    and is ordinary text in another, and a single byte is often not a character.
    """
    text = ""
    spans: list[tuple[int, int]] = []
    for begin in range(0, len(token_ids), _WINDOW):
        first, window, window_text = _window(tokenizer, token_ids, begin)
        stops, are_cut = _prefix_ends(tokenizer, window, window_text)
        context, end = begin - first, min(begin + _WINDOW, len(token_ids)) - first
        origin = len(text) - stops[context]
        for position in range(context, end):
            start, stop = stops[position], stops[position + 1] + are_cut[position + 1]
            if start == stop:
                start, stop = _span_of_part(tokenizer, window, position, window_text, start)
            spans.append((origin + start, origin + stop))
        text += window_text[stops[context] : stops[end]]
    return Decoded(text, tuple(spans))


def _window(
    tokenizer: PreTrainedTokenizerBase, token_ids: Sequence[int], begin: int
) -> tuple[int, list[int], str]:
    """Return a window with its context: its first position, its ids, and its decoded text."""
    context = _CONTEXT
    while True:
        first = max(0, begin - context)
        window = list(token_ids[first : begin + _WINDOW + context])
        window_text = _decode(tokenizer, window)
        is_all = len(window) == len(token_ids)
        if REPLACEMENT not in window_text or is_all or context >= _MAX_CONTEXT:
            return first, window, window_text
        context *= 4


def _prefix_ends(
    tokenizer: PreTrainedTokenizerBase, window: list[int], window_text: str
) -> tuple[list[int], list[bool]]:
    """Compare each prefix of a window with the text of the whole window.

    Returns:
        For each number of tokens from 0 to all: how many characters of ``window_text`` those tokens
        decode to, and whether they end within the next character.
    """
    stops, are_cut = [0], [False]
    for length in range(1, len(window) + 1):
        prefix = _decode(tokenizer, window[:length])
        # The end of a prefix can differ from the whole text: "##" and "@@" stay in the text if no
        # piece follows.
        same, stop = _common_lengths(prefix, window_text)
        is_cut = prefix[max(same, stops[-1]) :][:1] == REPLACEMENT and stop < len(window_text)
        stops.append(len(window_text) if length == len(window) else max(stops[-1], stop))
        are_cut.append(is_cut and length < len(window))
    # A character that is cut stays cut until a longer prefix contains it. Otherwise the prefix ends
    # within a U+FFFD of the text: some decoders write one U+FFFD for each of its bytes.
    for length in reversed(range(len(window))):
        are_cut[length] &= are_cut[length + 1] or stops[length] < stops[length + 1]
    return stops, are_cut


def _common_lengths(prefix: str, window_text: str) -> tuple[int, int]:
    """Return the lengths, in both texts, of the common start, ignoring differences in blanks."""
    same = stop = 0
    while same < len(prefix) and stop < len(window_text):
        if prefix[same] == window_text[stop]:
            same, stop = same + 1, stop + 1
        # A decoder can write a blank at the start of a text if a special token follows later.
        elif window_text[stop].isspace() and prefix[same] != REPLACEMENT:
            stop += 1
        elif prefix[same].isspace():
            same += 1
        else:
            break
    return same, stop


def _span_of_part(
    tokenizer: PreTrainedTokenizerBase,
    window: list[int],
    position: int,
    window_text: str,
    start: int,
) -> tuple[int, int]:
    """Return the span of a token whose prefix is as long as the prefix without the token.

    Returns:
        The character that the token is part of, or an empty span at ``start`` if the token makes
        no text.
    """
    # The first byte of a U+FFFD in the text already decodes to U+FFFD, as does each later byte.
    follows_replacement = window_text[:start].endswith(REPLACEMENT)
    if follows_replacement and _decode(tokenizer, [window[position]]) == REPLACEMENT:
        return start - 1, start
    following = window_text[start : start + 1]
    # Blanks do not count: without a token, a decoder (Marian) can drop a blank between two words.
    is_part = following.strip() != "" and _is_part_of(following, tokenizer, window, position)
    return start, start + is_part


def _is_part_of(
    character: str, tokenizer: PreTrainedTokenizerBase, window: list[int], position: int
) -> bool:
    """Return whether a character is missing from the decoded text if a token is left out.

    Some decoders (ByT5) drop the bytes of an unfinished character instead of writing U+FFFD, so a
    token that is part of a character can seem to make none. Other characters can appear if such a
    token is left out, because the bytes around it then make one.
    """
    around = window[max(0, position - _CONTEXT) : position + _CONTEXT + 1]
    at = min(position, _CONTEXT)
    without = around[:at] + around[at + 1 :]
    with_token, without_token = _decode(tokenizer, around), _decode(tokenizer, without)
    return without_token.count(character) < with_token.count(character)


def _decode(tokenizer: PreTrainedTokenizerBase, token_ids: list[int]) -> str:
    return str(
        tokenizer.decode(token_ids, skip_special_tokens=False, clean_up_tokenization_spaces=False)
    )
