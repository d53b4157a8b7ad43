"""Test the Save menu: pictures, numbers, and stand-alone pages."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import torch
from gradio_client import Client
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect
from safetensors.torch import load

from bertviz_space import compare_runs, extract
from bertviz_space.files.svg.options import PictureOptions, ThemeName
from bertviz_space.files.svg.picture import picture_of
from bertviz_space.files.view_request import ViewRequest
from bertviz_space.page.components import HeadView, ModelView, NeuronView
from bertviz_space.trace.filter import parse_filter
from tests.browser.conftest import Published
from tests.browser.ink import boxes
from tests.browser.reader import expect_drawn, figure, labels, pick, token
from tests.svg import SVG, lines_of, texts_of

HOSTILE = "</script><b>&amp; ${1+1} \x08\x1b ]]> \u202e"


def save(host: Locator, what: str, **options: str | bool) -> bytes:
    """Choose options and an entry of the Save menu, and return the content of the saved file."""
    host.get_by_text("Save", exact=True).click()
    for name, value in options.items():
        label = name.replace("_", " ").capitalize()
        if isinstance(value, str):
            host.get_by_role("combobox", name=label).select_option(value)
        else:
            host.get_by_role("checkbox", name=label).set_checked(value)
    with host.page.expect_download() as download:
        host.get_by_role("button", name=what, exact=True).click()
    return Path(download.value.path()).read_bytes()


def leave_one_head(host: Locator, head: int) -> None:
    host.locator(".bertviz-square").nth(head).dblclick()
    expect_drawn(host, re.compile(f" heads {head}$"))


@pytest.fixture
def head_view(open_view, pair):
    host = open_view(HeadView, pair)
    pick(host, "Layer", "3")
    leave_one_head(host, 5)
    return host


def test_an_svg_contains_the_lines_with_their_weights_and_the_texts_that_are_not_left_out(
    head_view, pair
):
    svg = ElementTree.fromstring(save(head_view, "Picture as SVG"))
    lines = [line.attrib for line in svg.iter(f"{SVG}line")]
    weights = pair.trace.weights("self", 3)[5]
    rows = sorted({float(line["y1"]) for line in lines})
    assert len(rows) == len(pair.trace.source)
    drawn = torch.zeros_like(weights)
    for line in lines:
        query, key = (rows.index(float(line[end])) for end in ("y1", "y2"))
        drawn[query, key] = float(line["stroke-opacity"])
    expected = torch.where(weights < 0.5 / 255, 0.0, weights)
    torch.testing.assert_close(drawn, expected, atol=1e-4, rtol=0)
    texts = texts_of(svg)
    assert texts[0] == "Head view, layer 3, head 5"
    assert texts[-3:] == [
        "weight 0",
        "1",
        "a testA: The cat sat on the matB: The cat lay on the rug",
    ]
    assert [each.text for each in pair.trace.source] * 2 == texts[2:-3]
    fonts = {text.get("font-family") for text in svg.iter(f"{SVG}text")}
    assert fonts - {None} == {"system-ui, sans-serif"}
    without = {"title": False, "caption": False, "weight_scale": False}
    svg = ElementTree.fromstring(save(head_view, "Picture as SVG", **without))
    assert texts_of(svg) == ["5", *[each.text for each in pair.trace.source] * 2]
    assert svg.findtext(f"{SVG}title") == "Head view, layer 3, head 5"


def test_a_saved_picture_looks_like_the_page(head_view, chromium: Browser):
    token(figure(head_view), "queries", 3).click()
    head_view.page.mouse.move(0, 0)
    on_page = pixels_of(figure(head_view).screenshot())
    saved = save(head_view, "Picture as SVG")
    placed = ElementTree.fromstring(saved).findall(f"{SVG}g")[-3]
    _, top = map(int, re.findall(r"\d+", placed.attrib["transform"]))
    page = chromium.new_page(viewport={"width": 1100, "height": 900})
    page.set_content(f"<body style='margin: 0'>{saved.decode()}")
    height, width, _ = on_page.shape
    in_file = pixels_of(page.screenshot(clip={"x": 16, "y": top, "width": width, "height": height}))
    page.close()
    assert decibel(on_page, in_file) > 30
    # A PNG is the same picture at twice the size.
    image = Image.open(io.BytesIO(save(head_view, "Picture as PNG"))).convert("RGB")
    box = (32, 2 * top, 2 * (16 + width), 2 * (top + height))
    halved = np.asarray(image.crop(box).resize((width, height), Image.Resampling.BOX), float)
    assert decibel(on_page, halved) > 27


def pixels_of(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), float)


def is_same_picture(png: bytes, other: bytes) -> bool:
    """Return whether two pictures are equal but for a rounding.

    Lines that take longer than a frame are composited once per frame instead of once per color, and
    the number of frames depends on what else the machine does.
    """
    one, two = pixels_of(png), pixels_of(other)
    return one.shape == two.shape and bool((abs(one - two) <= 1).all())


def decibel(one: np.ndarray, other: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / np.mean((one - other) ** 2)))


@pytest.mark.parametrize(
    ("view", "view_request"),
    [
        (HeadView, ViewRequest("head", 3)),
        (HeadView, ViewRequest("head", 3, (5,), "Sentence A -> Sentence B")),
        (HeadView, ViewRequest("head", 3, (0, 5, 11), mean=True)),
        (NeuronView, ViewRequest("neuron", 3, (5,))),
    ],
)
def test_the_server_draws_the_lines_of_the_page(view, view_request, open_view, pair):
    host = open_view(view, pair, view_request.link_query(3))
    expect_drawn(host, re.compile(view_request.attention_part or "All"))
    on_page = ElementTree.fromstring(save(host, "Picture as SVG"))
    by_server = ElementTree.fromstring(picture_of(view_request, pair.trace, "a test", "a test"))
    for one, other in zip(lines_of(by_server), lines_of(on_page), strict=True):
        assert one.color == other.color
        assert by_rows(one.opacities) == pytest.approx(by_rows(other.opacities), abs=2e-4)
    assert by_server.findtext(f"{SVG}title") == on_page.findtext(f"{SVG}title")


def test_the_server_draws_both_runs_of_a_comparison_like_the_page(open_view, publish, gpt2):
    texts = "lamp river stone garden lamp river stone", "lamp river wood lamp river stone"
    trace = compare_runs(gpt2.model, gpt2.tokenizer, texts[0], other_text=texts[1])
    view_request = ViewRequest("head", 1, (0, 2), filter=parse_filter("min=0.05"))
    host = open_view(HeadView, publish(trace), view_request.link_query(1))
    expect_drawn(host, re.compile("heads 0 2, both$"))
    on_page = ElementTree.fromstring(save(host, "Picture as SVG", caption=False))
    options = PictureOptions(caption=False)
    by_server = ElementTree.fromstring(picture_of(view_request, trace, "a test", "a test", options))
    assert len([*lines_of(by_server)]) == 4
    for one, other in zip(lines_of(by_server), lines_of(on_page), strict=True):
        assert one.color == other.color
        assert by_rows(one.opacities) == pytest.approx(by_rows(other.opacities), abs=2e-4)
    assert by_server.findtext(f"{SVG}title") == on_page.findtext(f"{SVG}title")
    assert by_server.findtext(f"{SVG}desc") == on_page.findtext(f"{SVG}desc")
    assert (
        muted_labels(by_server)
        == muted_labels(on_page)
        == Counter({"stone": 2, "garden": 2, "wood": 2})
    )


def muted_labels(svg: ElementTree.Element) -> Counter[str | None]:
    """Return the labels of tokens that have the color of captions, in a picture without one."""
    return Counter(text.text for text in svg.iter(f"{SVG}text") if text.get("fill") == "#6b7280")


def by_rows(opacities: dict[tuple[float, float, float], float]) -> dict[tuple[int, int], float]:
    begins, ends = (sorted({line[end] for line in opacities}) for end in (1, 2))
    return {
        (begins.index(begin), ends.index(end)): opacity
        for (_, begin, end), opacity in opacities.items()
    }


def test_the_server_draws_the_lines_of_the_page_for_all_heads(open_view, causal):
    host = open_view(ModelView, causal)
    expect_drawn(host)
    on_page = all_lines(ElementTree.fromstring(save(host, "Picture as SVG")))
    view_request = ViewRequest("model")
    picture = ElementTree.fromstring(picture_of(view_request, causal.trace, "a test", "a test"))
    corner = 44  # AXIS_SIZE: the page draws its lines from the corner of the axes
    by_server = {
        (color, *(round(at - corner, 1) for at in line)): opacity
        for (color, *line), opacity in all_lines(picture).items()
    }
    assert len(on_page) > 300
    for line in on_page.keys() | by_server.keys():
        # The page has the square root of a weight, rounded to 255 steps.
        near = pytest.approx(on_page.get(line, 0), abs=0.005)
        assert by_server.get(line, 0) == near


def all_lines(svg: ElementTree.Element) -> dict[tuple, float]:
    return {
        (each.color, *(round(at, 1) for at in line)): opacity
        for each in lines_of(svg)
        for line, opacity in each.opacities.items()
    }


def test_an_svg_contains_hostile_text_as_text(open_view, gpt2, publish):
    result = publish(extract(gpt2.model, gpt2.tokenizer, HOSTILE))
    saved = save(open_view(HeadView, result), "Picture as SVG")
    svg = ElementTree.fromstring(saved)
    tags = {element.tag.removeprefix(SVG) for element in svg.iter()}
    scale = {"linearGradient", "stop"}
    assert tags == {"svg", "title", "desc", "g", "rect", "text", "tspan", "line"} | scale
    assert "</script><b>&amp; ${1+1} \ufffd\ufffd ]]>" in texts_of(svg)[-1]


def test_an_svg_of_the_model_view_contains_all_heads_and_the_open_head(open_view, causal):
    host = open_view(ModelView, causal)
    host.get_by_role("button", name="Layer 2, Head 1").click()
    expect_drawn(host, "All, Layer 2, Head 1")
    svg = ElementTree.fromstring(save(host, "Picture as SVG"))
    colors = {group.get("stroke") for group in svg.iter(f"{SVG}g") if group.get("stroke")}
    assert {"#1f77b4", "#ff7f0e", "#2ca02c", "#d62728"} <= colors
    texts = texts_of(svg)
    assert texts[0] == "Model view, layer 2, head 1"
    assert {"Heads", "Layers", "Layer 2, Head 1"} <= set(texts)
    assert labels(host.locator(".bertviz-panel"), "queries")[1] in texts


def test_an_svg_of_the_model_view_contains_the_bars_of_scores_and_their_scale(open_view, causal):
    host = open_view(ModelView, causal)
    ranking = host.locator(".bertviz-head-ranking")
    expect(ranking.get_by_role("heading")).to_be_visible()
    expect(ranking).not_to_contain_text("layers so far")
    ranking.get_by_label("Bars in the grid").check()
    pick(host, "Rank heads by", "First token")
    expect(ranking.get_by_role("heading", name="Heads by first token")).to_be_visible()
    widths = [round(box["width"], 1) for box in boxes(host.locator(".bertviz-score-bar"))]
    assert len(widths) == host.locator(".bertviz-cell").count()
    svg = ElementTree.fromstring(save(host, "Picture as SVG", weight_scale=False))
    # The last bar is that of the scale, between the texts 0 and the largest score.
    bars = [each for each in svg.iter(f"{SVG}rect") if float(each.get("height", 0)) < 6]
    assert [round(float(each.get("width", 0)), 1) for each in bars[:-1]] == widths
    texts = texts_of(svg)
    largest = ranking.locator("tbody td").first.inner_text()
    assert texts[texts.index("bar = first token 0") + 1] == largest


def test_an_svg_of_the_neuron_view_contains_the_numbers_of_the_pinned_query(open_view, causal):
    host = open_view(NeuronView, causal)
    host.get_by_role("button", name="Show query and key vectors").first.click()
    expect_drawn(host, "All, layer 0, head 0, expanded")
    token(figure(host), "queries", 3).click()
    host.page.mouse.move(0, 0)
    on_page = host.locator(".bertviz-computation .bertviz-weights text").all_text_contents()
    assert len(on_page) == len(causal.trace.source)
    svg = ElementTree.fromstring(save(host, "Picture as SVG"))
    texts = texts_of(svg)
    assert [text for text in texts if text in set(on_page)] == on_page
    assert "weight = softmax(0.1768 q·k) over this and earlier tokens" in texts[-1]
    bands = len(causal.trace.source) * 2 + 4  # queries, keys, products of four seen keys
    assert len(list(svg.iter(f"{SVG}rect"))) > bands * 32
    # Saving does not change the page.
    assert host.locator(".bertviz-computation .bertviz-weights text").all_text_contents() == on_page


def test_saved_weights_and_vectors_equal_the_models_and_the_citation_names_both(head_view, pair):
    expected = pair.trace.weights("self", 3)[5]
    weights = load(save(head_view, "Weights as safetensors"))["self"]
    torch.testing.assert_close(weights, expected[None, None], atol=1e-5, rtol=0)
    table = save(head_view, "Weights as CSV").decode("utf-8-sig")
    head, *rows = rows_of(table)
    assert head == ["layer", "head", "query", *numbered(pair.trace.source)]
    assert [row[:3] for row in rows] == [["3", "5", name] for name in numbered(pair.trace.source)]
    assert torch.equal(
        torch.tensor([[float(cell) for cell in row[3:]] for row in rows]), weights[0, 0]
    )
    layer = pair.trace.layers["self"][3]
    vectors = load(save(head_view, "Queries and keys as safetensors"))
    assert torch.equal(vectors["self.3.query"], layer.query[5:6])
    assert torch.equal(vectors["self.3.key"], layer.key[5:6])
    table = save(head_view, "Queries and keys as CSV").decode("utf-8-sig")
    _, *rows = rows_of(table)
    numbers = torch.tensor([[float(cell) for cell in row[4:]] for row in rows])
    assert torch.equal(numbers, torch.cat([layer.query[5], layer.key[5]]))
    text = save(head_view, "Citation as BibTeX").decode()
    assert "doi = {10.18653/v1/P19-3007}" in text
    address = head_view.page.evaluate("location.origin + location.pathname")
    assert f"url = {{{address}}}" in text
    assert "Attention of a test." in text


def rows_of(table: str) -> list[list[str]]:
    return [row for row in csv.reader(io.StringIO(table)) if not row[0].startswith("#")]


def test_pandas_reads_the_tables(open_view, gpt2, publish):
    trace = extract(gpt2.model, gpt2.tokenizer, '#one, =1+1\n"#two" # three')
    host = open_view(HeadView, publish(trace))
    leave_one_head(host, 2)
    saved = save(host, "Weights as Long CSV")
    long = pd.read_csv(io.BytesIO(saved), comment="#")
    assert list(long) == [
        "layer", "head", "query_position", "query", "key_position", "key", "weight",
    ]  # fmt: skip
    size = len(trace.source)
    assert len(long) == size**2
    assert any("#" in key for key in long["key"])
    weights = torch.tensor(long["weight"].to_numpy(), dtype=torch.float32).reshape(size, size)
    torch.testing.assert_close(weights, trace.weights("self", 0)[2], atol=1e-5, rtol=0)
    wide = pd.read_csv(io.BytesIO(save(host, "Weights as CSV")), comment="#")
    assert wide.shape == (size, 3 + size)
    assert torch.equal(torch.tensor(wide.to_numpy()[:, 3:].astype("float32")), weights)


def numbered(tokens) -> list[str]:
    return [f"{position} {token.text}" for position, token in enumerate(tokens)]


@pytest.fixture
def offline(chromium: Browser, complaints: list[str], tmp_path: Path):
    """Return a function that opens a saved page from disk without a network."""
    context = chromium.new_context(viewport={"width": 1100, "height": 900}, offline=True)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.on("request", lambda request: complaints.append(request.url))

    def open_saved(saved: bytes) -> Page:
        path = tmp_path / "saved.html"
        path.write_bytes(saved)
        page.goto(path.as_uri())
        complaints.remove(path.as_uri())
        return page

    yield open_saved
    context.close()


@pytest.fixture(scope="module")
def hostile(gpt2, publish):
    return publish(extract(gpt2.model, gpt2.tokenizer, f"A cat {HOSTILE} <!-- content -->"))


@pytest.mark.parametrize("view", [HeadView, ModelView, NeuronView])
def test_a_saved_page_shows_the_same_picture_without_a_server(view, open_view, offline, hostile):
    host = open_view(view, hostile)
    expect_drawn(host, re.compile("."))
    if view is not ModelView:
        token(figure(host), "queries", 3).click()
        pick(host, "Layer", "1")
        expect_drawn(host, re.compile("layer 1"))
    host.page.mouse.move(0, 0)
    stage = ".bertviz-grid" if view is ModelView else ".bertviz-figure:visible"
    on_page = host.locator(stage).screenshot()
    page = offline(save(host, "Page as HTML"))
    standalone = page.locator(".bertviz-standalone")
    expect(standalone).to_have_attribute("data-ready", host.get_attribute("data-ready") or "")
    assert is_same_picture(page.locator(stage).screenshot(), on_page)
    expect(page.locator(".bertviz-caption").last).to_contain_text("</script><b>&amp; ${1+1}")
    if view is HeadView:
        pick(standalone, "Layer", "2")
        expect_drawn(standalone, re.compile("layer 2"))
    # A saved page can save its pictures, but not itself.
    assert b"<svg" in save(standalone, "Picture as SVG")
    expect(standalone.get_by_role("button", name="Page as HTML")).to_have_count(0)


def test_a_saved_page_shows_a_message_for_a_layer_that_it_does_not_contain(
    open_view, offline, causal
):
    saved = save(open_view(HeadView, causal), "Page as HTML").decode()
    content = re.search(r'<script type="application/json" id="content">(.*)</script>', saved)
    assert content
    parsed = json.loads(content[1])
    del parsed["files"]["self-3.safetensors"]
    page = offline(saved.replace(content[1], json.dumps(parsed)).encode())
    standalone = page.locator(".bertviz-standalone")
    expect_drawn(standalone, re.compile("layer 0"))
    pick(standalone, "Layer", "3")
    expect(standalone.locator(".bertviz-message")).to_have_text(
        "This file contains only what was visible when it was saved. "
        "Run the text again in the Space to see the rest."
    )
    expect(figure(standalone)).to_be_visible()


def test_saving_a_page_shows_a_message_after_a_restart_of_the_space(head_view, page, complaints):
    page.route("**/standalone.html", lambda route: route.fulfill(status=404))
    head_view.get_by_text("Save", exact=True).click()
    head_view.get_by_role("button", name="Page as HTML").click()
    expect(head_view.locator(".bertviz-message")).to_have_text(
        "The Space has restarted: reload this page, then save again."
    )
    expect(figure(head_view)).to_be_visible()
    assert "404" in complaints.pop()  # the browser's message about the missing file


def test_a_page_from_the_endpoint_shows_the_chosen_layer_and_head(url, offline):
    client = Client(url, verbose=False)
    choices = {"view": "neuron", "layer": 1, "heads": [2], "expanded": True}
    path = client.predict("tiny-gpt2", "The cat sat", **choices, api_name="/view")
    page = offline(Path(path).read_bytes())
    expect_drawn(page.locator(".bertviz-standalone"), "All, layer 1, head 2, expanded")
    expect(page.locator(".bertviz-caption").last).to_have_text("The cat sat")


def test_a_picture_has_the_chosen_colors_on_a_light_and_on_a_dark_page(head_view):
    token(figure(head_view), "queries", 3).click()
    head_view.page.mouse.move(0, 0)
    files = {}
    for page_class in ("", "dark"):
        head_view.page.evaluate("name => document.body.className = name", page_class)
        for theme in ("Light", "Dark", "Transparent"):
            saved = save(head_view, "Picture as SVG", theme=theme)
            assert files.setdefault(theme, saved) == saved
    expected = {"Light": "rgb(255, 255, 255)", "Dark": "rgb(17, 24, 39)", "Transparent": None}
    text = {"Light": "#1f2937", "Dark": "#f3f4f6", "Transparent": "#1f2937"}
    for theme, saved in files.items():
        svg = ElementTree.fromstring(saved)
        background = svg.find(f"{SVG}rect")
        assert (None if background is None else background.attrib["fill"]) == expected[theme]
        tokens = [each for each in svg.iter(f"{SVG}text") if each.text == "cat"]
        assert {each.attrib["fill"] for each in tokens} == {text[theme]}
    # The choice of the last picture is kept.
    assert save(head_view, "Picture as SVG") == files["Transparent"]
    image = Image.open(io.BytesIO(save(head_view, "Picture as PNG")))
    assert image.mode == "RGBA"
    assert image.getpixel((1, 1)) == (0, 0, 0, 0)


@pytest.mark.parametrize("view", [HeadView, ModelView, NeuronView])
def test_a_picture_has_the_width_of_a_column(view, open_view, pair):
    host = open_view(view, pair)
    expect_drawn(host)
    on_page = host.locator(".bertviz-stage").screenshot()
    svg = ElementTree.fromstring(save(host, "Picture as SVG", width="One column, 84 mm"))
    assert svg.attrib["width"] == "84mm"
    # The view is laid out for the column: its tokens have nearly their size on the screen.
    _, _, width, height = map(float, svg.attrib["viewBox"].split())
    assert width < 1.3 * 84 / 25.4 * 96
    in_millimeters = float(svg.attrib["height"].removesuffix("mm"))
    assert in_millimeters == pytest.approx(84 * height / width, abs=1e-3)
    expect(host.locator(".bertviz-save-note")).to_have_text(
        "Saved 84 mm wide. The smallest text has 7.5 points."
    )
    image = Image.open(io.BytesIO(save(host, "Picture as PNG")))
    assert image.width == int(84 / 25.4 * 300)
    assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    # Saving does not change the page.
    host.get_by_text("Save", exact=True).blur()
    host.page.mouse.move(0, 0)
    expect(host.locator(".bertviz-save-note")).to_be_hidden()
    assert is_same_picture(host.locator(".bertviz-stage").screenshot(), on_page)


@pytest.mark.parametrize("view_request", [ViewRequest("head", 3), ViewRequest("model", 3)])
def test_the_server_draws_the_texts_of_the_page_in_each_theme(view_request, open_view, pair):
    host = open_view(HeadView if view_request.view == "head" else ModelView, pair, "layer=3")
    expect_drawn(host)
    for theme in ("light", "dark", "transparent"):
        assert_same_texts(host, view_request, theme, pair)


def assert_same_texts(
    host: Locator, view_request: ViewRequest, theme: ThemeName, pair: Published
) -> None:
    """Compare the texts, sizes and scale of the page's picture with those of the server's."""
    saved = save(host, "Picture as SVG", theme=theme.capitalize(), width="Two columns, 174 mm")
    on_page = ElementTree.fromstring(saved)
    options = PictureOptions(theme, "174mm", scale=True)
    picture = picture_of(view_request, pair.trace, "a test", "a test", options)
    by_server = ElementTree.fromstring(picture)
    assert sorted(pieces_of(by_server)) == sorted(pieces_of(on_page))
    assert by_server.attrib["width"] == on_page.attrib["width"]
    assert set(sizes_of(by_server)) == set(sizes_of(on_page))
    for svg in (by_server, on_page):
        assert f"weight-scale-{theme}" in {each.get("id") for each in svg.iter()}


def pieces_of(svg: ElementTree.Element) -> list[str]:
    """Return the texts in a picture, each line of a paragraph by itself."""
    texts = [text for text in svg.iter() if text.tag in (f"{SVG}text", f"{SVG}tspan")]
    return [text.text for text in texts if text.text]


def sizes_of(element: ElementTree.Element, inherited: str = "") -> Iterator[float]:
    """Yield the size of the letters of each text in an element."""
    size = element.get("font-size", inherited)
    if element.tag == f"{SVG}text":
        yield float(size.removesuffix("px"))
    for child in element:
        yield from sizes_of(child, size)


def test_the_menu_is_inside_the_window(head_view):
    page = head_view.page
    save_button = head_view.get_by_text("Save", exact=True)
    menu = head_view.get_by_role("group", name="Save as")
    for width, height in ((1366, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function("(width) => innerWidth === width", arg=width)
        for place in ("top", "bottom"):
            page.evaluate("() => { document.body.style.paddingTop = '0px'; }")
            placed = save_button.bounding_box()
            assert placed
            space = 0 if place == "top" else height - 20 - placed["y"] - placed["height"]
            page.evaluate("space => { document.body.style.paddingTop = `${space}px`; }", space)
            save_button.click()
            box = menu.bounding_box()
            assert box
            assert box["x"] >= 0
            assert box["y"] >= 0
            assert box["x"] + box["width"] <= width
            assert box["y"] + box["height"] <= height
            # It opens upward only at the bottom.
            button = save_button.bounding_box()
            assert button
            assert (box["y"] < button["y"]) == (place == "bottom")
            page.keyboard.press("Escape")
            expect(menu).to_be_hidden()


def test_the_keyboard_opens_and_closes_the_menu(head_view):
    menu = head_view.get_by_role("group", name="Save as")
    summary = head_view.get_by_text("Save", exact=True)
    summary.focus()
    summary.press("Enter")
    expect(menu).to_be_visible()
    for label in ("Theme", "Width", "Title", "Caption", "Weight scale"):
        head_view.page.keyboard.press("Tab")
        expect(menu.get_by_label(label)).to_be_focused()
    head_view.page.keyboard.press("Tab")
    expect(head_view.get_by_role("button", name="Picture as SVG")).to_be_focused()
    head_view.page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(summary).to_be_focused()
    summary.press("Enter")
    figure(head_view).click(position={"x": 300, "y": 5})
    expect(menu).to_be_hidden()
