"""Compares every line of our model view with BertViz's, in all cells and in the panel."""

import math

from playwright.sync_api import Locator, Page, expect

from tests.browser.bertviz import ours
from tests.browser.bertviz.marks import EXACT, LEAST_OPACITY, assert_same_lines
from tests.browser.bertviz.original import Original
from tests.browser.conftest import Published
from tests.browser.reader import expect_drawn, figure, leave, parts_of, pick, token

# The cells are drawn from bytes that store the square root of a weight in 255 steps. Rounding
# changes the root by at most half a step, and therefore a weight of up to 1 by less than 1/255.
BYTE_TOLERANCE = 1 / 255
# The smallest byte that is drawn, and the smallest weight that rounds to it.
LEAST_BYTE = math.ceil(255 * math.sqrt(LEAST_OPACITY))
LEAST_CELL_OPACITY = ((LEAST_BYTE - 0.5) / 255) ** 2


def assert_same_cells(host: Locator, original: Original) -> None:
    drawn = original.lines("#vis > svg > g:not(.detail):has(line)", width=2.2)
    rows = 1 + max(max(line.query, line.key) for line in drawn)
    found = ours.thumbnails(host.locator(".bertviz-grid"), rows)
    assert_same_lines(found, drawn, BYTE_TOLERANCE, LEAST_CELL_OPACITY)


def test_model_view_draws_the_lines_of_an_open_head_and_of_each_cell_and_part(models, page, result):
    """Test all choices on one page of each side: opening BertViz's takes as long as a choice."""
    host, original = models
    assert_same_cells(host, original)
    assert_same_open_heads(host, original, page, result)
    assert original.locator("#filter option").all_text_contents() == parts_of(host)
    for part in parts_of(host):
        pick(host, "Attention", part)
        original.pick("filter", part)
        expect_drawn(host, part)
        assert_same_cells(host, original)


def assert_same_open_heads(
    host: Locator, original: Original, page: Page, result: Published
) -> None:
    """Open heads in the panel of both sides; at the end none is open."""
    panel = host.locator(".bertviz-panel")
    details = original.locator("text.detail")
    num_heads = result.trace.layer("self", 0).num_heads
    regions = original.locator("#vis > svg > g:not(.detail) > rect:last-child")
    for layer, head in ((1, 2), (3, 1)):
        title = f"Layer {layer}, Head {head}"
        host.get_by_role("button", name=title, exact=True).click()
        regions.nth(layer * num_heads + head).click()
        expect_drawn(host, f"All, {title}")
        expect(panel.get_by_role("heading")).to_have_text(title)
        expect(details).to_have_text(title)
        assert_same_detail(host, original)
        token(figure(panel), "queries", 3).hover()
        original.point_at(original.locator("g.detail").first.locator(".token").nth(3))
        assert_same_detail(host, original)
        leave(page)
        leave(original.page)
        assert_same_detail(host, original)
    host.get_by_role("button", name="Layer 3, Head 1", exact=True).click()
    regions.nth(3 * num_heads + 1).click()
    expect(panel).to_be_hidden()
    expect(details).to_have_count(0)


def assert_same_detail(host: Locator, original: Original) -> None:
    drawn = original.lines("g.detail:has(.attn-line-group)", width=2.2)
    across = figure(host.locator(".bertviz-panel"))
    assert_same_lines(ours.lines(across, width=2.2), ours.in_sight(across, drawn), EXACT)
