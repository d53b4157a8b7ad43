"""Makes a text of one length for the Space, and BertViz's pages of the same weights."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from bench.cases import Case
from bench.models import text_of
from bench.page_server import PageServer
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
class BertVizPage:
    """A page that BertViz made.

    Attributes:
        url: the page's URL.
        num_bytes: the page's size in bytes.
        build_ms: milliseconds to make the page: a forward pass that keeps all attention, as BertViz
            requires, and BertViz's own Python code.
    """

    url: str
    num_bytes: int
    build_ms: float


@dataclass(frozen=True)
class Material:
    """What both sides draw at one length.

    Attributes:
        text: the text for the Space.
        pages: BertViz's pages by view.
    """

    text: str
    pages: dict[str, BertVizPage]


@contextmanager
def material(case: Case, models: ModelCache, server: PageServer) -> Iterator[Material]:
    """Make what both sides draw, and remove BertViz's pages at the end: up to 0.5 GB each."""
    loaded = models.get(case.model_id)
    text = text_of(loaded.tokenizer, case.tokens)
    pages: dict[str, BertVizPage] = {}
    if case.bertviz:
        pass_ms = _eager_pass_ms(loaded, text)
        trace = extract(loaded.model, loaded.tokenizer, text)
        for name in case.bertviz:
            start = time.perf_counter()
            html = _PAGE_OF[name](trace)
            build_ms = pass_ms + (time.perf_counter() - start) * 1000
            pages[name] = BertVizPage(*server.put(name, html), build_ms)
    yield Material(text, pages)
    for name in pages:
        server.drop(name)


def _eager_pass_ms(loaded: LoadedModel, text: str) -> float:
    """Return the milliseconds of the second of two passes that keep all attention."""
    inputs = loaded.tokenizer(text, return_tensors="pt")
    passes = []
    for _ in range(2):
        start = time.perf_counter()
        with torch.inference_mode():
            loaded.model(**inputs, output_attentions=True)
        passes.append((time.perf_counter() - start) * 1000)
    return passes[-1]
