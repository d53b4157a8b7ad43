"""Python passes the cases that ``tests/js/shared_cases.test.js`` passes in JavaScript."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import regex
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from bertviz_space import Component, LayerAttention, Trace
from bertviz_space.errors import InvalidFilter
from bertviz_space.files.interventions_in_words import interventions_in_words
from bertviz_space.files.svg.caption import (
    caption_of,
    filter_in_words,
    numbers_in_words,
    weight_scale_text,
)
from bertviz_space.files.svg.label import BLANKS, label_of, label_of_row
from bertviz_space.files.svg.page import page_length, page_of
from bertviz_space.files.svg.rows import rows_of
from bertviz_space.files.tensor_export import LayersAndHeads, write_query_key, write_weights
from bertviz_space.files.view_request import ViewRequest, attention_parts_of
from bertviz_space.trace.comparison import Comparison
from bertviz_space.trace.filter import parse_filter
from bertviz_space.trace.interventions import Intervened, parse_interventions
from bertviz_space.trace.overview import bin_size
from bertviz_space.trace.ranking import rank_weights
from bertviz_space.trace.words import word_starts, word_tokens
from tests.unit.golden import golden_trace, golden_weights
from tests.unit.shared_cases import (
    FOLDER,
    Case,
    generated,
    piece_tokens,
    read_cases,
    segment_tokens,
    text_of,
    text_token,
)


def cases_of(name: str) -> list:
    """Return the handwritten cases of a file, as parameters of a test."""
    return [pytest.param(case, id=case["name"]) for case in read_cases(name)]


def trace_of(components: list[Component], source: str, target: str | None) -> Trace:
    """Return a trace of one layer for each component, with a token for each letter."""
    own, other = segment_tokens(source), None if target is None else segment_tokens(target)
    layers = {}
    for component in components:
        queries = other if component in ("decoder", "cross") else own
        keys = own if component == "cross" else queries
        query, key = (torch.zeros(1, len(each or ()), 1) for each in (queries, keys))
        layers[component] = (LayerAttention(component, 0, query, key, scaling=1.0),)
    return Trace(own, other, layers)


def captioned_trace(case: Case) -> Trace:
    """Return a trace with the texts of a case of a caption."""
    source, target = case["source"], case["target"]
    query, key = (torch.zeros(1, len(source), 1) for _ in range(2))
    layer = LayerAttention("self", 0, query, key, scaling=1.0)
    own, other = piece_tokens(source), None if target is None else piece_tokens(target)
    return Trace(own, other, {"self": (layer,)})


def compared_of(case: Case) -> Comparison | None:
    """Return the comparison of a case of a caption, without aligned tokens."""
    fields = case.get("compared")
    if fields is None:
        return None
    return Comparison(
        captioned_trace(fields),
        differs=tuple(fields["differs"]),
        source=(-1,) * len(case["source"]),
        target=None if case["target"] is None else (-1,) * len(case["target"]),
        model=None if fields["model"] is None else tuple(fields["model"]),
    )


@pytest.mark.parametrize("name", generated())
def test_generating_the_cases_again_gives_the_same_file(name):
    assert read_cases(name, "generated") == generated()[name]


@pytest.mark.parametrize("name", [path.stem for path in FOLDER.iterdir()])
def test_names_of_cases_are_unique(name):
    names = [case["name"] for case in read_cases(name)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("case", cases_of("token_labels"))
def test_token_labels_equal_those_of_the_cases(case: Case):
    token = text_token(text_of(case["text"]), case["part"])
    assert label_of(token) == text_of(case["label"])
    assert label_of_row([token, token], 0, 2) == text_of(case["row_label"])
    assert label_of_row([token, token], 1, 2) == text_of(case["label"])


def test_blanks_are_the_white_space_of_unicode():
    every = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))
    assert "".join(regex.findall(r"\p{White_Space}", every)) == BLANKS


@pytest.mark.parametrize("case", cases_of("attention_parts"))
def test_attention_parts_equal_those_of_the_cases(case: Case):
    trace = trace_of(case["components"], case["source"], case["target"])
    parts = [
        {
            "label": part.label,
            "component": part.component,
            "queries": list(part.queries),
            "keys": list(part.keys),
        }
        for part in attention_parts_of(trace)
    ]
    assert parts == case["parts"]


@pytest.mark.parametrize("case", cases_of("rows"))
def test_rows_of_a_column_equal_those_of_the_cases(case: Case):
    first, end = case["span"]
    rows = rows_of(segment_tokens(case["segments"]), (first, end), case["size"])
    assert list(rows.edges) == case["edges"]


@pytest.mark.parametrize("case", cases_of("bins"))
def test_bins_of_an_overview_equal_those_of_the_cases(case: Case):
    tokens = segment_tokens("A" * case["num_a"] + "B" * case["num_b"])
    assert bin_size(tokens) == case["size"]
    assert list(rows_of(tokens, (0, len(tokens)), case["size"]).edges) == case["edges"]


@pytest.mark.parametrize("case", cases_of("captions"))
def test_captions_of_pictures_equal_those_of_the_cases(case: Case):
    named = (case.get("intervened") or {}).get("interventions", [])
    changes = parse_interventions(",".join(each["spelling"] for each in named))
    trace = replace(
        captioned_trace(case),
        written_from=case.get("written_from"),
        intervened=Intervened(changes, {}) if changes else None,
        compared=compared_of(case),
    )
    assert interventions_in_words(trace) == [each["words"] for each in named]
    assert caption_of(trace, case["model_id"], case["revision"]) == case["caption"]


@pytest.mark.parametrize("case", cases_of("numbers_in_words"))
def test_numbers_in_words_equal_those_of_the_cases(case: Case):
    assert numbers_in_words(case["noun"], case["numbers"]) == case["words"]


@pytest.mark.parametrize("case", cases_of("weight_scales"))
def test_names_of_weight_scales_equal_those_of_the_cases(case: Case):
    assert weight_scale_text(case["num_heads"], case["is_mean"]) == case["text"]


@pytest.mark.parametrize("case", cases_of("weight_rankings"))
def test_rankings_of_weights_equal_those_of_the_cases(case: Case):
    ranking = rank_weights(torch.tensor(case["weights"]), case["max"])
    assert [each.index for each in ranking.largest] == case["order"]
    assert [each.running_sum for each in ranking.largest] == case["sums"]
    assert (ranking.total, ranking.num_most) == (case["total"], case["num_most"])


@pytest.mark.parametrize("case", cases_of("picture_pages"))
def test_sizes_of_pictures_equal_those_of_the_cases(case: Case):
    page = page_of(case["content_width"], case["width"])
    assert vars(page) == pytest.approx(case["page"])
    assert page_length(page.width, page, case["width"]) == case["length"]


@pytest.mark.parametrize("case", cases_of("view_links"))
def test_links_of_views_equal_those_of_the_cases(case: Case):
    heads = tuple(case["heads"])
    filter_ = parse_filter(case.get("filter", ""))
    request = ViewRequest(
        case["view"], None, heads, case["attention_part"], case["expanded"], case["mean"], filter_
    )
    assert request.link_query(case["layer"]) == case["query"]


@pytest.mark.parametrize("case", cases_of("filters"))
def test_filters_equal_those_of_the_cases(case: Case):
    if case["canonical"] is None:
        with pytest.raises(InvalidFilter):
            parse_filter(case["text"])
        return
    filter_ = parse_filter(case["text"])
    assert str(filter_) == case["canonical"]
    assert parse_filter(str(filter_)) == filter_
    components: list[Component] = ["self"] if case["target"] is None else ["encoder", "decoder"]
    trace = trace_of(components, case["segments"], case["target"])
    hidden = ["x" if each else "." for each in filter_.hidden_keys(trace, components[0])]
    assert "".join(hidden) == case["hidden"]
    assert filter_in_words(filter_, trace) == case["words"]


@pytest.mark.parametrize("case", cases_of("words"))
def test_words_equal_those_of_the_cases(case: Case):
    tokens = piece_tokens(case["tokens"])
    assert word_starts(tokens) == case["starts"]
    assert [word.text for word in word_tokens(tokens)] == case["texts"]


@pytest.mark.parametrize("case", cases_of("filtered_weights"))
def test_filtered_weights_equal_those_of_the_cases(case: Case):
    filter_, weights = parse_filter(case["filter"]), torch.tensor(case["weights"])
    hidden = filter_.hidden_keys(trace_of(["self"], case["segments"], None), "self")
    remaining = filter_.remaining(weights, hidden)
    heads = filter_.above_thresholds(remaining)
    torch.testing.assert_close(heads, torch.tensor(case["heads"]))
    mean = filter_.above_thresholds(remaining.mean(0, keepdim=True))[0]
    torch.testing.assert_close(mean, torch.tensor(case["mean"]))


@pytest.mark.parametrize("case", cases_of("tensor_exports"))
@pytest.mark.parametrize("kind", ["weights", "query_key"])
def test_exports_of_the_golden_trace_equal_those_of_the_cases(
    tmp_path: Path, case: Case, kind: str
):
    component, expected = case["component"], case[kind]
    chosen = LayersAndHeads(tuple(case["layers"]), tuple(case["heads"]))
    write = {"weights": write_weights, "query_key": write_query_key}[kind]
    path = write(golden_trace(), chosen, "golden/model", "0123abc", tmp_path / "export")
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
    tensors = {name: each for name, each in load_file(path).items() if _is_of(component, name)}
    assert {name: list(each.shape) for name, each in tensors.items()} == expected["shapes"]
    assert metadata["axes"] == expected["axes"]
    assert json.loads(metadata["layers"])[component] == case["layers"]
    for name in ("heads", "scaling"):
        if name in expected:
            assert _own(component, json.loads(metadata[name])) == expected[name]
    if kind == "weights":
        weights = [golden_weights()[f"{component}-{layer}"] for layer in case["layers"]]
        expected_weights = torch.stack(weights)[:, case["heads"]]
        torch.testing.assert_close(tensors[component], expected_weights, atol=1e-5, rtol=0)
    else:
        assert all(bool(each.isfinite().all()) for each in tensors.values())


def _is_of(component: str, name: str) -> bool:
    return name.partition(".")[0] == component


def _own(component: str, by_name: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in by_name.items() if _is_of(component, name)}


@pytest.mark.parametrize("case", cases_of("safetensors"))
def test_the_safetensors_library_reads_a_file_that_the_page_encodes(tmp_path, case: Case):
    header = case["header"].encode()
    path = tmp_path / "page.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes.fromhex(case["data"]))
    with safe_open(path, "pt") as file:
        assert file.metadata() == case["metadata"]
    tensors = {
        name: {"shape": list(tensor.shape), "values": tensor.flatten().tolist()}
        for name, tensor in load_file(path).items()
    }
    assert tensors == case["tensors"]
