"""Fixtures: the texts of the comparison, and our view and BertViz's on the same text."""

from contextlib import closing

import pytest

from bench.page_server import PageServer
from bertviz_space import extract
from bertviz_space.page.components import HeadView, ModelView, NeuronView
from tests.browser.bertviz import ours
from tests.browser.bertviz.original import Original, head_page, model_page, neuron_page
from tests.browser.reader import expect_drawn
from tests.conftest import MINILM

# The model, the text, and for pairs the second text: one line adds a text. The model view draws
# single tokens up to 48 tokens.
TEXTS = {
    "a pair": (MINILM, "The cat sat on the mat", "The cat lay on the rug"),
    "unequal": (MINILM, "the dog and the dog and the cat and the dog", "No."),
    "pieces": (MINILM, "Tokenisation splits unfathomable words, 12.5 % of them: naïve!"),
    "causal": ("tiny-gpt2", "The dog on the ship ran, and the dog ran"),
}


@pytest.fixture(scope="session", params=TEXTS)
def result(request, minilm, gpt2, publish):
    """A published result for each of the texts."""
    model_id, *texts = TEXTS[request.param]
    loaded = {MINILM: minilm, "tiny-gpt2": gpt2}[model_id]
    return publish(extract(loaded.model, loaded.tokenizer, *texts))


@pytest.fixture(scope="session")
def bertvizs_tab(chromium):
    """A tab in a window of its own for BertViz's pages."""
    context = chromium.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def bertvizs_server():
    """The web server of BertViz's pages. A route of Playwright would send each page and script
    through three processes.
    """
    with closing(PageServer()) as server:
        yield server


@pytest.fixture
def open_both(page, bertvizs_tab, bertvizs_server, open_view):
    """Return a function that opens our view and BertViz's page on the same result."""
    opened = []

    def open_both(view, result, html):
        host = open_view(view, result)
        expect_drawn(host)
        url, _ = bertvizs_server.put("original", html)
        original = Original(bertvizs_tab, url)
        opened.append(original)
        return host, original

    with ours.recording(page):
        yield open_both
    for original in opened:
        original.close()
        assert original.errors == []


@pytest.fixture
def heads(open_both, result):
    """Our head view and BertViz's."""
    return open_both(HeadView, result, head_page(result.trace))


@pytest.fixture
def models(open_both, result):
    """Our model view and BertViz's."""
    return open_both(ModelView, result, model_page(result.trace))


@pytest.fixture
def neurons(open_both, page, result):
    """Our neuron view and BertViz's."""
    page.set_viewport_size({"width": 1300, "height": 900})
    model_type = "gpt2" if result.trace.layer("self", 0).causal else "bert"
    return open_both(NeuronView, result, neuron_page(result.trace, model_type))
