"""Generates the corpus from a seed: short English documents, each a list of sentences."""

from __future__ import annotations

import random
import re

from training.lexicon import CAPITALS, HE_NAMES, SHE_NAMES, THEY_NAMES, WORD_LISTS
from training.templates import KINDS

Document = list[str]

_PRONOUNS = {
    "she": (SHE_NAMES, "she", "her", "her"),
    "he": (HE_NAMES, "he", "him", "his"),
    "they": (THEY_NAMES, "they", "them", "their"),
}
# The pronouns of the two people of a document differ, so that each pronoun refers to one name.
_PAIRS = [("she", "he"), ("he", "she")] * 3 + [
    ("she", "they"),
    ("he", "they"),
    ("they", "she"),
    ("they", "he"),
]
_TRAIN_SEED = 1
_HELD_OUT_SEED = 2


class Scene(dict[str, str]):
    """The slot values of one document; a missing value is drawn at its first use."""

    def __init__(self, rng: random.Random) -> None:
        """Draw the people and the countries, which fill several related slots each."""
        super().__init__()
        self._rng = rng
        for person, kind in enumerate(rng.choice(_PAIRS), start=1):
            names, subject, object_, possessive = _PRONOUNS[kind]
            self[f"he{person}"], self[f"He{person}"] = subject, subject.capitalize()
            self[f"him{person}"] = object_
            self[f"his{person}"], self[f"His{person}"] = possessive, possessive.capitalize()
            self[f"name{person}"] = rng.choice(names)
        for number, (country, capital) in enumerate(rng.sample(CAPITALS, 2), start=1):
            self[f"country{number}"] = country
            self[f"capital{number}"] = capital.replace("_", " ")

    def __missing__(self, slot: str) -> str:
        """Draw a word for the slot, and store it if the slot is numbered."""
        words = WORD_LISTS[slot.rstrip("0123456789")]
        word = self._rng.choice(words)
        if slot[-1].isdigit():
            taken = {value for name, value in self.items() if name[:-1] == slot[:-1]}
            while word in taken:
                word = self._rng.choice(words)
            self[slot] = word
        return word


def _with_articles(sentence: str) -> str:
    """Return the sentence with "an" instead of "a" before words that start with a vowel."""
    return re.sub(r"\b([Aa]) (?=[aeio]|un[^i]|um|ug)", r"\1n ", sentence)


def _fill(template: str, scene: Scene) -> str:
    sentence = _with_articles(template.format_map(scene))
    return sentence[0].upper() + sentence[1:]


def _story(rng: random.Random) -> Document:
    """Return a document of a random kind, with most of the kind's beats."""
    scene = Scene(rng)
    beats = rng.choice(KINDS)
    kept = [beat for beat in beats if rng.random() < 0.85] or beats[:1]
    return [_fill(rng.choice(beat), scene) for beat in kept]


def _with_repeat(document: Document, rng: random.Random) -> Document:
    """Return the document with one of its sentences, or the whole document, repeated at the end."""
    if rng.random() < 0.4:
        return document + document
    return [*document, rng.choice(document)]


def _as_typed(document: Document) -> Document:
    """Return the document in lower case, with spaces around punctuation, as in older corpora."""
    return [" ".join(re.sub(r"([.,?!\"])", r" \1 ", text.lower()).split()) for text in document]


def generate_documents(num_documents: int, seed: int) -> list[Document]:
    """Return generated documents, each a list of sentences.

    Args:
        num_documents: the number of documents.
        seed: determines everything random.
    """
    rng = random.Random(seed)
    documents = []
    for _ in range(num_documents):
        document = _story(rng)
        if rng.random() < 0.3:
            document = _with_repeat(document, rng)
        if rng.random() < 0.12:
            document = _as_typed(document)
        documents.append(document)
    return documents


def train_documents(num_documents: int = 20_000) -> list[Document]:
    """Return the training documents."""
    return generate_documents(num_documents, _TRAIN_SEED)


def held_out_documents(num_documents: int = 400) -> list[Document]:
    """Return documents of another seed that contain no sentence of the training documents."""
    known = {sentence for document in train_documents() for sentence in document}
    fresh = []
    for document in generate_documents(8 * num_documents, _HELD_OUT_SEED):
        if not known.intersection(document):
            fresh.append(document)
    return fresh[:num_documents]
