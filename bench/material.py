"""What is drawn at one length: a text for the Space, and BertViz's pages of the same weights."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from bench.cases import Case
from bench.models import text_of
from bench.pages import Pages
from bertviz_space import Trace, extract
from bertviz_space.models.cache import ModelCache
from bertviz_space.models.loading import LoadedModel
from tests.browser.bertviz.original import head_page, model_page, neuron_page

_PAGE_OF: dict[str, Callable[[Trace], str]] = {
    "head": head_page,
    "model": model_page,
    "neuron": lambda trace: neuron_page(trace, "bert"),
}


@dataclass(frozen=True)
class Page:
    """A page of BertViz's.

    Attributes:
        address: where it is served.
        num_bytes: its size.
        made_ms: what it took until it was there: a pass that keeps all attention, as BertViz asks
            for, then BertViz's own Python.
    """

    address: str
    num_bytes: int
    made_ms: float


@dataclass(frozen=True)
class Material:
    """What is drawn at one length.

    Attributes:
        text: for the Space.
        pages: BertViz's, by view.
    """

    text: str
    pages: dict[str, Page]


@contextmanager
def material(case: Case, models: ModelCache, served: Pages) -> Iterator[Material]:
    """Make what is drawn; in the end BertViz's pages go, half a gigabyte each at worst."""
    loaded = models.get(case.model_id)
    text = text_of(loaded.tokenizer, case.tokens)
    pages: dict[str, Page] = {}
    if case.bertviz:
        pass_ms = _eager_pass_ms(loaded, text)
        trace = extract(loaded.model, loaded.tokenizer, text)
        for name in case.bertviz:
            start = time.perf_counter()
            html = _PAGE_OF[name](trace)
            made_ms = pass_ms + (time.perf_counter() - start) * 1000
            pages[name] = Page(*served.put(name, html), made_ms)
    yield Material(text, pages)
    for name in pages:
        served.drop(name)


def _eager_pass_ms(loaded: LoadedModel, text: str) -> float:
    """What a pass takes that keeps the attention of all layers; the first one warms up."""
    inputs = loaded.tokenizer(text, return_tensors="pt")
    passes = []
    for _ in range(2):
        start = time.perf_counter()
        with torch.inference_mode():
            loaded.model(**inputs, output_attentions=True)
        passes.append((time.perf_counter() - start) * 1000)
    return passes[-1]
