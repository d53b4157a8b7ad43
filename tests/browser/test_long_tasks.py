"""Report the tasks that block the page for more than 50 ms while a reader uses 512 tokens.

The end of the test run lists them. They fail no test, because times differ between machines.
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
const durations = (entries) => entries.map(({ duration }) => duration);
const observer = new PerformanceObserver((list) => {
  window.longTasks.push(...durations(list.getEntries()));
});
observer.observe({ type: "longtask", buffered: true });
window.takeLongTasks = () => {
  return [...window.longTasks.splice(0), ...durations(observer.takeRecords())];
};
"""

# After the next frame and the tasks that it has started.
_TAKE = """() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(() =>
  resolve(window.takeLongTasks()))))"""

# Resolves in the task after the loop.
_BLOCK = """(ms) => new Promise((resolve) => setTimeout(() => {
  const end = performance.now() + ms;
  while (performance.now() < end);
  setTimeout(resolve);
}))"""


@pytest.fixture(scope="module")
def large(publish):
    """Publish random vectors of 512 tokens in the shape of BERT-base."""
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
def report_tasks(page, long_tasks):
    """Yield a function that reports the long tasks since its last call."""

    def report_tasks(what):
        tasks = page.evaluate(_TAKE)
        long_tasks.append(f"{what}: {', '.join(f'{task:.0f} ms' for task in tasks) or 'none'}")
        return tasks

    with page.add_init_script(_OBSERVE):
        yield report_tasks


def test_a_loop_of_80_ms_is_reported_as_a_long_task(open_view, single, page, report_tasks):
    host = open_view(HeadView, single)
    expect_drawn(host)
    report_tasks("five tokens drawn")
    page.evaluate(_BLOCK, 80)
    assert max(report_tasks("a loop of 80 ms")) >= 80


def test_report_long_tasks_of_the_head_view(open_view, large, page, report_tasks):
    host = open_view(HeadView, large)
    expect_drawn(host)
    report_tasks("head view drawn")
    token(figure(host), "queries", 3).hover()
    expect(host.locator(".bertviz-highlighted")).to_have_count(1)
    report_tasks("a token pointed at")
    leave(page)
    host.locator(".bertviz-square").nth(3).click()
    expect_drawn(host, "All, layer 0, heads 0 1 2 4 5 6 7 8 9 10 11")
    report_tasks("a head switched off")
    pick(host, "Layer", "1")
    expect_drawn(host, "All, layer 1, heads 0 1 2 4 5 6 7 8 9 10 11")
    report_tasks("another layer")
    [box] = boxes(figure(host))
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, 900)
    expect(token(figure(host), "queries", 0)).to_have_count(0)
    report_tasks("scrolled")


def test_report_long_tasks_of_the_model_view(open_view, large, report_tasks):
    host = open_view(ModelView, large)
    expect_drawn(host)
    report_tasks("model view drawn")
    host.get_by_role("button", name="Layer 2, Head 3", exact=True).click()
    expect_drawn(host, "All, Layer 2, Head 3")
    report_tasks("a head opened")


def test_report_long_tasks_of_the_neuron_view(open_view, large, report_tasks):
    host = open_view(NeuronView, large)
    expect_drawn(host)
    report_tasks("neuron view drawn")
    pick(host, "Head", "5")
    expect_drawn(host, "All, layer 0, head 5, collapsed")
    report_tasks("another head")
    host.get_by_role("button", name="Show query and key vectors").last.click()
    expect_drawn(host, "All, layer 0, head 5, expanded")
    report_tasks("expanded")
