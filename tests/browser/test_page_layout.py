"""Where the page puts the form, its popovers and the figure, at several widths."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Locator, Page, expect

from bertviz_space.page.examples import EXAMPLES
from tests.browser.reader import (
    choose_model,
    expect_drawn,
    expect_outcome,
    figure,
    model_field,
    open_page,
    option,
    outcome,
    run,
    run_example,
    second_text_field,
    show,
    text_field,
    token,
    view,
)

DESKTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
WIDTHS = [1920, 1366, 1024, 768, 390]


def open_at(page: Page, url: str, size: dict[str, int]) -> None:
    page.set_viewport_size({"width": size["width"], "height": size["height"]})
    open_page(page, url)
    # The first model's fields, which the page shows when it has looked the model up.
    expect(second_text_field(page)).to_be_visible()


def top_of(element: Locator) -> float:
    box = element.bounding_box()
    assert box is not None
    return box["y"]


def right_of(element: Locator) -> float:
    box = element.bounding_box()
    assert box is not None
    return box["x"] + box["width"]


def test_the_figure_is_in_the_upper_third_of_the_screen_with_the_options_of_each_model(page, url):
    open_at(page, url, DESKTOP)
    for model_id in ("tiny-bert", "tiny-gpt2"):
        choose_model(page, model_id)
        run(page)
        expect_outcome(page, f"^{model_id} ")
        expect_drawn(view(page, "head"))
        assert top_of(view(page, "head").locator(".bertviz-controls")) <= 150
        assert top_of(token(figure(view(page, "head")), "queries", 0)) < 256
    expect(option(page, "Add a start token")).to_be_visible()
    box = option(page, "Add a start token").bounding_box()
    form = page.locator("#bertviz-inputs").bounding_box()
    assert box is not None and form is not None
    assert form["y"] < box["y"] < form["y"] + form["height"] <= 70
    assert top_of(show(page, "model").locator(".bertviz-controls")) <= 150


def test_a_field_with_the_focus_grows_over_the_page_and_moves_nothing(page, url):
    open_at(page, url, DESKTOP)
    stage = view(page, "head").locator(".bertviz-stage")
    before = stage.bounding_box()
    for field in (text_field(page), second_text_field(page)):
        field.fill("The cat sat on the mat. " * 60)
        box = field.bounding_box()
        assert box is not None and 150 < box["height"] < 200  # eight lines
        assert stage.bounding_box() == before
        # The field is above what it covers.
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        assert field.evaluate(
            "(field, [x, y]) => document.elementFromPoint(x, y) === field", middle
        )
        field.blur()
        box = field.bounding_box()
        assert box is not None and box["height"] == 36
    assert stage.bounding_box() == before


def test_fields_and_buttons_are_aligned_and_as_high_as_each_other_at_each_width(page, url):
    open_at(page, url, {"width": WIDTHS[0], "height": 800})
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function("(width) => innerWidth === width", arg=width)
        assert_aligned(page, width)


def assert_aligned(page: Page, width: int) -> None:
    """Check the edges of the form, of the line below it, and of the tabs."""
    assert page.evaluate("document.documentElement.scrollWidth") == width
    run_button = page.get_by_role("button", name="Run", exact=True)
    row = [page.locator("#bertviz-model .wrap-inner").locator(".."), run_button]
    fields = [text_field(page), second_text_field(page)]
    groups = [[*row, *fields]] if width >= 1024 else [row, fields]
    for group in groups:
        boxes = [box for element in group if (box := element.bounding_box())]
        assert len(boxes) == len(group)
        assert {(box["y"], box["height"]) for box in boxes} == {(boxes[0]["y"], 36)}
        assert all(later["x"] >= each["x"] + each["width"] for each, later in _ordered(boxes))
    # The right edges of the form, of the line below it, and of the tabs are the same.
    edge = right_of(page.locator(".tabs"))
    assert right_of(run_button) == edge
    assert right_of(page.get_by_role("button", name="Copy link")) == edge
    assert edge >= width - 16


def _ordered(boxes):
    return pairwise(sorted(boxes, key=lambda box: box["x"]))


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_popover_lies_over_the_page_and_closes_with_escape_and_with_a_click_elsewhere(
    page, url, size
):
    open_at(page, url, size)
    for name in ("Examples", "Compare", "Own file"):
        assert_lies_over_the_page(page, size, name)


def assert_lies_over_the_page(page: Page, size: dict[str, int], name: str) -> None:
    """Open a popover with its button and close it, by keyboard and with the mouse."""
    stage = view(page, "head").locator(".bertviz-stage")
    before = stage.bounding_box()
    popover = page.locator(".gr-accordion", has_text=name)
    button = popover.locator("> button")
    content = popover.locator("> div").last
    expect(button).to_have_attribute("aria-expanded", "false")
    button.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(content).to_be_visible()
    # Gradio fills the popover after it has opened it.
    expect(content.locator("button, input, textarea, pre").first).to_be_visible()
    assert stage.bounding_box() == before
    shown = content.bounding_box()
    assert shown is not None
    assert shown["x"] >= 8 and shown["x"] + shown["width"] <= size["width"] - 8
    assert shown["y"] + shown["height"] <= size["height"]
    # The Tab key moves from the button into the content.
    button.press("Tab")
    assert popover.evaluate("(popover) => popover.contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(content).to_be_hidden()
    expect(button).to_be_focused()
    button.click()
    expect(content).to_be_visible()
    page.get_by_role("heading", name="BertViz Space").click()
    expect(content).to_be_hidden()


def test_each_example_names_its_model_and_runs_without_scrolling_to_a_figure_in_view(page, url):
    open_at(page, url, DESKTOP)
    page.get_by_role("button", name="Examples").click()
    labels = page.locator("#bertviz-examples .gallery-item")
    expect(labels).to_have_count(len(EXAMPLES))
    expect(labels.first).to_have_text("Two similar sentences (tiny-bert)")
    for label in labels.all_text_contents():
        assert re.search(r" \((tiny-bert|tiny-gpt2)\)$", label)
    page.keyboard.press("Escape")
    run_example(page, "Short sentence")
    expect_outcome(page, "^tiny-gpt2 ")
    expect(labels.first).to_be_hidden()
    expect_drawn(view(page, "head"))
    assert page.evaluate("scrollY") == 0


def test_the_skip_link_is_the_first_stop_of_the_tab_key_and_leads_past_the_form(page, url):
    open_page(page, url)
    link = page.get_by_role("link", name="Skip to the figure")
    assert top_of(link) < 0
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("tabpanel", name="Head view")).to_be_focused()
    page.keyboard.press("Tab")
    assert view(page, "head").evaluate("(host) => host.contains(document.activeElement)")
    assert "#" not in page.url
    show(page, "neuron")
    link.press("Enter")
    expect(page.locator("#bertviz-neuron-tab")).to_be_focused()


def test_a_link_opens_at_the_top_of_the_page_on_a_phone(page, url):
    page.set_viewport_size(PHONE)
    page.goto(f"{url}?model=tiny-gpt2&text=The+dog")
    expect_outcome(page, "^tiny-gpt2 .* tokens$")
    expect_drawn(view(page, "head"))
    assert page.evaluate("scrollY") == 0


def test_on_a_phone_a_field_is_as_wide_as_the_page_and_a_run_scrolls_to_the_tabs(page, url):
    open_at(page, url, PHONE)
    tab = page.get_by_role("tab", name="Head view")
    assert page.evaluate("scrollY") == 0 and top_of(tab) > 200
    text_field(page).fill("The cat sat on the mat. " * 60)
    box = text_field(page).bounding_box()
    assert box is not None and box["x"] == 8 and box["width"] == 374
    text_field(page).fill("The rabbit hopped on the mat")
    second_text_field(page).fill("")
    assert page.evaluate("scrollY") == 0
    run(page)
    expect_outcome(page, "^tiny-bert ")
    expect_drawn(view(page, "head"))
    assert abs(top_of(tab)) < 1
    # An error wraps.
    choose_model(page, "nosuch/" + "model-with-a-long-name" * 3)
    expect(outcome(page)).to_have_attribute("data-kind", "error")
    assert right_of(outcome(page)) <= 390
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    expect(model_field(page)).to_be_visible()
