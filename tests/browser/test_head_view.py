"""Test what the attention-head view shows, and how it reacts to pointing and clicking."""

import colorsys
import re

import pytest
import torch
from playwright.sync_api import expect

from bertviz_space.page.components import HeadView
from tests.browser.ink import CATEGORY10, assert_ink, boxes, has_ink, made_up, on_line, pixels, rgb
from tests.browser.reader import choices, expect_drawn, figure, labels, leave, pick, picker, token

PARTS = [
    "All",
    "Sentence A -> Sentence A",
    "Sentence B -> Sentence B",
    "Sentence A -> Sentence B",
    "Sentence B -> Sentence A",
]
ALL_HEADS = "0 1 2 3 4 5 6 7 8 9 10 11"
SEGMENT_B = 8  # position of the first token of sentence B


@pytest.fixture
def host(open_view, pair):
    host = open_view(HeadView, pair)
    expect_drawn(host, f"All, layer 0, heads {ALL_HEADS}")
    return host


def squares(host):
    return host.locator(".bertviz-square")


def leave_on(host, *heads):
    """Switch off all heads except these."""
    squares(host).nth(heads[0]).dblclick()
    for head in heads[1:]:
        squares(host).nth(head).click()
    expect_drawn(host, f"All, layer 0, heads {' '.join(map(str, sorted(heads)))}")


def test_both_columns_show_the_tokens(host, pair):
    texts = [each.text for each in pair.trace.source]
    assert labels(figure(host), "queries") == texts
    assert labels(figure(host), "keys") == texts


def test_picking_a_layer_keeps_the_chosen_heads(host, pair):
    leave_on(host, 2, 5)
    assert choices(host, "Layer") == ["0", "1", "2", "3", "4", "5"]
    pick(host, "Layer", "3")
    expect_drawn(host, "All, layer 3, heads 2 5")
    token(figure(host), "queries", 1).hover()
    weights = pair.trace.weights("self", 3)
    [ink] = pixels(host, [on_line(figure(host), 1, 2, at=0.95)])
    assert_ink(ink, *[(CATEGORY10[head], float(weights[head, 1, 2]) / 2) for head in (2, 5)])


def test_picking_a_layer_by_keyboard_keeps_the_focus_on_the_picker(host, page):
    picker(host, "Layer").focus()
    for layer in (1, 2):
        page.keyboard.press("ArrowDown")
        expect_drawn(host, re.compile(f"^All, layer {layer}, "))
        expect(picker(host, "Layer")).to_be_focused()


def test_a_new_result_keeps_the_chosen_attention_part(host, page, pair):
    pick(host, "Attention", PARTS[1])
    expect_drawn(host, re.compile(f"^{PARTS[1]}, "))
    page.evaluate("url => window.view.update(url)", pair.manifest)
    expect_drawn(host, re.compile(f"^{PARTS[1]}, "))
    expect(picker(host, "Attention").locator("option:checked")).to_have_text(PARTS[1])


def test_attention_picker_offers_the_parts_of_a_pair(host):
    assert choices(host, "Attention") == PARTS


def test_attention_picker_is_hidden_for_one_text(open_view, single):
    host = open_view(HeadView, single)
    expect_drawn(host)
    expect(picker(host, "Layer")).to_be_visible()
    expect(picker(host, "Attention")).to_be_hidden()


def test_picking_a_part_shows_its_tokens_and_keeps_layer_and_heads(host, pair):
    leave_on(host, 4)
    pick(host, "Layer", "2")
    texts = [each.text for each in pair.trace.source]
    spans = {"A": slice(SEGMENT_B), "B": slice(SEGMENT_B, None)}
    for part in PARTS[1:]:
        pick(host, "Attention", part)
        expect_drawn(host, f"{part}, layer 2, heads 4")
        queries, keys = spans[part[9]], spans[part[-1]]
        assert labels(figure(host), "queries") == texts[queries]
        assert labels(figure(host), "keys") == texts[keys]
        # The weights of a part are not normalized again.
        token(figure(host), "queries", 1).hover()
        weight = float(pair.trace.weights("self", 2)[4, queries, keys][1, 6])
        [ink] = pixels(host, [on_line(figure(host), 1, 6, at=0.95)])
        assert_ink(ink, (CATEGORY10[4], weight))


def test_click_on_a_square_switches_its_head_off_and_on(host):
    squares(host).nth(3).click()
    expect_drawn(host, "All, layer 0, heads 0 1 2 4 5 6 7 8 9 10 11")
    expect(squares(host).nth(3)).to_have_attribute("aria-pressed", "false")
    squares(host).nth(3).click()
    expect_drawn(host, f"All, layer 0, heads {ALL_HEADS}")
    expect(squares(host).nth(3)).to_have_attribute("aria-pressed", "true")


def test_click_on_the_last_active_head_leaves_it_on(host):
    leave_on(host, 6)
    squares(host).nth(6).click()
    expect_drawn(host, "All, layer 0, heads 6")


def test_double_click_on_a_head_leaves_only_that_head_on(host):
    squares(host).nth(3).dblclick()
    expect_drawn(host, "All, layer 0, heads 3")


def test_double_click_on_an_inactive_head_leaves_only_that_head_on(host):
    leave_on(host, 3)
    squares(host).nth(5).dblclick()
    expect_drawn(host, "All, layer 0, heads 5")


def test_double_click_on_the_only_active_head_switches_all_heads_on(host):
    leave_on(host, 3)
    squares(host).nth(3).dblclick()
    expect_drawn(host, f"All, layer 0, heads {ALL_HEADS}")


def test_squares_have_the_colors_of_their_heads_and_are_lighter_when_inactive(host):
    def colors():
        found = squares(host).evaluate_all(
            "(all) => all.map((each) => getComputedStyle(each).backgroundColor)"
        )
        return [rgb(color) for color in found]

    assert colors() == [rgb(CATEGORY10[head % 10]) for head in range(12)]
    leave_on(host, 0)
    for head, light in enumerate(colors()[1:], 1):
        assert light == pytest.approx(lightened(rgb(CATEGORY10[head % 10])), abs=1)


def test_the_opacity_of_a_line_is_its_weight_divided_by_the_number_of_active_heads(
    open_view, publish
):
    # Weights of two heads: [head, query, key].
    weights = torch.tensor([[[[0.6, 0.4], [0.0, 1.0]], [[1.0, 0.0], [0.1, 0.9]]]])
    host = open_view(HeadView, publish(made_up(weights)))
    expect_drawn(host, "All, layer 0, heads 0 1")
    across = figure(host)
    ink = pixels(
        host,
        [
            on_line(across, 0, 0, at=0.75),
            on_line(across, 0, 1, at=0.25),
            on_line(across, 1, 0, at=0.25),
        ],
    )
    blue, orange = CATEGORY10[:2]
    assert_ink(ink[0], (blue, 0.6 / 2), (orange, 1.0 / 2))
    assert_ink(ink[1], (blue, 0.4 / 2))
    assert_ink(ink[2], (orange, 0.1 / 2))
    squares(host).nth(1).click()
    expect_drawn(host, "All, layer 0, heads 0")
    ink = pixels(host, [on_line(across, 0, 0, at=0.75), on_line(across, 1, 0, at=0.25)])
    assert_ink(ink[0], (blue, 0.6))
    assert_ink(ink[1])


def test_lines_have_the_color_of_their_head(host, pair):
    for head in (0, 7, 9, 10, 11):
        leave_on(host, head)
        token(figure(host), "queries", 2).hover()
        row = pair.trace.weights("self", 0)[head, 2]
        key = int(row.argmax())
        [ink] = pixels(host, [on_line(figure(host), 2, key, at=0.95)])
        assert_ink(ink, (CATEGORY10[head % 10], float(row[key])))


def test_pointing_at_a_query_token_shows_only_its_lines(host, pair):
    leave_on(host, 1, 8)
    token(figure(host), "queries", 2).hover()
    weights = pair.trace.weights("self", 0)
    keys = range(len(pair.trace.source))
    drawn = pixels(host, [on_line(figure(host), 2, key, at=0.95) for key in keys])
    for key, ink in zip(keys, drawn, strict=True):
        strokes = [(CATEGORY10[head], float(weights[head, 2, key]) / 2) for head in (1, 8)]
        assert_ink(ink, *[stroke for stroke in strokes if stroke[1] >= 0.5 / 255])
    # The lines of the other queries are not drawn.
    begins = [on_line(figure(host), query, query, at=0) for query in keys if query != 2]
    assert not any(map(has_ink, pixels(host, begins)))


def test_pointing_at_a_query_token_draws_a_box_for_each_head_behind_the_keys(host, pair):
    leave_on(host, 1, 8)
    token(figure(host), "queries", 2).hover()
    found = host.locator(".bertviz-boxes rect")
    weights = pair.trace.weights("self", 0)[[1, 8], 2]
    assert_boxes(found, weights, [CATEGORY10[1], CATEGORY10[8]])
    columns = boxes(figure(host).locator(".bertviz-keys .bertviz-background"))
    for each, (head, key) in zip(boxes(found), head_and_row(weights), strict=True):
        half = columns[key]["width"] / 2
        assert each["x"] == pytest.approx(columns[key]["x"] + head * half, abs=0.1)
        assert each["width"] == pytest.approx(half, abs=0.1)
        assert each["y"] == pytest.approx(columns[key]["y"], abs=0.1)
        assert each["height"] == pytest.approx(columns[key]["height"], abs=0.1)


def test_pointing_at_a_query_token_draws_a_gray_background_behind_it(host):
    behind = token(figure(host), "queries", 2).locator(".bertviz-background")
    before = behind.evaluate("(each) => getComputedStyle(each).fill")
    assert before == "rgba(0, 0, 0, 0)"
    token(figure(host), "queries", 2).hover()
    red, green, blue = rgb(behind.evaluate("(each) => getComputedStyle(each).fill"))
    assert max(red, green, blue) - min(red, green, blue) < 20


def test_pointing_at_a_key_token_shows_the_attention_to_it(host, pair):
    leave_on(host, 1, 8)
    token(figure(host), "keys", 7).hover()
    weights = pair.trace.weights("self", 0)
    queries = range(len(pair.trace.source))
    drawn = pixels(host, [on_line(figure(host), query, 7, at=0.05) for query in queries])
    for query, ink in zip(queries, drawn, strict=True):
        strokes = [(CATEGORY10[head], float(weights[head, query, 7]) / 2) for head in (1, 8)]
        assert_ink(ink, *[stroke for stroke in strokes if stroke[1] >= 0.5 / 255])
    ends = [on_line(figure(host), key, key, at=1) for key in queries if key != 7]
    assert not any(map(has_ink, pixels(host, ends)))
    found = host.locator(".bertviz-boxes rect")
    assert_boxes(found, weights[[1, 8], :, 7], [CATEGORY10[1], CATEGORY10[8]])
    columns = boxes(figure(host).locator(".bertviz-queries .bertviz-background"))
    for each, (head, query) in zip(boxes(found), head_and_row(weights[:2, :, 7]), strict=True):
        half = columns[query]["width"] / 2
        assert each["x"] == pytest.approx(columns[query]["x"] + head * half, abs=0.1)
        assert each["y"] == pytest.approx(columns[query]["y"], abs=0.1)


def test_all_lines_are_shown_when_the_pointer_leaves_the_column(host, page):
    points = [
        on_line(figure(host), query, key, at)
        for query, key in ((0, 0), (3, 9))
        for at in (0.3, 0.7)
    ]
    before = pixels(host, points)
    assert all(map(has_ink, before))
    token(figure(host), "queries", 5).hover()
    assert pixels(host, points) != before
    leave(page)
    expect(host.locator(".bertviz-boxes rect")).to_have_count(0)
    expect(host.locator(".bertviz-highlighted")).to_have_count(0)
    assert pixels(host, points) == before


def test_scrolling_a_long_text_draws_the_rows_that_become_visible(open_view, publish):
    # A hundred words; each attends to itself.
    host = open_view(HeadView, publish(made_up(torch.eye(100)[None, None])))
    expect_drawn(host)
    across = figure(host)
    expect(token(across, "queries", 0)).to_be_in_viewport()
    expect(token(across, "queries", 99)).not_to_be_in_viewport()
    across.evaluate("""(figure) => new Promise((resolve) => {
        figure.scrollTop = figure.scrollHeight;
        requestAnimationFrame(() => requestAnimationFrame(resolve));
    })""")
    expect(token(across, "queries", 99)).to_be_in_viewport()
    for row in (99, 80):
        [ink] = pixels(host, [on_line(across, row, row, at=0.5)])
        assert_ink(ink, (CATEGORY10[0], 1.0))
    token(across, "queries", 99).hover()
    lines = pixels(host, [on_line(across, row, row, at=0.5) for row in (98, 99)])
    assert_ink(lines[0])
    assert_ink(lines[1], (CATEGORY10[0], 1.0))


def test_another_choice_cancels_the_download_of_the_previous_choice(host, page):
    unanswered = []
    page.route("**/self-4.safetensors", lambda route: unanswered.append(route))

    def is_of_layer_4(request):
        return request.url.endswith("/self-4.safetensors")

    # The download of a neighboring layer, which is prefetched, can be canceled as well.
    with page.expect_event("requestfailed", is_of_layer_4):
        with page.expect_request(is_of_layer_4):
            pick(host, "Layer", "4")
        pick(host, "Layer", "2")
    expect_drawn(host, re.compile("^All, layer 2,"))
    assert len(unanswered) == 1


def head_and_row(weights):
    """Return head and row of each box, in the order of the boxes: head by head."""
    return [(head, row) for head in range(weights.shape[0]) for row in range(weights.shape[1])]


def assert_boxes(found, weights, colors):
    """Check for one box per active head and token, whose opacity is the undivided weight.

    Args:
        found: the boxes.
        weights: ``[head, token]`` of the active heads.
        colors: of the active heads.
    """
    drawn = found.evaluate_all(
        """(all) => all.map((each) => [
            each.getAttribute("fill"), Number(each.getAttribute("fill-opacity")),
        ])"""
    )
    expected = [(colors[head], weights[head, row]) for head, row in head_and_row(weights)]
    assert [color for color, _ in drawn] == [color for color, _ in expected]
    assert [opacity for _, opacity in drawn] == pytest.approx(
        [float(weight) for _, weight in expected], abs=1e-4
    )


def lightened(color):
    """Return BertViz's color of an inactive head: 60% lighter, and less saturated by as much."""
    hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in color))
    step = (1 - light) * 0.6
    # The saturation of gray stays 0.
    lighter = colorsys.hls_to_rgb(hue, light + step, saturation and saturation - step)
    return tuple(part * 255 for part in lighter)
