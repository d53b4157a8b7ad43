"""Generates the corpus: short English documents, a list of sentences each, from a seed."""

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
# The two people of a document differ in pronoun, so that each pronoun points at one name.
_PAIRS = [("she", "he"), ("he", "she")] * 3 + [
    ("she", "they"),
    ("he", "they"),
    ("they", "she"),
    ("they", "he"),
]
_TRAIN_SEED = 1
_HELD_OUT_SEED = 2


class Scene(dict[str, str]):
    """The slot values of one document; a slot not yet known is drawn when it is asked for."""

    def __init__(self, rng: random.Random) -> None:
        """Draws the people and the countries, whose slots belong together."""
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
        """Draws a word for the slot, and keeps it when the slot is numbered."""
        words = WORD_LISTS[slot.rstrip("0123456789")]
        word = self._rng.choice(words)
        if slot[-1].isdigit():
            taken = {value for name, value in self.items() if name[:-1] == slot[:-1]}
            while word in taken:
                word = self._rng.choice(words)
            self[slot] = word
        return word


def _with_articles(sentence: str) -> str:
    """Writes "an" where a drawn word that starts with a vowel follows "a"."""
    return re.sub(r"\b([Aa]) (?=[aeio]|un[^i]|um|ug)", r"\1n ", sentence)


def _fill(template: str, scene: Scene) -> str:
    sentence = _with_articles(template.format_map(scene))
    return sentence[0].upper() + sentence[1:]


def _story(rng: random.Random) -> Document:
    """Returns one document of a random kind, most beats kept."""
    scene = Scene(rng)
    beats = rng.choice(KINDS)
    kept = [beat for beat in beats if rng.random() < 0.85] or beats[:1]
    return [_fill(rng.choice(beat), scene) for beat in kept]


def _with_repeat(document: Document, rng: random.Random) -> Document:
    """Repeats a sentence, or the whole document, later in it."""
    if rng.random() < 0.4:
        return document + document
    return [*document, rng.choice(document)]


def _as_typed(document: Document) -> Document:
    """Returns the document in lower case with punctuation set apart, as older corpora have it."""
    return [" ".join(re.sub(r"([.,?!\"])", r" \1 ", text.lower()).split()) for text in document]


def generate_documents(num_documents: int, seed: int) -> list[Document]:
    """Generates documents.

    Args:
        num_documents: How many documents to generate.
        seed: Everything random follows from it.

    Returns:
        The documents, a list of sentences each.
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
    """Returns the documents the models learn from."""
    return generate_documents(num_documents, _TRAIN_SEED)


def held_out_documents(num_documents: int = 400) -> list[Document]:
    """Returns documents of another seed, less those with a sentence the models learned from."""
    known = {sentence for document in train_documents() for sentence in document}
    fresh = []
    for document in generate_documents(8 * num_documents, _HELD_OUT_SEED):
        if not known.intersection(document):
            fresh.append(document)
    return fresh[:num_documents]
