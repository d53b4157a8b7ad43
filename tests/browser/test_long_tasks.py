"""How long the page is busy at a stretch while a reader works on 512 tokens.

Times differ from machine to machine: what blocks the page for more than 50 ms is said at the end of
the run, and fails nothing.
"""

import pytest
import torch
from playwright.sync_api import expect

from bertviz_space import LayerAttention, Trace
from bertviz_space.page.components import HeadView, ModelView, NeuronView
from tests.browser.ink import boxes, made_up
from tests.browser.reader import expect_drawn, figure, leave, pick, token

TOKENS, LAYERS, HEADS, DIM = 512, 12, 12, 64

_OBSERVE = """
window.longTasks = [];
new PerformanceObserver((list) => {
  window.longTasks.push(...list.getEntries().map(({ duration }) => duration));
}).observe({ type: "longtask", buffered: true });
"""

# After a frame and what comes with it.
_TAKE = """() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(() =>
  resolve(window.longTasks.splice(0)), 50)))"""

_BLOCK = """(ms) => setTimeout(() => {
  const end = performance.now() + ms;
  while (performance.now() < end);
})"""


@pytest.fixture(scope="module")
def large(publish):
    """A text of 512 tokens in the shape of a BERT-base."""
    generator = torch.Generator().manual_seed(0)
    tokens = made_up(torch.eye(TOKENS)[None, None]).source
    layers = tuple(
        LayerAttention(
            component="self",
            layer=number,
            query=torch.randn(HEADS, TOKENS, DIM, generator=generator) * 2,
            key=torch.randn(HEADS, TOKENS, DIM, generator=generator),
            scaling=DIM**-0.5,
        )
        for number in range(LAYERS)
    )
    return publish(Trace(source=tokens, target=None, layers={"self": layers}))


@pytest.fixture
def busy(page, long_tasks):
    """A function that notes what kept the page busy since it was called last."""
    page.add_init_script(_OBSERVE)

    def busy(what):
        tasks = page.evaluate(_TAKE)
        long_tasks.append(f"{what}: {', '.join(f'{task:.0f} ms' for task in tasks) or 'none'}")
        return tasks

    return busy


def test_what_blocks_the_page_is_seen(open_view, single, page, busy):
    host = open_view(HeadView, single)
    expect_drawn(host)
    busy("five tokens drawn")
    page.evaluate(_BLOCK, 80)
    assert max(busy("a loop of 80 ms")) >= 80


def test_the_head_view_is_worked(open_view, large, page, busy):
    host = open_view(HeadView, large)
    expect_drawn(host)
    busy("head view drawn")
    token(figure(host), "queries", 3).hover()
    expect(host.locator(".bertviz-hovered")).to_have_count(1)
    busy("a token pointed at")
    leave(page)
    host.locator(".bertviz-square").nth(3).click()
    expect_drawn(host, "All, layer 0, heads 0 1 2 4 5 6 7 8 9 10 11")
    busy("a head switched off")
    pick(host, "Layer", "1")
    expect_drawn(host, "All, layer 1, heads 0 1 2 4 5 6 7 8 9 10 11")
    busy("another layer")
    [box] = boxes(figure(host))
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, 900)
    expect(token(figure(host), "queries", 0)).to_have_count(0)
    busy("scrolled")


def test_the_model_view_is_worked(open_view, large, busy):
    host = open_view(ModelView, large)
    expect_drawn(host)
    busy("model view drawn")
    host.get_by_role("button", name="Layer 2, Head 3", exact=True).click()
    expect_drawn(host, "All, Layer 2, Head 3")
    busy("a head opened")


def test_the_neuron_view_is_worked(open_view, large, busy):
    host = open_view(NeuronView, large)
    expect_drawn(host)
    busy("neuron view drawn")
    pick(host, "Head", "5")
    expect_drawn(host, "All, layer 0, head 5, collapsed")
    busy("another head")
    host.get_by_role("button", name="Show query and key vectors").last.click()
    expect_drawn(host, "All, layer 0, head 5, expanded")
    busy("expanded")
