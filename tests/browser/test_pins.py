"""Test the readout of the highlighted token, and pinning."""

import pytest
from playwright.sync_api import expect

from bertviz_space.page.components import HeadView, ModelView, NeuronView
from tests.browser.reader import expect_drawn, figure, leave, pick, readout, token

ALL_HEADS = "0 1 2 3 4 5 6 7 8 9 10 11"


@pytest.fixture
def host(open_view, pair):
    host = open_view(HeadView, pair)
    expect_drawn(host, f"All, layer 0, heads {ALL_HEADS}")
    return host


def pinned(host):
    return figure(host).locator(".bertviz-pinned")


def numbers(host):
    return [
        float(text) for text in figure(host).locator(".bertviz-numbers text").all_text_contents()
    ]


def strongest(row, tokens):
    """Return the five largest weights as the readout lists them."""
    best = row.argsort(descending=True, stable=True)[:5].tolist()
    return [f"{tokens[at].text} {row[at]:.2f}" for at in best if row[at] >= 0.005]


def test_pointing_at_a_query_lists_its_mean_weights_over_the_active_heads(host, pair):
    host.locator(".bertviz-square").nth(1).dblclick()
    host.locator(".bertviz-square").nth(8).click()
    expect_drawn(host, "All, layer 0, heads 1 8")
    token(figure(host), "queries", 2).hover()
    row = pair.trace.weights("self", 0)[[1, 8], 2].mean(dim=0)
    assert numbers(host) == pytest.approx(row.tolist(), abs=6e-4)
    phrases = readout(host).locator("span")
    expect(phrases).to_have_text(
        ["cat", "attends to", *strongest(row, pair.trace.source), "mean of 2 heads"]
    )


def test_pointing_at_a_key_lists_the_weights_of_the_attention_to_it(host, pair):
    host.locator(".bertviz-square").nth(4).dblclick()
    expect_drawn(host, "All, layer 0, heads 4")
    token(figure(host), "keys", 9).hover()
    column = pair.trace.weights("self", 0)[4, :, 9]
    assert numbers(host) == pytest.approx(column.tolist(), abs=6e-4)
    expect(readout(host).locator("span")).to_have_text(
        ["cat", "is attended to by", *strongest(column, pair.trace.source)]
    )


def test_a_clicked_token_stays_highlighted_while_the_reader_points_elsewhere(host, page):
    token(figure(host), "queries", 2).click()
    expect(pinned(host)).to_have_count(1)
    text = readout(host).text_content()
    token(figure(host), "queries", 5).hover()
    expect(figure(host).locator(".bertviz-highlighted")).to_have_attribute("data-position", "2")
    leave(page)
    expect(figure(host).locator(".bertviz-highlighted")).to_have_attribute("data-position", "2")
    assert readout(host).text_content() == text
    assert text is not None and text.endswith("pinned, Escape unpins")


def test_click_on_the_pinned_token_unpins_it(host, page):
    token(figure(host), "keys", 2).click()
    expect(pinned(host)).to_have_count(1)
    token(figure(host), "keys", 2).click()
    expect(pinned(host)).to_have_count(0)
    leave(page)
    expect(figure(host).locator(".bertviz-boxes rect")).to_have_count(0)


def test_click_beside_the_tokens_unpins_the_token(host):
    token(figure(host), "queries", 2).click()
    expect(pinned(host)).to_have_count(1)
    figure(host).click(position={"x": 300, "y": 40})  # among the lines
    expect(pinned(host)).to_have_count(0)


def test_a_pinned_token_stays_pinned_in_another_layer(host, page, pair):
    host.locator(".bertviz-square").nth(1).dblclick()
    token(figure(host), "queries", 2).click()
    pick(host, "Layer", "3")
    expect_drawn(host, "All, layer 3, heads 1")
    leave(page)
    expect(pinned(host)).to_have_attribute("data-position", "2")
    row = pair.trace.weights("self", 3)[1, 2]
    assert numbers(host) == pytest.approx(row.tolist(), abs=6e-4)


def test_pinning_a_token_does_not_cancel_the_download_of_a_layer(host, page):
    requests = []
    page.route("**/self-3.safetensors", lambda route: requests.append(route))
    with page.expect_request("**/self-3.safetensors"):
        pick(host, "Layer", "3")
    token(figure(host), "queries", 2).click()
    for route in requests:
        route.continue_()
    expect_drawn(host, f"All, layer 3, heads {ALL_HEADS}")
    expect(pinned(host)).to_have_attribute("data-position", "2")


def test_a_new_text_unpins_the_token(host, page, single):
    token(figure(host), "queries", 2).click()
    expect(pinned(host)).to_have_count(1)
    leave(page)
    page.evaluate("url => window.view.update(url)", single.manifest)
    expect_drawn(host)
    expect(pinned(host)).to_have_count(0)


def test_the_token_under_a_resting_pointer_stays_highlighted_in_another_layer(host, page):
    token(figure(host), "queries", 2).hover()
    picker = host.get_by_role("combobox", name="Layer", exact=True)
    picker.focus()
    page.keyboard.press("ArrowDown")
    expect_drawn(host, f"All, layer 1, heads {ALL_HEADS}")
    expect(figure(host).locator(".bertviz-highlighted")).to_have_attribute("data-position", "2")


def test_click_on_a_query_in_the_panel_of_the_model_view_pins_it(open_view, page, pair):
    host = open_view(ModelView, pair)
    expect_drawn(host, "All")
    host.get_by_role("button", name="Layer 2, Head 3", exact=True).click()
    expect_drawn(host, "All, Layer 2, Head 3")
    token(figure(host), "queries", 4).click()
    leave(page)
    expect(pinned(host)).to_have_attribute("data-position", "4")
    row = pair.trace.weights("self", 2)[3, 4]
    assert numbers(host) == pytest.approx(row.tolist(), abs=6e-4)


def test_a_query_stays_pinned_when_the_neuron_view_is_expanded(open_view, page, pair):
    host = open_view(NeuronView, pair)
    expect_drawn(host)
    token(figure(host), "queries", 4).click()
    host.get_by_role("button", name="Show query and key vectors").first.click()
    expect_drawn(host, "All, layer 0, head 0, expanded")
    leave(page)
    expect(pinned(host)).to_have_attribute("data-position", "4")
    expect(host.get_by_text("No token selected")).to_be_hidden()
