"""The SVG file of the matrix view draws a weight of the trace in each cell."""

import pytest
import torch
from torch import Tensor

from bertviz_space.files.svg.options import PictureOptions
from bertviz_space.files.view_request import ViewRequest
from tests.svg import SVG, cells_of, texts_of
from tests.unit.golden import golden_trace
from tests.unit.test_svg import draw, long_trace


def assert_cells(opacities: dict[tuple[float, float], float], weights: Tensor) -> None:
    """Check that each weight that changes a pixel has a cell, in the order of the axes."""
    expected = weights[weights >= 0.5 / 255]
    assert sorted(opacities) == list(opacities)
    torch.testing.assert_close(torch.tensor(list(opacities.values())), expected, atol=1e-4, rtol=0)


@pytest.mark.parametrize("part", ["Encoder", "Decoder", "Cross"])
def test_the_opacity_of_a_cell_is_the_weight_of_the_head(part):
    trace = golden_trace()
    svg = draw(trace, ViewRequest("matrix", 0, (2,), attention_part=part))
    color, opacities = cells_of(svg)
    assert color == "#2ca02c"
    assert_cells(opacities, trace.weights(part.lower(), 0)[2])
    assert texts_of(svg)[0] == f"Matrix view, layer 0, head 2, {part}"


def test_several_heads_are_one_neutral_mean():
    trace = golden_trace()
    options = PictureOptions(scale=True)
    svg = draw(trace, ViewRequest("matrix", 1, attention_part="Cross"), options)
    color, opacities = cells_of(svg)
    assert color == "#7a7a7a"
    assert_cells(opacities, trace.weights("cross", 1).double().mean(0).float())
    texts = texts_of(svg)
    assert svg.findtext(f"{SVG}title") == "Matrix view, layer 1, mean of heads 0 to 3, Cross"
    assert "opacity = mean weight of 4 heads 0" in texts


def test_a_part_of_a_pair_has_only_its_own_cells():
    trace = golden_trace()
    svg = draw(trace, ViewRequest("matrix", 0, (1,), "Sentence A -> Sentence B"))
    assert_cells(cells_of(svg)[1], trace.weights("encoder", 0)[1, :6, 6:])


def test_the_labels_are_those_of_the_queries_and_of_the_keys():
    svg = draw(golden_trace(), ViewRequest("matrix", 0, (0,), attention_part="Cross"))
    source = ["[CLS]", "Das", "é", "😀 1/2", "😀 2/2", "[SEP]", "<b>"]
    assert texts_of(svg)[1:-4] == ["<s>", "The", "␣", "end", ".", *source]
    italic = [text.text for text in svg.iter(f"{SVG}text") if text.get("font-style") == "italic"]
    assert italic == ["<s>", "[CLS]", "[SEP]"]


def test_the_cells_of_a_long_text_show_their_largest_weight():
    trace = long_trace(700)
    svg = draw(trace, ViewRequest("matrix"))
    # 600 pixels of 700 tokens: two cells of 4 tokens are 2 pixels or more apart.
    weights = trace.weights("self", 0)[0]
    largest = weights.reshape(175, 4, 175, 4).amax((1, 3))
    assert_cells(cells_of(svg)[1], largest)
    assert "Each cell is the largest of 4 × 4 weights." in texts_of(svg)


def test_the_number_of_cells_is_bounded():
    _, opacities = cells_of(draw(long_trace(1200), ViewRequest("matrix")))
    assert len({y for y, _ in opacities}) == 300
