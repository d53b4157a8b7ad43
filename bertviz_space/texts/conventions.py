"""How vocabularies spell tokens, told from a whole list of tokens, and the text of such a list.

A token such as ``##s`` or ``Ġ`` can be a spelling of a vocabulary or a piece of ordinary text. One
token does not tell which; a list does: the letters, their order and their bytes have to fit one
convention everywhere, and at least one token has to show its mark. A list that fits no convention
is ordinary text. This module needs no tokenizer.
"""

import codecs
import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import groupby

from .spelling import bytes_of, decode_bytes

# What a list stands for: the bytes of each token, and the bytes before it that no token covers.
_Pieces = list[tuple[bytes, bytes]]

# Tokens that a vocabulary adds: <s>, </s>, <|endoftext|>, [CLS].
_SPECIAL = re.compile(r"<[^<>\s]+>|\[[A-Z]+[0-9]*\]")
_BYTE = re.compile(r"<0x([0-9A-F]{2})>")
# A word after the blank of SentencePiece; U+2581 beside other block elements is a picture of bars.
_SENTENCEPIECE_WORD = re.compile("\u2581+[^\u2580-\u259f\\s]")
_BLANK, _NEWLINE = "\u0120", "\u010a"  # the letters of byte-level BPE for these two bytes
# Byte-level BPE splits a text before each blank and after each line: within a token no blank
# follows a letter, and no letter a line's end. Maltese has the same letters: Ċipru, Ġunju.
# GPT-4o keeps slashes after a line's end: "*/Ċ/".
_BLANK_WITHIN = re.compile("[^\u0100-\u0120]\u0120|[\u010a\u010d](?![\u0109-\u010d\u0120/]|$)")
# Tokens that BERT puts around a text.
_OF_BERT = {"[CLS]", "[SEP]"}
_BEGINS_LATER = 0b10  # the two highest bits of a byte of UTF-8 that begins no character
_LONGEST_TAIL = 3  # such bytes of one character at most


def text_of_spellings(tokens: Sequence[str]) -> tuple[str, list[tuple[int, int]]] | None:
    """Return the text that a list of spellings stands for, and what each token covers of it.

    Args:
        tokens: as they stand in a vocabulary, or ordinary words, in the order of the text.

    Returns:
        The text and the spans, as ``spelling.decode_bytes`` returns them; ``None`` for tokens that
        are ordinary text, which stay as they are.
    """
    conventions: tuple[Callable[[Sequence[str]], _Pieces | None], ...] = (
        _ends_of_words,  # of bytes or of letters, therefore before _byte_level
        _byte_level,
        _sentencepiece,
        _wordpiece,
        _parts_of_words,
        _letters_as_bytes,
    )
    for convention in conventions:
        pieces = convention(tokens)
        if pieces is not None:
            text, spans = decode_bytes([part for piece in pieces for part in piece])
            return text, spans[1::2]
    return None


def _byte_level(tokens: Sequence[str]) -> _Pieces | None:
    """Read byte-level BPE (GPT-2, RoBERTa, Llama 3): ``Ġthe``, ``Ã©``, ``Ċ``."""
    known = [bytes_of(token) for token in tokens]
    for token, data in zip(tokens, known, strict=True):
        is_added = _is_special(token) or not token.strip()
        if (data is None and not is_added) or _BLANK_WITHIN.search(token):
            return None
    text = _strictly_decoded(known)
    if text is None or any(
        unicodedata.category(each) == "Cc" for each in set(text) - set("\t\n\r")
    ):
        return None
    is_marked = any(
        (token[:1] == _BLANK and len(token) > 1) or (token[:1] == _NEWLINE and len(tokens) > 1)
        for token in tokens
    )
    if not is_marked and text.isascii():
        return None
    return [
        (b"", _utf8(token) if data is None else data)
        for token, data in zip(tokens, known, strict=True)
    ]


def _sentencepiece(tokens: Sequence[str]) -> _Pieces | None:
    """Read SentencePiece (Llama 2, T5, XLM-R): ``▁the``, and ``<0x0A>`` for a byte."""
    if any(_has_blank_within(token) for token in tokens):
        return None
    texts = [token for token in tokens if not _is_special(token)]
    is_marked = (
        any(map(_SENTENCEPIECE_WORD.match, texts))
        or any(map(_BYTE.fullmatch, tokens))
        or (len(texts) > 1 and texts[0] == "\u2581")
    )
    if not is_marked:
        return None
    pieces: _Pieces = []
    for token in tokens:
        byte = _BYTE.fullmatch(token)
        if byte:
            pieces.append((b"", bytes.fromhex(byte[1])))
        else:
            pieces.append(
                (b"", _utf8(token if _is_special(token) else token.replace("\u2581", " ")))
            )
    return pieces


def _wordpiece(tokens: Sequence[str]) -> _Pieces | None:
    """Read WordPiece (BERT): ``##s`` continues the word before it."""
    later = [token.startswith("##") and len(token) > 2 for token in tokens]
    is_of_bert = not _OF_BERT.isdisjoint(tokens)
    for place, token in enumerate(tokens):
        hashes_elsewhere = "##" in (token[2:] if later[place] else token)
        if hashes_elsewhere or _has_blank_within(token):
            return None
        # WordPiece splits at punctuation first: what goes on is a letter after a letter. A Japanese
        # BERT splits a text into words first, which can contain punctuation.
        if (
            later[place]
            and not is_of_bert
            and (_is_punctuation(token[2]) or (place and _ends(tokens[place - 1])))
        ):
            return None
    # A heading such as ##Title begins with a capital letter, and the list with it. A cased BERT
    # spells CO, ##VI, ##D.
    places = [place for place, each in enumerate(later) if each and place]
    if not places or (not is_of_bert and all(tokens[place][2].isupper() for place in places)):
        return None
    return _words(
        [_utf8(token[2:] if each else token) for each, token in zip(later, tokens, strict=True)],
        [not each for each in later],
    )


def _ends_of_words(tokens: Sequence[str]) -> _Pieces | None:
    """Read BPE that marks a word's end (GPT, XLM): ``the</w>``; bytes in CLIP: ``Ã©</w>``."""
    mark = "</w>"
    ends = [token.endswith(mark) for token in tokens]
    bare = [token.removesuffix(mark) for token in tokens]
    if any("<w" in token or mark in token or _has_blank_within(token) for token in bare):
        return None
    if not any(each and word and "<" not in word for each, word in zip(ends, bare, strict=True)):
        return None
    after = [_is_special(token) or end for token, end in zip(tokens, ends, strict=True)]
    known = [None if _is_special(word) else bytes_of(word) for word in bare]
    is_of_bytes = all(
        data is not None or _is_special(word) for data, word in zip(known, bare, strict=True)
    )
    text = _strictly_decoded(known) if is_of_bytes else None
    if text is None or text.isascii():
        known = [None] * len(bare)
    words = [_utf8(word) if data is None else data for data, word in zip(known, bare, strict=True)]
    return _words(words, [True, *after[:-1]])


def _parts_of_words(tokens: Sequence[str]) -> _Pieces | None:
    """Read BPE that marks a word that goes on (subword-nmt, CTRL, BERTweet): ``th@@``."""
    goes_on = [token.endswith("@@") for token in tokens]
    bare = [token.removesuffix("@@") for token in tokens]
    if any("@@" in token or _has_blank_within(token) for token in bare):
        return None
    if any(
        each and (not word or word[-1] == "@") for each, word in zip(goes_on, bare, strict=True)
    ):
        return None
    followed = [
        each and not _is_special(after)
        for each, after in zip(goes_on[:-1], tokens[1:], strict=True)
    ]
    if not any(followed) or followed != goes_on[:-1]:
        return None
    return _words(list(map(_utf8, bare)), [True, *(not each for each in goes_on[:-1])])


def _letters_as_bytes(tokens: Sequence[str]) -> _Pieces | None:
    """Read byte tokens (ByT5): one letter up to U+00FF for each byte."""
    letters = [token for token in tokens if not _is_special(token)]
    if any(len(letter) != 1 or ord(letter) > 0xFF for letter in letters):
        return None
    data = [None if _is_special(token) else token.encode("latin-1") for token in tokens]
    text = _strictly_decoded(data)
    if text is None or text.isascii():
        return None
    return [
        (b"", _utf8(token) if each is None else each)
        for token, each in zip(tokens, data, strict=True)
    ]


def _words(parts: Sequence[bytes], begins: Sequence[bool]) -> _Pieces:
    """Return parts of words with a blank before each that begins one, the first excepted."""
    return [
        (b" " if place and begin else b"", part)
        for place, (part, begin) in enumerate(zip(parts, begins, strict=True))
    ]


def _strictly_decoded(pieces: Sequence[bytes | None]) -> str | None:
    """Return the UTF-8 text of pieces, ``None`` if they are no UTF-8.

    ``None`` between pieces separates them. The list can begin and end within a character, because
    it can be a part of a text.
    """
    texts = list[str]()
    for is_gap, run in groupby(pieces, lambda piece: piece is None):
        data = b"" if is_gap else b"".join(piece or b"" for piece in run)
        if not texts:
            tail = next((n for n, byte in enumerate(data) if byte >> 6 != _BEGINS_LATER), len(data))
            data = data[tail:] if tail <= _LONGEST_TAIL else data
        try:
            texts.append(codecs.getincrementaldecoder("utf-8")().decode(data))
        except UnicodeDecodeError:
            return None
    return "".join(texts)


def _is_special(token: str) -> bool:
    return bool(_SPECIAL.fullmatch(token))


def _has_blank_within(token: str) -> bool:
    """Return whether a token holds a plain blank, such as "the cat": no vocabulary has one."""
    return " " in token and bool(token.strip())


def _is_punctuation(letter: str) -> bool:
    return unicodedata.category(letter).startswith(("P", "Z"))


def _ends(token: str) -> bool:
    """Return whether no word continues after a token."""
    return not token or _is_special(token) or _is_punctuation(token[-1])


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")
