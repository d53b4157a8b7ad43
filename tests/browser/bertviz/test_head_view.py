"""Compares every line of our head view with BertViz's: place, order, color and opacity."""

from playwright.sync_api import Locator, Page, expect

from bertviz_space import extract
from bertviz_space.models.cache import ModelCache
from bertviz_space.page.components import HeadView
from tests.browser.bertviz import ours
from tests.browser.bertviz.marks import EXACT, assert_same_boxes, assert_same_lines
from tests.browser.bertviz.original import Original, head_lines_of, head_page
from tests.browser.conftest import Published
from tests.browser.ink import rgb
from tests.browser.reader import choices, expect_drawn, figure, leave, parts_of, pick, token


def assert_same_picture(host: Locator, original: Original) -> None:
    drawn = head_lines_of(original.page)
    across = figure(host)
    assert_same_lines(ours.lines(across), ours.in_sight(across, drawn), EXACT)


def test_head_view_shows_what_bertviz_shows_for_heads_tokens_layers_and_parts(heads, page, result):
    """Test all choices on one page of each side: opening BertViz's takes as long as a choice."""
    host, original = heads
    assert_same_picture(host, original)
    assert_same_with_heads_off(host, original)
    assert_same_when_pointing(host, original, page, result)
    names = " ".join(str(head) for head in range(result.trace.layer("self", 0).num_heads))
    layer = len(result.trace.layers["self"]) - 1
    assert original.locator("#layer option").all_text_contents() == choices(host, "Layer")
    pick(host, "Layer", str(layer))
    original.pick("layer", str(layer))
    expect_drawn(host, f"All, layer {layer}, heads {names}")
    assert_same_picture(host, original)
    assert original.locator("#filter option").all_text_contents() == parts_of(host)
    for part in parts_of(host):
        pick(host, "Attention", part)
        original.pick("filter", part)
        expect_drawn(host, f"{part}, layer {layer}, heads {names}")
        assert_same_picture(host, original)


def assert_same_with_heads_off(host: Locator, original: Original) -> None:
    """Switch heads off and on, on both sides; at the end all are on."""
    squares = host.locator(".bertviz-square")
    checkboxes = original.locator("#vis > svg > g:last-child > rect")
    expect(squares).to_have_count(checkboxes.count())
    for action, head in (("click", 1), ("dblclick", 3), ("click", 0), ("click", 2), ("click", 3)):
        for square in (squares.nth(head), checkboxes.nth(head)):
            square.click() if action == "click" else square.dblclick()
        assert_same_picture(host, original)
        fills = [rgb(color) for color, _ in original.painted("#vis > svg > g:last-child > rect")]
        colors = squares.evaluate_all(
            "all => all.map(each => getComputedStyle(each).backgroundColor)"
        )
        assert [rgb(color) for color in colors] == fills
    for square in (squares.nth(3), checkboxes.nth(3)):
        # The first double click leaves this head alone, the second one shows all heads again.
        square.dblclick()
        square.dblclick()
    expect(host.locator(".bertviz-square[aria-pressed=true]")).to_have_count(squares.count())
    assert_same_picture(host, original)


def assert_same_when_pointing(
    host: Locator, original: Original, page: Page, result: Published
) -> None:
    """Point at tokens of both columns while two heads are off; at the end all heads are on."""
    rows = (1, min(4, len(result.trace.source) - 1))
    squares = host.locator(".bertviz-square")
    checkboxes = original.locator("#vis > svg > g:last-child > rect")
    for head in (2, 3):
        squares.nth(head).click()
        checkboxes.nth(head).click()
    sides = {"queries": "left", "keys": "right"}
    for (side, here), opposite in zip(sides.items(), reversed(sides), strict=True):
        for row in rows:
            token(figure(host), side, row).hover()
            original.point_at(original.locator(f"#{here} .background").nth(row))
            assert_same_picture(host, original)
            found = ours.boxes_behind(figure(host), opposite)
            assert_same_boxes(found, original.boxes(sides[opposite]), EXACT)
            # There is a gray box behind this token and no other.
            gray = [opacity for _, opacity in original.painted(f"#{here} .background")]
            tokens = figure(host).locator(f".bertviz-{side} .bertviz-token")
            assert gray == tokens.evaluate_all(
                "all => all.map(each => Number(each.classList.contains('bertviz-highlighted')))"
            )
    leave(page)
    leave(original.page)
    assert_same_picture(host, original)
    for head in (2, 3):
        squares.nth(head).click()
        checkboxes.nth(head).click()


def test_head_view_of_a_longer_text_draws_lines_whose_ends_are_out_of_sight(
    open_both, gpt2, publish
):
    text = "The dog on the ship ran, and the cat on the mat sat. " * 8
    result = publish(extract(gpt2.model, gpt2.tokenizer, text))
    rows = len(result.trace.source)
    assert 100 < rows <= 256
    host, original = open_both(HeadView, result, head_page(result.trace))
    across = figure(host)
    across.evaluate("(figure) => { figure.scrollTop = figure.scrollHeight / 2; }")
    expect(token(across, "queries", rows // 2 + 10)).to_be_in_viewport()
    drawn = head_lines_of(original.page)
    seen = ours.in_sight(across, drawn)
    assert any(line.key < 10 and line.query > rows - 10 for line in seen)
    assert len(seen) < len(drawn)
    assert_same_picture(host, original)


def test_head_view_draws_the_lines_of_encoder_decoder_and_cross(open_both, t5, publish):
    loaded = ModelCache().get(t5)
    texts = ("The small elephant is tired.", "Der kleine Elefant")
    trace = extract(loaded.model, loaded.tokenizer, texts[0], target_text=texts[1])
    host, original = open_both(HeadView, publish(trace), head_page(trace))
    assert_same_picture(host, original)
    assert original.locator("#filter option").all_text_contents() == parts_of(host)
    for part in parts_of(host):
        pick(host, "Attention", part)
        original.pick("filter", part)
        expect_drawn(host, f"{part}, layer 0, heads 0 1 2 3")
        assert_same_picture(host, original)
