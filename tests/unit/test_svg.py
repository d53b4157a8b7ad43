"""The SVG file of a view draws the weights of the trace and the reader's texts."""

from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from bertviz_space import HeadOff, LayerAttention, Token, Trace, compare
from bertviz_space.errors import NoSuchAttentionPart, NoSuchHead, TextTooLong
from bertviz_space.files.svg.caption import numbers_in_words
from bertviz_space.files.svg.options import MAX_LINES, PictureOptions, PictureWidth
from bertviz_space.files.svg.picture import MAX_NUMBERS, picture_of
from bertviz_space.files.svg.rows import ShownRows
from bertviz_space.files.view_request import ViewRequest, attention_parts_of
from bertviz_space.trace.filter import NOTHING_HIDDEN, parse_filter
from bertviz_space.trace.interventions import Intervened
from tests.svg import SVG, lines_of, texts_of
from tests.unit.golden import SOURCE, TARGET, golden_trace
from tests.unit.test_any_trace import layers, trace_of

COMMIT = "0123456789abcdef0123456789abcdef01234567"
COMPONENTS = ["Encoder", "Decoder", "Cross"]
PAIRS = [f"Sentence {one} -> Sentence {other}" for one, other in ("AA", "BB", "AB", "BA")]


def draw(
    trace: Trace, view_request: ViewRequest, options: PictureOptions | None = None
) -> ElementTree.Element:
    options = options or PictureOptions()
    return ElementTree.fromstring(picture_of(view_request, trace, "some/model", COMMIT, options))


def drawn(opacities: dict[tuple[float, float, float], float], shape: tuple[int, ...]) -> Tensor:
    """Return opacities ``[query, key]``, 0 without a line. Each row and column has a line."""
    begins, ends = (sorted({line[end] for line in opacities}) for end in (1, 2))
    assert (len(begins), len(ends)) == shape
    weights = torch.zeros(shape)
    for (_, begin, end), opacity in opacities.items():
        weights[begins.index(begin), ends.index(end)] = opacity
    return weights


def description_of(svg: ElementTree.Element) -> str:
    return svg.findtext(f"{SVG}desc") or ""


def muted_tokens(svg: ElementTree.Element) -> list[str | None]:
    """Return the labels that have the color of captions, the left column of a run first."""
    return [text.text for text in svg.iter(f"{SVG}text") if text.get("fill") == "#6b7280"]


def long_trace(num_tokens: int, num_heads: int = 1, head_dim: int = 4, seed: int = 0) -> Trace:
    """Return a trace of one causal layer and ``num_tokens`` words."""
    tokens = tuple(
        Token(f" word{place}", f"word{place}", place, 9 * place, 9 * place + 8, "A", False)
        for place in range(num_tokens)
    )
    generator = torch.Generator().manual_seed(seed)
    query, key = torch.randn(2, num_heads, num_tokens, head_dim, generator=generator)
    layer = LayerAttention("self", 0, query, key, scaling=0.5, causal=True)
    return Trace(tokens, None, {"self": (layer,)})


@pytest.mark.parametrize("heads", [(), (2,), (3, 1)])
def test_the_opacity_of_a_line_in_the_head_view_is_its_weight_by_the_number_of_heads(heads):
    trace = golden_trace()
    svg = draw(trace, ViewRequest("head", 1, heads, attention_part="Cross"))
    chosen = list(heads) or [0, 1, 2, 3]
    weights = trace.weights("cross", 1)[chosen] / len(chosen)
    lines = list(lines_of(svg))
    assert len(lines) == len(chosen)
    palette = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728"]
    assert [each.color for each in lines] == [palette[head] for head in chosen]
    for each, of_head in zip(lines, weights, strict=True):
        expected = torch.where(of_head < 0.5 / 255, 0.0, of_head)
        found = drawn(each.opacities, expected.shape)
        torch.testing.assert_close(found, expected, atol=1e-4, rtol=0)


@pytest.mark.parametrize(
    ("heads", "words"),
    [((), "mean of heads 0 to 3"), ((3, 1), "mean of heads 1 and 3"), ((2,), "head 2")],
)
def test_the_mean_of_heads_is_one_neutral_line_for_each_query_and_key(heads, words):
    trace = golden_trace()
    svg = draw(trace, ViewRequest("head", 1, heads, attention_part="Cross", mean=True))
    [lines] = lines_of(svg)
    assert lines.color == "#7a7a7a"
    weights = trace.weights("cross", 1)[list(heads) or [0, 1, 2, 3]].double().mean(0).float()
    expected = torch.where(weights < 0.5 / 255, 0.0, weights)
    found = drawn(lines.opacities, expected.shape)
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=0)
    # No legend: the first text after the title is a token.
    assert texts_of(svg)[:2] == [f"Head view, layer 1, {words}, Cross", "<s>"]


def test_both_runs_of_a_comparison_are_side_by_side_in_the_head_view():
    one, other = long_trace(6, num_heads=2), long_trace(7, num_heads=2, seed=1)
    svg = draw(compare(one, other), ViewRequest("head"))
    own, its = [*lines_of(svg)][:2], [*lines_of(svg)][2:]
    for lines, trace in ((own, one), (its, other)):
        assert [each.color for each in lines] == ["#1f77b4", "#ff7f0e"]
        for each, weights in zip(lines, trace.weights("self", 0) / 2, strict=True):
            found = torch.zeros_like(weights)
            for (_, begin, end), opacity in each.opacities.items():
                found[int(begin / 22.5), int(end / 22.5)] = opacity
            expected = torch.where(weights < 0.5 / 255, 0.0, weights)
            torch.testing.assert_close(found, expected, atol=1e-4, rtol=0)
    name = "“word0  word1  word2  word3  word4  wor…”"
    texts = texts_of(svg)
    assert texts[0] == f"Head view, layer 0, heads 0 and 1, beside {name}"
    assert texts.index("This run") < texts.index(name)
    # Only the last token of the other run has no counterpart.
    assert muted_tokens(svg) == ["word6"] * 2


def test_a_run_with_interventions_is_drawn_alone_until_it_is_compared_with_another_text():
    one, other = long_trace(6), long_trace(7)
    off = replace(one, intervened=Intervened((HeadOff(0, 0),), {}))
    alone, both = (draw(compare(off, each), ViewRequest("head")) for each in (one, other))
    assert "This run" not in texts_of(alone)
    assert "This run" in texts_of(both)


@pytest.mark.parametrize("mean", [False, True])
def test_what_the_other_run_does_not_have_is_in_the_caption(mean):
    one = long_trace(6, num_heads=3)
    fewer = long_trace(5, num_heads=1)
    svg = draw(compare(one, fewer, ("a/small-model", "")), ViewRequest("head", mean=mean))
    assert len([*lines_of(svg)]) == (2 if mean else 4)
    assert " has no heads 1 and 2." in description_of(svg)
    svg = draw(compare(one, fewer, ("a/small-model", "")), ViewRequest("head", 0, (2,), mean=mean))
    assert len([*lines_of(svg)]) == 1
    [layer] = fewer.layers["self"]
    later = replace(fewer, layers={"self": (replace(layer, layer=3),)})
    svg = draw(compare(one, later, ("a/small-model", "")), ViewRequest("head"))
    assert " has no layer 0." in description_of(svg)
    assert "This run" not in texts_of(svg)
    assert muted_tokens(svg) == []


def test_a_filter_hides_the_aligned_tokens_of_the_other_run():
    one, other = long_trace(6), long_trace(7)
    tokens = other.source
    shifted = replace(other, source=(*tokens[6:], *tokens[:6]))
    svg = draw(compare(one, shifted), ViewRequest("head", filter=parse_filter("2")))
    hidden = [text.text for text in svg.iter(f"{SVG}text") if "text-decoration" in text.attrib]
    assert hidden == ["word2", "word2"]


def test_rows_of_both_runs_have_as_many_tokens():
    one, other = long_trace(24), long_trace(40)
    svg = draw(compare(one, other), ViewRequest("head"), PictureOptions(max_lines=1000))
    assert "A line is the largest weight of 2 × 2 tokens." in description_of(svg)
    begins = [{begin for _, begin, _ in lines.opacities} for lines in lines_of(svg)]
    assert [len(each) for each in begins] == [12, 20]


def test_each_cell_of_the_model_view_draws_the_weights_of_a_head():
    trace = golden_trace()
    svg = draw(trace, ViewRequest("model", attention_part="Encoder"))
    cells = list(lines_of(svg))
    heads = [weights for layer in trace.layers["encoder"] for weights in layer.weights()]
    assert len(cells) == len(heads)
    for cell, weights in zip(cells, heads, strict=True):
        opacities = weights[weights >= 0.5 / 255]
        found = torch.tensor(list(cell.opacities.values()))
        torch.testing.assert_close(found, opacities, atol=1e-4, rtol=0)
    assert texts_of(svg)[0] == "Model view, layers 0, 2 and 3, heads 0 to 3, Encoder"


def test_the_open_head_of_the_model_view_is_drawn_beside_the_grid():
    svg = draw(golden_trace(), ViewRequest("model", 2, (1, 3), attention_part="Encoder"))
    *cells, panel = lines_of(svg)
    assert len(cells) == 12
    assert list(panel.opacities.values()) == list(cells[5].opacities.values())
    assert texts_of(svg)[0] == "Model view, layer 2, head 1, Encoder"


def test_each_cell_of_the_neuron_view_draws_a_number_of_a_vector():
    trace = golden_trace()
    layer = trace.layer("encoder", 0)
    svg = draw(trace, ViewRequest("neuron", 0, (3,), attention_part="Encoder", expanded=True))
    numbers = torch.cat([layer.query[3], layer.key[1]])  # two heads share a key head
    found: dict[str, list[float]] = {"#2b7de9": [], "#ff6318": []}
    for group in svg.iter(f"{SVG}g"):
        if group.get("fill") in found:
            found[group.attrib["fill"]] += [float(each.attrib["fill-opacity"]) for each in group]
    for color, own in (("#2b7de9", numbers[numbers >= 0]), ("#ff6318", numbers[numbers < 0])):
        opacities = (own.abs() / 4).tanh()
        opacities = opacities[opacities >= 0.5 / 255]
        torch.testing.assert_close(
            torch.tensor(found[color]).sort().values, opacities.sort().values, atol=1e-4, rtol=0
        )


def test_the_neuron_view_draws_only_the_first_head():
    [lines] = lines_of(
        draw(golden_trace(), ViewRequest("neuron", 0, (1, 2), attention_part="Decoder"))
    )
    assert lines.color == "#2b7de9"


@given(layer=layers(), data=st.data())
def test_pooled_weights_are_the_largest_of_their_rows(layer, data):
    trace = trace_of(layer, data.draw(st.integers(0, layer.num_queries)))
    part = data.draw(st.sampled_from(attention_parts_of(trace)))
    size = data.draw(st.sampled_from([1, 2, 8]))
    rows = ShownRows.of(trace, part, size, NOTHING_HIDDEN)
    queries, keys = rows.queries, rows.keys
    pooled = rows.pooled_weights(layer, [layer.num_heads - 1])
    weights = layer.weights()[-1]
    for row in range(len(queries)):
        for column in range(len(keys)):
            own = weights[
                queries.edges[row] : queries.edges[row + 1],
                keys.edges[column] : keys.edges[column + 1],
            ]
            assert own.numel() <= size * size
            # A product of fewer rows can be rounded differently.
            assert pooled[0, row, column].item() == pytest.approx(own.max().item(), abs=1e-5)


@given(layer=layers(), size=st.sampled_from([1, 2, 8]))
def test_pooled_mean_weights_are_the_largest_means_of_their_rows(layer, size):
    trace = trace_of(layer, 0)
    rows = ShownRows.of(trace, attention_parts_of(trace)[0], size, NOTHING_HIDDEN)
    queries, keys = rows.queries, rows.keys
    pooled = rows.pooled_weights(layer, range(layer.num_heads), mean=True)
    assert pooled.shape == (1, len(queries), len(keys))
    weights = layer.weights().double().mean(0)
    for row, (first, end) in enumerate(pairwise(queries.edges)):
        for column, (left, right) in enumerate(pairwise(keys.edges)):
            largest = weights[first:end, left:right].max().item()
            assert pooled[0, row, column].item() == pytest.approx(largest, abs=1e-5)


def test_a_filter_hides_lines_and_keys_and_the_caption_says_what_is_hidden():
    filter_ = parse_filter("first,2,t1,min=0.05")
    trace = golden_trace()
    svg = draw(trace, ViewRequest("head", 0, (1,), attention_part="Cross", filter=filter_))
    weights = trace.weights("cross", 0)[1]
    weights[:, [0, 2]] = 0
    [lines] = lines_of(svg)
    found = torch.tensor(list(lines.opacities.values()))
    torch.testing.assert_close(found, weights[weights >= 0.05], atol=1e-4, rtol=0)
    crossed = [each for each in svg.iter(f"{SVG}text") if each.get("text-decoration")]
    assert len(crossed) == 2
    assert "Weights below 0.05 are hidden." in texts_of(svg)


def test_the_mean_is_taken_before_a_threshold():
    trace = golden_trace()
    chosen = {"attention_part": "Encoder", "mean": True, "filter": parse_filter("mass=0.5")}
    [lines] = lines_of(draw(trace, ViewRequest("head", 0, (0, 1), **chosen)))
    weights = parse_filter("mass=0.5").above_thresholds(trace.weights("encoder", 0)[:2].mean(0))
    found = torch.tensor(list(lines.opacities.values()))
    torch.testing.assert_close(found, weights[weights >= 0.5 / 255], atol=1e-4, rtol=0)


def test_tokens_of_a_long_text_share_rows_and_the_caption_says_so():
    svg = draw(long_trace(600), ViewRequest("head"))
    words = texts_of(svg)
    assert "A line is the largest weight of 2 × 2 tokens." in words
    assert "#2 word2 …" in words
    [lines] = lines_of(svg)
    assert len(lines.opacities) <= MAX_LINES
    svg = draw(long_trace(20, num_heads=2), ViewRequest("head"))
    assert {f"word{place}" for place in range(20)} <= set(texts_of(svg))


def test_lines_of_a_cell_begin_at_least_two_pixels_apart():
    [lines] = lines_of(draw(long_trace(100), ViewRequest("model")))
    begins = sorted({begin for _, begin, _ in lines.opacities})
    assert min(after - before for before, after in pairwise(begins)) >= 2


def test_vectors_with_too_many_numbers_raise_an_error():
    too_many = MAX_NUMBERS // 2 // 64 + 1
    message = r"have 100,096 numbers, and an SVG file may show 100,000\."
    with pytest.raises(TextTooLong, match=message):
        draw(long_trace(too_many, head_dim=64), ViewRequest("neuron", expanded=True))


def test_the_neuron_view_of_a_layer_without_vectors_draws_its_lines():
    own = LayerAttention(
        "self", 0, torch.zeros(1, 2, 0), torch.zeros(1, 2, 0), 1.0, bias=torch.zeros(1, 2, 2)
    )
    svg = draw(Trace(SOURCE[:2], None, {"self": (own,)}), ViewRequest("neuron", expanded=True))
    [lines] = lines_of(svg)
    assert set(lines.opacities.values()) == {1.0}


def test_labels_and_caption_show_the_texts_of_the_reader():
    svg = draw(golden_trace(), ViewRequest("head", 0, (0,), attention_part="Cross"))
    title, square, *rest = texts_of(svg)
    assert (title, square) == ("Head view, layer 0, head 0, Cross", "0")
    source = ["[CLS]", "Das", "é", "😀 1/2", "😀 2/2", "[SEP]", "<b>"]
    assert rest[: len(TARGET)] == ["<s>", "The", "␣", "end", "."]
    assert rest[len(TARGET) : -4] == source
    italic = [text.text for text in svg.iter(f"{SVG}text") if text.get("font-style") == "italic"]
    assert italic == ["<s>", "[CLS]", "[SEP]"]
    assert rest[-4:] == [
        "some/model, commit 0123456789ab", "A: Das é😀", "B: <b>", "Target: The end.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("</svg><script>alert(1)</script>", "</svg><script>a…"),
        ("a\x08\x1b]]>\ufffe&amp;", "a\ufffd\ufffd]]>\ufffd&amp;"),
        (" \n", "⏎"),
        ("  ", "␣"),
        ("\u200b", "U+200B"),
        ("👨‍👩‍👧" * 17, "👨‍👩‍👧" * 15 + "…"),
    ],
)
def test_a_text_never_becomes_an_element(text, label):
    tokens = (Token(text, text, 0, 0, len(text), "A", False),)
    layer = LayerAttention("self", 0, torch.ones(1, 1, 1), torch.ones(1, 1, 1), 1.0)
    svg = draw(Trace(tokens, None, {"self": (layer,)}), ViewRequest("head"))
    assert texts_of(svg)[2:4] == [label, label]
    tags = {element.tag.removeprefix(SVG) for element in svg.iter()}
    assert tags == {"svg", "title", "desc", "rect", "g", "line", "text"}


def test_a_part_layer_or_head_that_does_not_exist_raises_an_error():
    trace = golden_trace()
    assert [part.label for part in attention_parts_of(trace)] == COMPONENTS + PAIRS
    with pytest.raises(
        NoSuchAttentionPart, match=r"no attention part 'All': set block to one of Encoder, Decoder"
    ):
        draw(trace, ViewRequest("head", attention_part="All"))
    with pytest.raises(NoSuchHead, match="no layer 1: layers go from 0 to 3"):
        draw(trace, ViewRequest("head", 1, attention_part="Encoder"))
    with pytest.raises(NoSuchHead, match="no head 4"):
        draw(trace, ViewRequest("neuron", 0, (4,)))


def test_the_default_layer_is_the_first_with_attention():
    trace = long_trace(3)
    later = replace(trace.layers["self"][0], layer=5)
    svg = draw(replace(trace, layers={"self": (later,)}), ViewRequest("head"))
    assert texts_of(svg)[0] == "Head view, layer 5, head 0"


def test_consecutive_numbers_are_written_as_spans():
    assert numbers_in_words("head", [3]) == "head 3"
    assert numbers_in_words("head", [1, 0]) == "heads 0 and 1"
    assert numbers_in_words("layer", [0, 1, 2, 3, 7]) == "layers 0 to 3 and 7"
    assert numbers_in_words("head", [0, 2, 4, 5, 6]) == "heads 0, 2 and 4 to 6"


def test_a_picture_of_an_endpoint_has_no_scale_unless_it_is_asked_for():
    trace, request = golden_trace(), ViewRequest("head", 0, (0, 1), "Encoder")
    assert "weight" not in " ".join(texts_of(draw(trace, request)))
    texts = texts_of(draw(trace, request, PictureOptions(scale=True)))
    assert texts[-6:-4] == ["opacity = weight ÷ 2 heads 0", "1"]
    # The cells of vectors have another scale.
    expanded = ViewRequest("neuron", 0, (0,), "Encoder", expanded=True)
    assert "1" not in texts_of(draw(trace, expanded, PictureOptions(scale=True)))


def test_texts_that_are_not_drawn_stay_in_the_file():
    options = PictureOptions(title=False, caption=False)
    svg = draw(golden_trace(), ViewRequest("neuron", 0, (0,), "Cross"), options)
    drawn = " ".join(texts_of(svg))
    assert "Neuron view" not in drawn
    assert "some/model" not in drawn
    assert svg.findtext(f"{SVG}title") == "Neuron view, layer 0, head 0, Cross"
    assert "some/model, commit 0123456789ab" in (svg.findtext(f"{SVG}desc") or "")


@pytest.mark.parametrize("view", ["head", "model", "neuron", "matrix"])
def test_a_picture_for_a_column_is_laid_out_for_its_width(view):
    request = ViewRequest(view, 0, attention_part="Encoder")
    widths: dict[PictureWidth, int] = {"84mm": 84, "174mm": 174}
    for width, millimeters in widths.items():
        svg = draw(golden_trace(), request, PictureOptions(width=width))
        assert svg.attrib["width"] == width
        _, _, view_width, height = map(float, svg.attrib["viewBox"].split())
        pixels = millimeters / 25.4 * 96
        assert view_width == pytest.approx(pixels)  # nothing is scaled down
        in_millimeters = float(svg.attrib["height"].removesuffix("mm"))
        assert in_millimeters == pytest.approx(height / pixels * millimeters, abs=1e-3)


def test_a_picture_wider_than_its_page_is_scaled_down_and_its_texts_are_not():
    request = ViewRequest("neuron", 0, (0,), "Encoder", expanded=True)
    svg = draw(golden_trace(), request, PictureOptions(width="84mm"))
    unit = float(svg.attrib["viewBox"].split()[2]) / (84 / 25.4 * 96)
    assert unit > 1.5
    title, *_ = (each for each in svg.iter(f"{SVG}g") if each.get("font-weight") == "600")
    assert float(title.attrib["font-size"]) / unit * 0.75 == pytest.approx(9, abs=1e-3)


def test_themes_change_colors_only():
    request = ViewRequest("model", 0, (1,), "Encoder")
    files = {
        theme: draw(golden_trace(), request, PictureOptions(theme=theme, scale=True))
        for theme in ("light", "dark", "transparent")
    }
    lines = [[each.opacities for each in lines_of(svg)] for svg in files.values()]
    assert lines[0] == lines[1] == lines[2]
    found = {
        theme: {each.get("fill") for each in svg.iter()} - {None} for theme, svg in files.items()
    }
    assert {"#1f2937", "#6b7280", "#ffffff"} <= found["light"]
    assert {"#f3f4f6", "#9ca3af", "#111827"} <= found["dark"]
    assert not found["dark"] & {"#1f2937", "#6b7280", "#ffffff"}
    assert "#ffffff" not in found["transparent"]
