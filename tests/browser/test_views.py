"""Views as Gradio components: two on a page, in tabs, with new and with expired results."""

import re
import shutil
from pathlib import Path

import gradio as gr
import pytest
from gradio.data_classes import FileData
from playwright.sync_api import expect

from bertviz_space.page.components import HeadView, NeuronView, ViewValue
from tests.browser.conftest import serving
from tests.browser.reader import (
    arrival_of,
    choose_model,
    expect_drawn,
    expect_outcome,
    expect_tokens,
    figure,
    open_page,
    outcome,
    pick,
    run,
    second_text_field,
    show,
    text_field,
    token,
    view,
)
from tests.conftest import MINILM


def value_of(published):
    """Return the value of a view that shows a published result."""
    path = published.manifest.removeprefix("/gradio_api/file=")
    return ViewValue(manifest=FileData(path=path))


@pytest.fixture(scope="module")
def small_app(pair, single):
    """Serve two head views of different results, views in closed tabs, and a button to swap.

    A text appears with the page's load event: views with a value draw before Gradio 6.31 connects
    the events of the page, and a click before that is lost.
    """
    with gr.Blocks(analytics_enabled=False) as demo:
        left = HeadView(value_of(pair), elem_id="left")
        right = HeadView(value_of(single), elem_id="right")
        with gr.Tabs():
            with gr.Tab("Front"):
                swap = gr.Button("Swap")
            with gr.Tab("Back"):
                NeuronView(value_of(single), elem_id="back")
            with gr.Tab("Chosen"):
                HeadView(value_of(pair), elem_id="chosen", layer=4, heads=[2, 7])
        demo.load(lambda: "loaded", outputs=gr.HTML(elem_id="loaded"))
        swap.click(lambda: [value_of(single), value_of(pair)], outputs=[left, right])
    with serving(demo) as address:
        yield address


@pytest.fixture
def sides(page, small_app):
    """Return the hosts of the two head views; a view with a value draws when it mounts."""
    page.goto(small_app)
    expect(page.locator("#loaded")).to_have_text("loaded")
    left, right = (page.locator(f"#{side} .bertviz-host") for side in ("left", "right"))
    for host in (left, right):
        expect_drawn(host, "All, layer 0, heads 0 1 2 3 4 5 6 7 8 9 10 11")
    return left, right


def test_the_views_of_a_page_are_independent_and_those_in_closed_tabs_are_drawn_when_opened(
    page, sides, pair, single
):
    left, right = sides
    left.locator(".bertviz-square").nth(3).dblclick()
    expect_drawn(left, "All, layer 0, heads 3")
    pick(left, "Layer", "2")
    expect_drawn(left, "All, layer 2, heads 3")
    expect_drawn(right, "All, layer 0, heads 0 1 2 3 4 5 6 7 8 9 10 11")
    pick(right, "Layer", "5")
    expect_drawn(right, "All, layer 5, heads 0 1 2 3 4 5 6 7 8 9 10 11")
    expect_drawn(left, "All, layer 2, heads 3")
    token(figure(right), "queries", 1).hover()
    expect(right.locator(".bertviz-highlighted")).to_have_count(1)
    expect(right.locator(".bertviz-boxes rect")).to_have_count(12 * len(single.trace.source))
    expect(left.locator(".bertviz-highlighted")).to_have_count(0)
    expect(left.locator(".bertviz-boxes rect")).to_have_count(0)
    expect_tokens(left, [each.text for each in pair.trace.source])
    expect_tokens(right, [each.text for each in single.trace.source])
    page.get_by_role("tab", name="Back").click()
    host = page.locator("#back .bertviz-host")
    expect_drawn(host, "All, layer 0, head 0, collapsed")
    expect_tokens(host, [each.text for each in single.trace.source])
    # This view starts with the layer and the heads that the page gives it.
    page.get_by_role("tab", name="Chosen").click()
    expect_drawn(page.locator("#chosen .bertviz-host"), "All, layer 4, heads 2 7")
    # No two elements share an id.
    ids = page.locator(".bertviz [id]").evaluate_all("(all) => all.map(({ id }) => id)")
    assert len(ids) == len(set(ids))


def test_a_new_result_is_drawn_on_the_same_elements(page, sides, pair, single):
    left, right = sides
    # Gradio would render a template with a changing value again, and remove what was drawn.
    left.locator(".bertviz-square").nth(3).dblclick()
    expect_drawn(left, "All, layer 0, heads 3")
    stage = left.locator(".bertviz-stage").element_handle()
    page.get_by_role("button", name="Swap").click()
    expect_tokens(left, [each.text for each in single.trace.source])
    expect_tokens(right, [each.text for each in pair.trace.source])
    expect_drawn(left, "All, layer 0, heads 3")
    assert stage is not None and stage.evaluate("(each) => each.isConnected")


def test_lines_have_the_background_of_the_page_when_it_becomes_dark(page, url):
    open_page(page, url)
    expect_drawn(show(page, "model"))
    show(page, "head")
    for name, kind in (("head", ".bertviz-figure"), ("model", ".bertviz-grid")):
        show(page, name)
        expect_corner(page, kind, "Math.min(r, g, b) === 255")
        page.evaluate("document.body.classList.add('dark')")
        expect_corner(page, kind, "Math.max(r, g, b) < 40")
        page.evaluate("document.body.classList.remove('dark')")


def expect_corner(page, kind, condition):
    """Wait until the color in the corner of a picture has red, green and blue as in a condition."""
    page.wait_for_function(
        f"""(kind) => {{
            const canvas = document.querySelector(`${{kind}}:not([hidden]) canvas`);
            const [r, g, b] = canvas.getContext("2d").getImageData(0, 0, 1, 1).data;
            return {condition};
        }}""",
        arg=kind,
    )


def test_a_result_that_arrives_while_a_tab_is_hidden_is_drawn_when_the_tab_opens(page, url):
    open_page(page, url)
    expect_drawn(show(page, "model"))
    expect_drawn(show(page, "neuron"))
    show(page, "head")
    choose_model(page, MINILM)
    text_field(page).fill("the small elephant")
    second_text_field(page).fill("")
    run(page)
    expect_outcome(page, "^sentence-transformers.* tokens$")
    model = show(page, "model")
    expect(model.locator(".bertviz-cell")).to_have_count(6 * 12)
    # Drawn for the current width, not for the width 0 of the hidden tab.
    cell = model.locator(".bertviz-cell").first
    expect(cell).to_have_attribute("width", re.compile("^([5-9].|1..)$"))
    expect_drawn(model, "All")
    neuron = show(page, "neuron")
    expect_tokens(neuron, ["[CLS]", "the", "small", "elephant", "[SEP]"])
    expect(neuron.locator("canvas:visible").first).to_have_attribute("width", re.compile("^[45].."))
    expect_drawn(neuron)


def test_an_expired_result_shows_a_message_and_keeps_the_picture(page, url, shared_tab, complaints):
    # The view fetches the next layer ahead: no file may be open when the files are removed. The one
    # of the first picture, which may be late, has the same name.
    with arrival_of(page, "self-1.safetensors"):
        open_page(page, url)
    # No other test has this text: a browser keeps the files of a result that it has shown.
    text_field(page).fill("The ship sat on the rug")
    manifest = page.expect_response(re.compile("manifest.json$"))
    with arrival_of(page, "self-1.safetensors"), manifest as answer:
        run(page)
    head = view(page, "head")
    expect_drawn(head)
    tokens = figure(head).locator(".bertviz-queries text").all_text_contents()
    expect(outcome(page)).to_have_text(re.compile("tokens$"))
    shutil.rmtree(Path(answer.value.url.split("file=")[1]).parent)
    pick(head, "Layer", "2")
    expect(head.locator(".bertviz-message")).to_have_text("This result has expired. Run again.")
    expect_tokens(head, tokens)
    expect(figure(head).locator("canvas").first).to_be_visible()
    model = show(page, "model")
    expect(model.locator(".bertviz-message")).to_have_text("This result has expired. Run again.")
    run(page)
    expect_drawn(model, "All")
    expect(model.locator(".bertviz-message")).to_be_hidden()
    expect_drawn(show(page, "head"), re.compile("^All, layer 2, "))
    # The browser reports the files that the server refused, and no other error.
    shared_tab.leave()
    assert complaints and all("403" in each or "404" in each for each in complaints)
    complaints.clear()


def test_a_new_width_while_a_result_is_fetched_does_not_lose_it(page, open_view, pair, single):
    host = open_view(HeadView, single)
    expect_drawn(host)
    held = []
    page.route(f"**{pair.manifest}", lambda route: held.append(route))
    with page.expect_request(f"**{pair.manifest}"):
        page.evaluate("(manifest) => void window.view.update(manifest)", pair.manifest)
    canvas = figure(host).locator("canvas").first
    width = canvas.get_attribute("width")
    page.set_viewport_size({"width": 400, "height": 900})
    # The view draws again for the new width.
    expect(canvas).not_to_have_attribute("width", width or "")
    expect_drawn(host)
    expect_tokens(host, [each.text for each in single.trace.source])
    for route in held:
        route.continue_()
    expect_tokens(host, [each.text for each in pair.trace.source])
    expect_drawn(host)
