"""The SVG files of views show which tokens a causal model wrote to continue the reader's text."""

from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from bertviz_space import Trace
from bertviz_space.files.svg.options import PictureOptions, ThemeName
from bertviz_space.files.svg.rows import ShownRows
from bertviz_space.files.view_request import ViewName, ViewRequest, attention_parts_of
from bertviz_space.trace.filter import NOTHING_HIDDEN, parse_filter
from tests.svg import SVG, texts_of
from tests.unit.test_svg import draw, long_trace

COUNT, FROM = 9, 6
LIGHT, DARK = "#1e40af", "#93c5fd"
VIEWS = [
    ViewRequest("head"),
    ViewRequest("neuron"),
    ViewRequest("neuron", expanded=True),
    ViewRequest("matrix"),
    ViewRequest("model", 0, (0,)),
]


def written_trace(num_tokens: int = COUNT, written_from: int = FROM) -> Trace:
    return replace(long_trace(num_tokens), written_from=written_from)


def written_texts(svg: ElementTree.Element, color: str = LIGHT) -> list[str | None]:
    return [text.text for text in svg.iter(f"{SVG}text") if text.get("fill") == color]


def rules(svg: ElementTree.Element, color: str = LIGHT) -> list[ElementTree.Element]:
    return [line for line in svg.iter(f"{SVG}line") if line.get("stroke") == color]


@pytest.mark.parametrize("view_request", VIEWS, ids=str)
def test_both_axes_show_the_tokens_that_the_model_wrote(view_request):
    svg = draw(written_trace(), view_request)
    assert written_texts(svg) == ["word6", "word7", "word8"] * 2
    assert len(rules(svg)) == 2
    assert "Tokens from position 6 on were written by the model." in texts_of(svg)


@pytest.mark.parametrize("view_request", VIEWS, ids=str)
def test_a_rule_is_between_the_last_token_of_the_prompt_and_the_first_written_one(view_request):
    svg = draw(written_trace(), view_request)
    labels = {"word5": [], "word6": []}
    for text in svg.iter(f"{SVG}text"):
        if text.text in labels:
            labels[text.text].append(float(text.attrib["y"]))
    middles = [(a + b) / 2 for a, b in zip(*labels.values(), strict=True)]
    for rule, middle in zip(rules(svg), middles, strict=True):
        assert rule.get("y1") == rule.get("y2")
        assert float(rule.attrib["y1"]) == pytest.approx(middle, abs=1e-3)
        assert float(rule.attrib["x2"]) > float(rule.attrib["x1"])


@pytest.mark.parametrize(("theme", "color"), [("dark", DARK), ("transparent", LIGHT)])
def test_each_theme_has_a_color_for_written_tokens(theme: ThemeName, color):
    svg = draw(written_trace(), ViewRequest("head"), PictureOptions(theme=theme))
    assert len(written_texts(svg, color)) == 2 * (COUNT - FROM)
    assert len(rules(svg, color)) == 2


@pytest.mark.parametrize("view", ["head", "neuron", "matrix", "model"])
def test_a_text_that_the_reader_wrote_has_neither(view: ViewName):
    svg = draw(long_trace(COUNT), ViewRequest(view))
    assert written_texts(svg) == []
    assert rules(svg) == []
    assert not any("written" in text for text in texts_of(svg))


def test_a_row_of_several_tokens_is_written_if_its_first_token_is():
    trace = written_trace(100, 42)
    rows = ShownRows.of(trace, attention_parts_of(trace)[0], 8, NOTHING_HIDDEN).queries
    assert rows.are_written() == [begin >= 42 for begin, _ in pairwise(rows.edges)]
    assert rows.written_border(2.0) == 2 * 48


def test_a_word_is_written_if_its_first_token_is():
    trace = written_trace()
    tokens = list(trace.source)
    # The tokens 5 and 6 are one word, which the reader began.
    tokens[6] = replace(tokens[6], text="word6", start=tokens[5].end)
    trace = replace(trace, source=tuple(tokens))
    svg = draw(trace, ViewRequest("head", filter=parse_filter("words")))
    assert written_texts(svg) == ["word7", "word8"] * 2
    assert "word5word6" in texts_of(svg)
    assert len(rules(svg)) == 2
