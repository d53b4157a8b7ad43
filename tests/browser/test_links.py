"""The page's address is a link to what the page shows."""

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Frame, Locator, Page, Request, Route, expect

from tests.browser.reader import (
    choose_model,
    copy_link,
    expect_drawn,
    expect_error,
    expect_outcome,
    figure,
    labels,
    model_field,
    open_page,
    option,
    pick,
    run,
    second_text_field,
    show,
    text_field,
    token,
    view,
)

PAIR = ("The cat sat on the mat", "The cat lay on the rug")


def parameters(page: Page) -> dict[str, str]:
    """Return the query parameters of the page's address."""
    return parameters_of(page.url)


def parameters_of(address: str) -> dict[str, str]:
    query = parse_qs(urlsplit(address).query)
    assert all(len(values) == 1 for values in query.values())
    return {name: values[0] for name, values in query.items()}


def expect_parameters(page: Page, expected: dict[str, str]) -> None:
    """Wait until the address has these query parameters."""
    page.wait_for_url(lambda address: parameters_of(address) == expected)


@pytest.fixture
def pair(page: Page, url: str) -> Page:
    """Open the Space. Its first picture shows a pair of texts on tiny-bert, 4 layers of 4 heads."""
    open_page(page, url)
    return page


def test_the_address_is_a_link_to_the_first_picture_then_to_the_choices_and_the_next_run(pair):
    request = {"model": "tiny-bert", "text": PAIR[0], "text_b": PAIR[1]}
    expect_parameters(pair, request)
    pair.context.grant_permissions(["clipboard-read", "clipboard-write"])
    copy_link(pair, "Copied")
    assert pair.evaluate("navigator.clipboard.readText()") == pair.url
    pick(view(pair, "head"), "Layer", "3")
    expect_parameters(pair, {**request, "layer": "3"})
    copy_link(pair, "Copied")
    assert pair.evaluate("navigator.clipboard.readText()") == pair.url
    # A new run changes the request, and keeps the choices.
    text_field(pair).fill("the rabbit quickly hopped")
    second_text_field(pair).fill("")
    run(pair)
    request = {"model": "tiny-bert", "text": "the rabbit quickly hopped"}
    expect_parameters(pair, {**request, "layer": "3"})


def test_a_link_restores_the_texts_and_the_choices(pair, url):
    head = view(pair, "head")
    pick(head, "Layer", "2")
    head.locator(".bertviz-square").nth(3).dblclick()
    pick(head, "Attention", "Sentence A -> Sentence B")
    pick(head, "Colors", "Color-blind safe")
    expect_drawn(head, "Sentence A -> Sentence B, layer 2, heads 3")
    token(figure(head), "queries", 2).click()
    expect(pair).to_have_url(re.compile("pinned="))
    link = pair.url

    pair.goto(link)
    expect_outcome(pair, "^tiny-bert .* tokens$")
    again = view(pair, "head")
    expect_drawn(again, "Sentence A -> Sentence B, layer 2, heads 3")
    assert (text_field(pair).input_value(), second_text_field(pair).input_value()) == PAIR
    expect(again.locator(".bertviz-pinned")).to_have_count(1)
    assert pair.url == link


def test_a_link_opens_the_view_that_was_open(pair):
    model = show(pair, "model")
    expect_drawn(model)
    model.get_by_role("button", name="Layer 1, Head 2", exact=True).click()
    expect_drawn(model, "All, Layer 1, Head 2")
    expect(pair).to_have_url(re.compile("view=model"))
    expect(pair).to_have_url(re.compile("cell=1%2C2"))
    pair.goto(pair.url)
    expect_drawn(view(pair, "model"), "All, Layer 1, Head 2")
    neuron = show(pair, "neuron")
    expect_drawn(neuron)
    neuron.get_by_role("button", name="Show query and key vectors").last.click()
    expect_drawn(neuron, re.compile("expanded$"))
    expect(pair).to_have_url(re.compile("view=neuron.*expanded=1|expanded=1.*view=neuron"))
    pair.goto(pair.url)
    expect_drawn(view(pair, "neuron"), re.compile("expanded$"))


def test_a_link_restores_the_options_of_a_model_and_keeps_its_theme(page: Page, url):
    page.goto(url + "?__theme=dark&model=tiny-gpt2&text=The%20cat&start_token=1&layer=1")
    expect_outcome(page, "^tiny-gpt2 .* 3 tokens")
    expect_drawn(view(page, "head"), "All, layer 1, heads 0 1 2 3")
    expect(model_field(page)).to_have_value(re.compile("tiny-gpt2"))
    expect(option(page, "Add a start token")).to_be_checked()
    pick(view(page, "head"), "Layer", "2")
    expect(page).to_have_url(re.compile("layer=2"))
    assert parameters(page)["__theme"] == "dark"


@pytest.fixture
def embedded(page: Page, url) -> Iterator[Frame]:
    """Open the Space inside a page of another origin that forbids the clipboard."""
    inner = f"{url}?model=tiny-gpt2&text=The%20cat"

    class Outer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f'<iframe src="{inner}" width="1000" height="800"></iframe>'.encode())

        def log_message(self, format, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Outer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        [frame] = page.frames[1:]
        expect_drawn(frame.locator(".bertviz-host:has(.bertviz-head)"))
        expect(frame.get_by_role("button", name="Copy link")).to_be_visible()
        yield frame
        server.shutdown()


def expect_offered(shown: Page | Frame) -> Locator:
    """Check that the dialog shows the link, selected; return the field."""
    field = shown.get_by_role("dialog", name="Copy the link from here").get_by_role("textbox")
    expect(field).to_be_visible()
    expect(field).to_be_focused()
    expect(field).to_have_value(shown.url)
    selected = field.evaluate("field => [field.selectionStart, field.selectionEnd]")
    assert selected == [0, len(shown.url)]
    return field


def test_a_dialog_shows_the_link_if_the_outer_page_forbids_the_clipboard(embedded: Frame):
    copy = embedded.get_by_role("button", name="Copy link")
    copy.press("Enter")
    field = expect_offered(embedded)
    field.press("Escape")
    expect(field).to_be_hidden()
    expect(copy).to_be_focused()
    copy.click()
    expect_offered(embedded)
    embedded.get_by_role("button", name="Close").click()
    expect(field).to_be_hidden()
    expect(copy).to_be_focused()


def test_a_dialog_shows_the_link_on_a_narrow_page_without_a_clipboard(page: Page, url):
    # As on a page served over plain http by another machine.
    page.set_viewport_size({"width": 390, "height": 844})
    with page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', { value: undefined })"
    ):
        page.goto(f"{url}?model=tiny-gpt2&text=The%20cat&__theme=dark")
    expect_drawn(view(page, "head"))
    page.get_by_role("button", name="Copy link").click()
    field = expect_offered(page)
    box = field.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    pick(view(page, "head"), "Layer", "2")
    expect(page).to_have_url(re.compile("layer=2"))
    expect(field).to_have_value(page.url)


def test_a_text_too_long_for_a_link_is_reported_and_not_truncated(page: Page, url):
    open_page(page, url)
    choose_model(page, "tiny-gpt2")
    text_field(page).fill("a cat " * 1500)
    run(page)
    expect_outcome(page, "^tiny-gpt2 .* tokens")
    expect_drawn(view(page, "head"))
    assert "text" not in parameters(page)
    copy_link(page, "Text too long for a link")


@pytest.mark.parametrize(
    "query",
    [
        "text=The+cat&model=tiny-gpt2&layer=99&heads=x&pinned=key,99&cell=9,9&view=none",
        "text=The+cat&model=tiny-gpt2&layer=-1&heads=1e9&block=%3Cb%3E&palette=__proto__",
    ],
)
def test_a_link_with_invalid_choices_shows_the_defaults(page: Page, url, query):
    page.goto(url + f"?{query}")
    expect_outcome(page, "^tiny-gpt2 .* 2 tokens$")
    expect_drawn(view(page, "head"), "All, layer 0, heads 0 1 2 3")


def test_a_link_runs_after_the_page_has_received_the_values_with_which_its_views_open(page, url):
    joined: list[Request] = []
    joined_before: list[Request] = []

    def answer(route: Route) -> None:
        response = route.fetch()
        if response.json()["data"] == [None] * 4:
            # This answer is the last one that arrives: the fields have the link's values.
            expect(text_field(page)).to_have_value("The ship")
            page.evaluate("() => new Promise(requestAnimationFrame)")
            joined_before.extend(joined)
        route.fulfill(response=response)

    page.route("**/gradio_api/run/predict**", answer)
    page.on("request", lambda request: is_run_of(request, "The ship") and joined.append(request))
    page.goto(url + "?model=tiny-gpt2&text=The+ship")
    expect_outcome(page, "^tiny-gpt2 .* 2 tokens$")
    assert len(joined) == 1
    assert joined_before == []
    expect_drawn(show(page, "neuron"))


def is_run_of(request: Request, text: str) -> bool:
    return "queue/join" in request.url and text in (request.post_data or "")


def test_a_hostile_text_in_a_link_is_shown_as_text(page: Page, url):
    hostile = "<img src=x onerror=alert(1)> ${alert(2)} </script>"
    page.goto(url + f"?model=tiny-gpt2&text={quote(hostile)}")
    expect_outcome(page, "^tiny-gpt2 .* tokens$")
    expect_drawn(view(page, "head"))
    assert text_field(page).input_value() == hostile
    assert "".join(labels(figure(view(page, "head")), "queries")).startswith("<")


def test_a_link_with_an_invalid_model_id_shows_an_error(page: Page, url):
    page.goto(url + "?model=../../etc&text=The%20cat")
    expect_error(page, "This is not a model id")
