"""Recognize how the tokens of a list are spelled, and return the text that the list represents.

A token such as ``##s`` or ``Ġ`` can be the spelling of a vocabulary or a piece of ordinary text. A
single token does not show which, but a list does: all its characters, their order and their bytes
have to match one convention, and at least one token has to contain the convention's mark. A list
that matches no convention is ordinary text. This module needs no tokenizer.
"""

import codecs
import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import groupby

from .spelling import bytes_of, decode_bytes

# For each token the bytes before it that no token covers, and the bytes of the token.
_Pieces = list[tuple[bytes, bytes]]

# Tokens that a vocabulary adds: <s>, </s>, <|endoftext|>, [CLS].
_SPECIAL = re.compile(r"<[^<>\s]+>|\[[A-Z]+[0-9]*\]")
# Those that a tokenizer adds around or between texts, and to fill a batch.
_ADDED = re.compile(r"\[(CLS|SEP|PAD)\]|</?s>|<(pad|bos|eos|cls|sep)>|<\|[a-z_]+\|>")
_BYTE = re.compile(r"<0x([0-9A-F]{2})>")
# A word after SentencePiece's blank. U+2581 next to other block elements is a picture of bars.
_SENTENCEPIECE_WORD = re.compile("\u2581+[^\u2580-\u259f\\s]")
# The characters with which byte-level BPE spells a blank and a newline.
_BLANK, _NEWLINE = "\u0120", "\u010a"
# A token that byte-level BPE does not make. It splits a text before each blank and after each line,
# so within a token no blank follows a letter, and no letter follows a newline. Maltese words have
# the same characters: Ċipru, Ġunju. GPT-4o keeps slashes after a newline: "*/Ċ/".
_BLANK_WITHIN = re.compile("[^\u0100-\u0120]\u0120|[\u010a\u010d](?![\u0109-\u010d\u0120/]|$)")
# Tokens that BERT puts around a text.
_BERT_TOKENS = {"[CLS]", "[SEP]"}
_CONTINUATION = 0b10  # the two highest bits of a UTF-8 byte that does not begin a character
_MAX_CONTINUATIONS = 3  # continuation bytes of one character


def text_of_spellings(tokens: Sequence[str]) -> tuple[str, list[tuple[int, int]]] | None:
    """Return the text that a list of spellings represents, and the characters of each token.

    Args:
        tokens: spellings of a vocabulary, or ordinary words, in the order of the text.

    Returns:
        The text and the spans, as ``spelling.decode_bytes`` returns them; ``None`` if the tokens
        are ordinary text.
    """
    conventions: tuple[Callable[[Sequence[str]], _Pieces | None], ...] = (
        _word_ends,  # can spell bytes, so it comes before _byte_level
        _byte_level,
        _sentencepiece,
        _wordpiece,
        _continued_words,
        _latin1_bytes,
    )
    for convention in conventions:
        pieces = convention(tokens)
        if pieces is not None:
            text, spans = decode_bytes([part for piece in pieces for part in piece])
            return text, spans[1::2]
    return None


def is_added_spelling(token: str) -> bool:
    """Return whether tokenizers add a token to a text: ``[CLS]``, ``</s>`` or similar."""
    return _ADDED.fullmatch(token) is not None


def _byte_level(tokens: Sequence[str]) -> _Pieces | None:
    """Read byte-level BPE (GPT-2, RoBERTa, Llama 3): ``Ġthe``, ``Ã©``, ``Ċ``."""
    known = [bytes_of(token) for token in tokens]
    for token, data in zip(tokens, known, strict=True):
        is_added = _is_special(token) or not token.strip()
        if (data is None and not is_added) or _BLANK_WITHIN.search(token):
            return None
    text = _decode_strictly(known)
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
    return _unspaced(tokens, known)


def _sentencepiece(tokens: Sequence[str]) -> _Pieces | None:
    """Read SentencePiece (Llama 2, T5, XLM-R): ``▁the``, and ``<0x0A>`` for a byte."""
    if any(_has_space_within(token) for token in tokens):
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
        if byte := _BYTE.fullmatch(token):
            piece = bytes.fromhex(byte[1])
        else:
            piece = _utf8(token if _is_special(token) else token.replace("\u2581", " "))
        pieces.append((b"", piece))
    return pieces


def _wordpiece(tokens: Sequence[str]) -> _Pieces | None:
    """Read WordPiece (BERT): ``##s`` continues the word before it."""
    continues = [token.startswith("##") and len(token) > 2 for token in tokens]
    is_bert = not _BERT_TOKENS.isdisjoint(tokens)
    for index, token in enumerate(tokens):
        has_other_hashes = "##" in (token[2:] if continues[index] else token)
        if has_other_hashes or _has_space_within(token):
            return None
        # WordPiece first splits at punctuation, so ## is between two letters. A Japanese BERT first
        # splits a text into words, which can contain punctuation.
        if (
            continues[index]
            and not is_bert
            and (_is_punctuation(token[2]) or (index and _ends_word(tokens[index - 1])))
        ):
            return None
    # A heading such as ##Title begins with a capital letter, and is the first token. A cased BERT
    # spells CO, ##VI, ##D.
    continuing = [token for token, each in zip(tokens[1:], continues[1:], strict=True) if each]
    if not continuing or (not is_bert and all(token[2].isupper() for token in continuing)):
        return None
    bare = [token[2:] if each else token for token, each in zip(tokens, continues, strict=True)]
    return _words(list(map(_utf8, bare)), [not each for each in continues])


def _word_ends(tokens: Sequence[str]) -> _Pieces | None:
    """Read BPE that marks the end of a word: ``the</w>`` (GPT, XLM).

    CLIP spells bytes: ``Ã©</w>``.
    """
    mark = "</w>"
    ends = [token.endswith(mark) for token in tokens]
    bare = [token.removesuffix(mark) for token in tokens]
    if any("<w" in token or mark in token or _has_space_within(token) for token in bare):
        return None
    if not any(each and word and "<" not in word for each, word in zip(ends, bare, strict=True)):
        return None
    known = [None if _is_special(word) else bytes_of(word) for word in bare]
    is_of_bytes = all(
        data is not None or _is_special(word) for data, word in zip(known, bare, strict=True)
    )
    text = _decode_strictly(known) if is_of_bytes else None
    if text is None or text.isascii():
        known = [None] * len(bare)
    words = [_utf8(word) if data is None else data for data, word in zip(known, bare, strict=True)]
    ends_word = [_is_special(token) or each for token, each in zip(tokens, ends, strict=True)]
    return _words(words, [True, *ends_word[:-1]])


def _continued_words(tokens: Sequence[str]) -> _Pieces | None:
    """Read BPE that marks a word that continues (subword-nmt, CTRL, BERTweet): ``th@@``."""
    continues = [token.endswith("@@") for token in tokens]
    bare = [token.removesuffix("@@") for token in tokens]
    if any("@@" in token or _has_space_within(token) for token in bare):
        return None
    if any(
        each and (not word or word[-1] == "@") for each, word in zip(continues, bare, strict=True)
    ):
        return None
    is_followed = [
        each and not _is_special(after)
        for each, after in zip(continues[:-1], tokens[1:], strict=True)
    ]
    if not any(is_followed) or is_followed != continues[:-1]:
        return None
    return _words(list(map(_utf8, bare)), [True, *(not each for each in continues[:-1])])


def _latin1_bytes(tokens: Sequence[str]) -> _Pieces | None:
    """Read byte tokens (ByT5): one character up to U+00FF for each byte."""
    characters = [token for token in tokens if not _is_special(token)]
    if any(len(character) != 1 or ord(character) > 0xFF for character in characters):
        return None
    data = [None if _is_special(token) else token.encode("latin-1") for token in tokens]
    text = _decode_strictly(data)
    if text is None or text.isascii():
        return None
    return _unspaced(tokens, data)


def _unspaced(tokens: Sequence[str], data: Sequence[bytes | None]) -> _Pieces:
    """Return pieces without bytes between tokens.

    Args:
        tokens: the tokens.
        data: the bytes of each token, ``None`` for a token that represents its own characters.
    """
    return [
        (b"", _utf8(token) if each is None else each)
        for token, each in zip(tokens, data, strict=True)
    ]


def _words(parts: Sequence[bytes], begins: Sequence[bool]) -> _Pieces:
    """Return pieces with a blank before each part that begins a word, except the first part."""
    return [
        (b" " if index and begin else b"", part)
        for index, (part, begin) in enumerate(zip(parts, begins, strict=True))
    ]


def _decode_strictly(pieces: Sequence[bytes | None]) -> str | None:
    """Return the UTF-8 text of pieces, ``None`` if they are not UTF-8.

    ``None`` among the pieces separates them. The pieces can begin and end within a character,
    because a list of tokens can be a part of a text.
    """
    texts = list[str]()
    for is_gap, run in groupby(pieces, lambda piece: piece is None):
        data = b"" if is_gap else b"".join(piece or b"" for piece in run)
        if not texts:
            tail = next((n for n, byte in enumerate(data) if byte >> 6 != _CONTINUATION), len(data))
            data = data[tail:] if tail <= _MAX_CONTINUATIONS else data
        try:
            texts.append(codecs.getincrementaldecoder("utf-8")().decode(data))
        except UnicodeDecodeError:
            return None
    return "".join(texts)


def _is_special(token: str) -> bool:
    return bool(_SPECIAL.fullmatch(token))


def _has_space_within(token: str) -> bool:
    """Return whether a token contains a space, such as "the cat": no vocabulary has such tokens."""
    return " " in token and bool(token.strip())


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character).startswith(("P", "Z"))


def _ends_word(token: str) -> bool:
    """Return whether no word can continue after a token."""
    return not token or _is_special(token) or _is_punctuation(token[-1])


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")
