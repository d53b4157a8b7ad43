"""Compares our neuron view with BertViz's: lines, cells, squares, frames and connectors."""

from dataclasses import replace

from playwright.sync_api import Locator, Page, expect

from tests.browser.bertviz import ours
from tests.browser.bertviz.marks import EXACT, assert_same_lines
from tests.browser.bertviz.neurons import (
    COLORS,
    assert_same_computation,
    in_sight,
    of_bertviz,
    of_ours,
)
from tests.browser.bertviz.original import Original
from tests.browser.conftest import Published
from tests.browser.ink import boxes, rgb, token_boxes
from tests.browser.reader import choices, expect_drawn, figure, leave, parts_of, pick, token

EXPAND, COLLAPSE = "Show query and key vectors", "Hide query and key vectors"


def assert_same_picture(host: Locator, original: Original) -> None:
    """Compare the collapsed views: the lines of one head."""
    drawn = original.lines("#collapsed > g:has(> .attn-line-group)", width=2)
    across = figure(host)
    blue = ours.lines(across)
    assert {COLORS[line.color] for line in [*blue, *drawn]} == {"blue"}
    our_blue = blue[0].color
    expected = [replace(line, color=our_blue) for line in drawn]
    assert_same_lines(blue, ours.in_sight(across, expected), EXACT)


def test_neuron_view_shows_the_lines_and_the_computation_that_bertviz_shows(neurons, page, result):
    """Test all choices on one page of each side: opening BertViz's takes as long as a choice."""
    host, original = neurons
    assert_same_lines_of_choices(host, original, page, result)
    for name, label, choice in (
        ("filter", "Attention", "All"),
        ("layer", "Layer", "0"),
        ("att_head", "Head", "0"),
    ):
        if parts_of(host) or name != "filter":
            pick(host, label, choice)
            original.pick(name, choice)
    expect_drawn(host, "All, layer 0, head 0, collapsed")
    assert_same_computations(host, original, page, result)


def assert_same_lines_of_choices(
    host: Locator, original: Original, page: Page, result: Published
) -> None:
    """Compare the collapsed views of a query, and of a layer, a head and each part."""
    assert_same_picture(host, original)
    assert_same_when_pointing(host, original, page, result)
    for name, label in (("layer", "Layer"), ("att_head", "Head")):
        assert original.locator(f"#{name} option").all_text_contents() == choices(host, label)
        pick(host, label, "3")
        original.pick(name, "3")
    expect_drawn(host, "All, layer 3, head 3, collapsed")
    assert_same_picture(host, original)
    offered = original.locator("#filter option").all_text_contents()
    assert sorted(offered) == sorted(parts_of(host))
    for part in parts_of(host):
        pick(host, "Attention", part)
        original.pick("filter", part)
        expect_drawn(host, f"{part}, layer 3, head 3, collapsed")
        assert_same_picture(host, original)


def assert_same_when_pointing(
    host: Locator, original: Original, page: Page, result: Published
) -> None:
    """Point at two queries on both sides; at the end the pointer is outside."""
    rows = ours.centers(token_boxes(figure(host), "queries"))
    for row in (1, min(4, len(result.trace.source) - 1)):
        token(figure(host), "queries", row).hover()
        original.point_at(original.locator("#collapsed #leftText .highlight").nth(row))
        assert_same_picture(host, original)
        assert_same_highlights(host, original)
        # A round sign is on this token and no other.
        signs = [opacity for _, opacity in original.painted("#collapsed .plus-sign")]
        assert [number for number, opacity in enumerate(signs) if opacity] == [row]
        [sign] = boxes(figure(host).get_by_role("button", name=EXPAND))
        assert ours.nearest(rows, sign["y"] + sign["height"] / 2) == row
    leave(page)
    leave(original.page)
    assert_same_picture(host, original)
    expect(host.locator(".bertviz-boxes rect")).to_have_count(0)


def assert_same_highlights(host: Locator, original: Original) -> None:
    """Compare the highlights of the keys: blue, with the weight as opacity."""
    painted = original.painted("#collapsed #rightText .highlight")
    drawn = ours.boxes_behind(figure(host), "keys")
    assert [box.row for box in drawn] == list(range(len(painted)))
    for box, (color, opacity) in zip(drawn, painted, strict=True):
        assert COLORS[box.color] == COLORS[rgb(color)] == "blue"
        assert abs(box.opacity - opacity) <= EXACT


def assert_same_computations(
    host: Locator, original: Original, page: Page, result: Published
) -> None:
    """Expand both views, compare them for several choices, and collapse them."""
    head_dim = result.trace.layer("self", 0).head_dim
    assert original.locator("#expanded #queries .vector").count() == len(result.trace.source)
    token(figure(host), "queries", 2).hover()
    figure(host).get_by_role("button", name=EXPAND).click()
    click_sign(original, "collapsed", 2)
    expect_drawn(host, "All, layer 0, head 0, expanded")

    def assert_same(query: int) -> None:
        across = figure(host)
        drawn = of_ours(across, head_dim, query), of_bertviz(original)
        shown, expected = in_sight(across, *drawn)
        assert_same_computation(shown, expected, EXACT)

    def compare(query: int) -> None:
        """Compare the views while pointing at nothing, then at a query."""
        leave(page)
        # BertViz hides a token's computation only when the pointer enters that token and leaves it.
        original.point_at(original.locator("#expanded #leftText .highlight").nth(0))
        leave(original.page)
        assert_same(0)
        expect(host.get_by_text("Select a token to see q × k")).to_be_visible()
        assert original.painted("#placeholder")[0][1] == 1
        token(figure(host), "queries", query).hover()
        original.point_at(original.locator("#expanded #leftText .highlight").nth(query))
        assert_same(query)
        expect(host.get_by_text("Select a token to see q × k")).to_be_hidden()

    compare(1)
    for name, label in (("layer", "Layer"), ("att_head", "Head")):
        pick(host, label, "2")
        original.pick(name, "2")
    expect_drawn(host, "All, layer 2, head 2, expanded")
    compare(min(4, len(result.trace.source) - 1))
    for part in parts_of(host)[1:]:
        pick(host, "Attention", part)
        original.pick("filter", part)
        expect_drawn(host, f"{part}, layer 2, head 2, expanded")
        compare(1)
    figure(host).get_by_role("button", name=COLLAPSE).click()
    click_sign(original, "expanded", 1)
    expect(host.get_by_text("Query q")).to_be_hidden()
    token(figure(host), "queries", 1).hover()
    original.point_at(original.locator("#collapsed #leftText .highlight").nth(1))
    assert_same_picture(host, original)


def click_sign(original: Original, state: str, row: int) -> None:
    """Click on BertViz's + or −, which is visible while the pointer is on its token."""
    original.point_at(original.locator(f"#{state} #leftText .highlight").nth(row))
    original.point_at(original.locator(f"#{state} #leftText > g > rect:last-child").nth(row))
    original.page.mouse.down()
    original.page.mouse.up()
