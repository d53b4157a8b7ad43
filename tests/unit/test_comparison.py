"""Comparisons of two runs: aligned tokens, divergences of heads, and changes of predictions."""

import copy
import json
import math
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file
from torch import Tensor
from transformers import BertConfig, BertForMaskedLM

from bertviz_space import (
    HeadOff,
    OtherModel,
    Token,
    Trace,
    compare,
    compare_runs,
    extract,
    head_scores,
)
from bertviz_space.cancellation import Cancellation
from bertviz_space.capture import predicting, stopping
from bertviz_space.errors import ComparisonNotPossible, RunStopped, RunTooLong
from bertviz_space.files.wire import TraceFiles, write_trace
from bertviz_space.models.cache import ModelCache
from bertviz_space.texts.token_alignment import align_tokens, share_vocabulary
from bertviz_space.trace import NoPredictions, Predictions
from bertviz_space.trace.comparison import Comparison
from bertviz_space.trace.divergence import head_divergences
from tests.unit.tiny_models import KINDS

REPEATED = "lamp river stone garden lamp river stone"
OTHER_TEXT = "lamp river stone lamp table river stone garden"
LETTERS = st.text("abc", max_size=12)


@pytest.fixture(scope="module")
def gpt2() -> Any:
    return ModelCache().get("tiny-gpt2")


@pytest.fixture(scope="module")
def bert() -> Any:
    return ModelCache().get("tiny-bert")


def tokens_of(letters: str) -> tuple[Token, ...]:
    return tuple(
        Token(each, each, ord(each), at, at + 1, "A", False) for at, each in enumerate(letters)
    )


def comparison_of(trace: Trace) -> Comparison:
    assert trace.compared is not None
    return trace.compared


def log_probabilities(model: Any, **inputs: Any) -> Tensor:
    """Return float64 ``[position, token]``."""
    with torch.no_grad():
        return model(**inputs).logits[0].double().log_softmax(-1)


def with_other_layer(model: Any, tensor: str) -> Any:
    """Return a copy of a model in which one tensor has other numbers."""
    tuned = copy.deepcopy(model)
    parameter = tuned.get_parameter(tensor)
    with torch.no_grad():
        parameter.copy_(parameter.flip(0))
    return tuned


def longest_common_length(one: str, other: str) -> int:
    lengths = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i, own in enumerate(one):
        for j, its in enumerate(other):
            longer = max(lengths[i][j + 1], lengths[i + 1][j])
            lengths[i + 1][j + 1] = lengths[i][j] + 1 if own == its else longer
    return lengths[-1][-1]


@given(LETTERS, LETTERS)
def test_tokens_are_aligned_by_a_longest_common_subsequence(one, other):
    aligned = align_tokens(tokens_of(one), tokens_of(other))
    pairs = [(at, to) for at, to in enumerate(aligned) if to >= 0]
    assert len(aligned) == len(one)
    assert all(one[at] == other[to] for at, to in pairs)
    assert [to for _, to in pairs] == sorted({to for _, to in pairs})
    assert len(pairs) == longest_common_length(one, other)


def test_only_an_ascending_alignment_within_both_texts_is_valid(gpt2):
    trace = extract(gpt2.model, gpt2.tokenizer, "lamp river stone")
    other = extract(gpt2.model, gpt2.tokenizer, "lamp river")
    valid = comparison_of(compare(trace, other))
    num = len(trace.source)
    for source in (
        (1, 0, *[-1] * (num - 2)),
        (0, 0, *[-1] * (num - 2)),
        (99, *[-1] * (num - 1)),
        (0,),
    ):
        with pytest.raises(ValueError, match=r"align"):
            replace(trace, compared=replace(valid, source=source))
    with pytest.raises(ValueError, match="third one"):
        replace(trace, compared=replace(valid, trace=compare(other, trace)))


def divergence_by_hand(trace: Trace, layer: int, head: int) -> float:
    """Return the mean divergence in bits, in float64, with plain loops over the rows."""
    compared = comparison_of(trace)
    one = trace.weights("self", layer)[head].double()
    other = compared.trace.weights("self", layer)[head].double()
    pairs = compared.aligned_queries("self").tolist()
    own_keys, other_keys = compared.aligned_keys("self").unbind(1)

    def outcomes(row: Tensor, keys: Tensor) -> Tensor:
        aligned = row[keys]
        return torch.cat([aligned, (row.sum() - aligned.sum()).clamp(min=0.0)[None]]) / row.sum()

    def relative_entropy(part: Tensor, mean: Tensor) -> Tensor:
        known = part > 0
        return (part[known] * (part[known] / mean[known]).log2()).sum()

    total = 0.0
    for own, its in pairs:
        p, q = outcomes(one[own], own_keys), outcomes(other[its], other_keys)
        mean = (p + q) / 2
        total += float(relative_entropy(p, mean) + relative_entropy(q, mean)) / 2
    return total / len(pairs)


@pytest.mark.parametrize("name", ["gpt2", "bert"])
def test_heads_are_compared_by_the_divergence_of_aligned_rows(name, request):
    loaded = request.getfixturevalue(name)
    one = extract(loaded.model, loaded.tokenizer, REPEATED)
    other = extract(loaded.model, loaded.tokenizer, OTHER_TEXT)
    trace = compare(one, other)
    assert comparison_of(trace).differs == ("text",)
    assert -1 in comparison_of(trace).source
    for row in head_scores(trace):
        expected = divergence_by_hand(trace, row["layer"], row["head"])
        assert row["divergence"] == pytest.approx(expected, abs=1e-5)
    swapped = {
        (row["layer"], row["head"]): row["divergence"] for row in head_scores(compare(other, one))
    }
    for row in head_scores(trace):
        assert swapped[row["layer"], row["head"]] == pytest.approx(row["divergence"], abs=1e-5)


def test_equal_rows_have_no_divergence_and_disjoint_rows_one_bit(gpt2):
    trace = extract(gpt2.model, gpt2.tokenizer, REPEATED)
    layer = trace.layer("self", 1)
    every = torch.arange(layer.num_queries)[:, None].expand(-1, 2)
    assert head_divergences(layer, layer, every, every).eq(0).all()
    # Without an aligned key, all weights of both rows have the same outcome.
    none = torch.empty(0, 2, dtype=torch.int64)
    assert head_divergences(layer, layer, every, none).eq(0).all()
    assert head_divergences(layer, layer, none, every).isnan().all()
    # The first row has all its weight on the first key, which is aligned with none.
    shifted = torch.tensor([[0, 0]]), torch.tensor([[1, 0]])
    assert head_divergences(layer, layer, *shifted).eq(1).all()


def test_a_head_without_a_counterpart_has_no_divergence(gpt2):
    trace = extract(gpt2.model, gpt2.tokenizer, REPEATED)
    fewer = replace(trace, layers={"self": trace.layers["self"][:2]})
    rows = head_scores(compare(trace, fewer, ("a model with two layers", "")))
    assert {row["divergence"] for row in rows if row["layer"] > 1} == {None}
    assert {row["divergence"] for row in rows if row["layer"] < 2} == {0.0}


@pytest.mark.parametrize("name", ["gpt2", "bert"])
def test_changes_of_predictions_are_those_of_the_logits_of_both_texts(name, request):
    loaded = request.getfixturevalue(name)
    model, tokenizer = loaded.model, loaded.tokenizer
    trace = compare_runs(model, tokenizer, REPEATED, other_text=OTHER_TEXT)
    own, its = (
        log_probabilities(model, **tokenizer(text, return_tensors="pt"))
        for text in (REPEATED, OTHER_TEXT)
    )
    check_changes(trace, own, its)


def test_changes_of_predictions_are_those_of_the_logits_of_both_models(gpt2):
    tuned = with_other_layer(gpt2.model, "transformer.h.0.attn.c_proj.weight")
    other = OtherModel(gpt2.model, gpt2.tokenizer, "tiny-gpt2", "shipped")
    trace = compare_runs(tuned, gpt2.tokenizer, REPEATED, other=other)
    assert comparison_of(trace).model == ("tiny-gpt2", "shipped")
    assert comparison_of(trace).differs == ("model",)
    inputs = gpt2.tokenizer(REPEATED, return_tensors="pt")
    check_changes(
        trace, log_probabilities(tuned, **inputs), log_probabilities(gpt2.model, **inputs)
    )
    # The changed output of layer 0 changes the attention of the layers after it.
    rows = head_scores(trace)
    assert {row["divergence"] for row in rows if row["layer"] == 0} == {0.0}
    assert all(row["divergence"] for row in rows if row["layer"] > 0)


def test_a_larger_vocabulary_is_compared_on_the_tokens_of_the_smaller_one(gpt2):
    larger = copy.deepcopy(gpt2.model)
    larger.resize_token_embeddings(len(gpt2.tokenizer) + 5, mean_resizing=False)
    other = OtherModel(larger, gpt2.tokenizer, "larger")
    trace = compare_runs(gpt2.model, gpt2.tokenizer, REPEATED, other=other)
    inputs = gpt2.tokenizer(REPEATED, return_tensors="pt")
    with torch.no_grad():
        logits = larger(**inputs).logits[0, :, : gpt2.model.config.vocab_size].double()
    own = log_probabilities(gpt2.model, **inputs)
    check_changes(trace, own, logits.log_softmax(-1))


def check_changes(trace: Trace, own: Tensor, its: Tensor) -> None:
    compared = comparison_of(trace)
    changes = compared.changes
    assert changes is not None
    for at, to in enumerate(compared.source):
        if to < 0:
            assert changes.divergences[at].isnan()
            assert changes.likeliest_log_probabilities[at].isnan()
            continue
        divergence = (its[to].exp() * (its[to] - own[at])).sum()
        assert float(changes.divergences[at]) == pytest.approx(float(divergence), abs=1e-4)
        likeliest = own[at, its[to].argmax()]
        assert float(changes.likeliest_log_probabilities[at]) == pytest.approx(
            float(likeliest), abs=1e-4
        )


def test_an_encoder_decoder_is_compared_on_both_sides():
    kind = KINDS["t5"]
    model, tokenizer = kind.build(), kind.tokenizer()
    texts = "The cat sat on the mat.", "The dog sat."
    # Without a target text, each run writes its own.
    one, other = (extract(model, tokenizer, text) for text in texts)
    trace = compare_runs(model, tokenizer, texts[0], other_text=texts[1])
    comparison = comparison_of(trace)
    assert comparison.source == align_tokens(one.source, other.source)
    assert comparison.target == align_tokens(one.target or (), other.target or ())
    assert comparison.aligned_queries("cross").equal(comparison.aligned_queries("decoder"))
    assert comparison.aligned_keys("cross").equal(comparison.aligned_keys("encoder"))
    assert comparison.changes is not None
    is_known = comparison.changes.divergences.isfinite()
    assert is_known.tolist() == [at >= 0 for at in comparison.target or ()]
    components = {row["component"] for row in head_scores(trace) if row["divergence"] is not None}
    assert components == {"encoder", "decoder", "cross"}


def test_a_run_with_interventions_can_be_compared_with_another_text(gpt2):
    one = extract(gpt2.model, gpt2.tokenizer, REPEATED, interventions=[HeadOff(0, 3)])
    other = extract(gpt2.model, gpt2.tokenizer, OTHER_TEXT)
    trace = compare(one, other)
    assert comparison_of(one).differs == ("interventions",)
    assert comparison_of(trace).differs == ("interventions", "text")
    assert comparison_of(trace).changes is None


def test_runs_without_a_difference_are_an_error(gpt2):
    trace = extract(gpt2.model, gpt2.tokenizer, REPEATED)
    with pytest.raises(ComparisonNotPossible, match="same model and the same tokens"):
        compare(trace, trace)


def test_models_of_different_components_are_an_error(gpt2):
    trace = extract(gpt2.model, gpt2.tokenizer, REPEATED)
    other = replace(
        trace,
        target=trace.source,
        layers={"encoder": (replace(trace.layers["self"][0], component="encoder"),)},
    )
    with pytest.raises(ComparisonNotPossible, match="an encoder and a decoder"):
        compare(trace, other, ("an encoder-decoder model", ""))


def test_a_vocabulary_with_more_tokens_is_shared(gpt2, bert):
    longer = copy.deepcopy(gpt2.tokenizer)
    longer.add_tokens(["<|user|>"])
    assert share_vocabulary(gpt2.tokenizer, longer)
    assert share_vocabulary(longer, gpt2.tokenizer)
    assert not share_vocabulary(gpt2.tokenizer, bert.tokenizer)


def test_the_files_of_both_runs_are_those_of_each_run_alone(gpt2, tmp_path):
    one, other = (extract(gpt2.model, gpt2.tokenizer, text) for text in (REPEATED, OTHER_TEXT))
    trace = compare_runs(gpt2.model, gpt2.tokenizer, REPEATED, other_text=OTHER_TEXT)
    folders = [tmp_path / name for name in ("both", "one", "other")]
    for folder in folders:
        folder.mkdir()
    both = json.loads(write_trace(trace, "tiny-gpt2", "abc", folders[0]).read_text())
    alone = json.loads(write_trace(one, "tiny-gpt2", "abc", folders[1]).read_text())
    its = json.loads(write_trace(other, "tiny-gpt2", "abc", folders[2]).read_text())
    compared_with = both["compared"]
    assert alone["compared"] is None
    assert compared_with["differs"] == ["text"]
    assert compared_with["source"] == list(comparison_of(trace).source)
    assert compared_with["target"] is None
    for name in ("source", "source_words", "model", "written_from", "mask_token"):
        assert compared_with["other"][name] == its[name]
    [component] = compared_with["other"]["components"]
    assert component["overviews"] == component["scores"] == []
    for entry, own in zip(component["layers"], its["components"][0]["layers"], strict=True):
        assert entry["file"] == f"other-{own['file']}"
        assert_equal_files(folders[0] / entry["file"], folders[2] / own["file"])
    predictions = compared_with["other"]["predictions"]["file"]
    assert_equal_files(folders[0] / predictions, folders[2] / "predictions.safetensors")
    for layer in alone["components"][0]["layers"]:
        assert_equal_files(folders[0] / layer["file"], folders[1] / layer["file"])
    changes = load_file(folders[0] / compared_with["changes"])
    assert changes.keys() == {"divergences", "likeliest_log_probabilities"}


def assert_equal_files(one: Any, other: Any) -> None:
    first, second = load_file(one), load_file(other)
    assert first.keys() == second.keys()
    for name in first:
        torch.testing.assert_close(first[name], second[name], rtol=0, atol=0, equal_nan=True)


def test_a_page_of_one_layer_has_the_layer_of_both_runs(gpt2, tmp_path):
    trace = compare_runs(gpt2.model, gpt2.tokenizer, REPEATED, other_text=OTHER_TEXT)
    files = TraceFiles(trace, "tiny-gpt2", "abc", tmp_path)
    assert set(files.names_for(2, with_overviews=False)) == {
        "self-2.safetensors",
        "other-self-2.safetensors",
        "predictions.safetensors",
        "other-predictions.safetensors",
        "changes.safetensors",
    }


def test_predictions_of_the_other_run_are_known(gpt2):
    trace = compare_runs(gpt2.model, gpt2.tokenizer, REPEATED, other_text=OTHER_TEXT)
    assert isinstance(comparison_of(trace).trace.predictions, Predictions)


def test_predictions_of_other_positions_are_not_compared(gpt2):
    config = BertConfig(
        vocab_size=len(gpt2.tokenizer),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
    )
    masked = OtherModel(BertForMaskedLM(config), gpt2.tokenizer, "a masked model")
    trace = compare_runs(gpt2.model, gpt2.tokenizer, REPEATED, other=masked)
    predictions = trace.predictions, comparison_of(trace).trace.predictions
    assert [isinstance(each, Predictions) and each.offset for each in predictions] == [1, 0]
    assert comparison_of(trace).changes is None


def test_the_predictions_of_a_model_without_a_language_head_are_not_compared(gpt2):
    trunk = OtherModel(gpt2.model.base_model, gpt2.tokenizer, "without a head")
    trace = compare_runs(gpt2.model, gpt2.tokenizer, REPEATED, other=trunk)
    assert isinstance(trace.predictions, Predictions)
    assert isinstance(comparison_of(trace).trace.predictions, NoPredictions)
    assert comparison_of(trace).changes is None


def test_the_other_text_is_written_as_long_as_the_one_that_was_stopped(gpt2):
    written, other_written = [], []

    def stop_at_the_third_token(text: str) -> bool:
        written.append(text)
        return len(written) < 3

    trace = compare_runs(
        gpt2.model,
        gpt2.tokenizer,
        "The cat",
        other_text="The dog",
        continue_tokens=8,
        on_written=stop_at_the_third_token,
        on_other_written=other_written.append,
    )
    texts = (
        extract(gpt2.model, gpt2.tokenizer, text, continue_tokens=3)
        for text in ("The cat", "The dog")
    )
    assert [trace.source, comparison_of(trace).trace.source] == [text.source for text in texts]
    assert len(other_written) == 3


def test_if_the_first_model_writes_nothing_the_other_one_writes_nothing_either(gpt2):
    end = gpt2.tokenizer.eos_token_id
    silent = copy.deepcopy(gpt2.model)
    # It takes the end token at every position.
    head = torch.nn.Linear(silent.config.n_embd, silent.config.vocab_size)
    torch.nn.init.zeros_(head.weight)
    torch.nn.init.zeros_(head.bias)
    with torch.no_grad():
        head.bias[end] = 1.0
    silent.lm_head = head
    written: list[str] = []
    trace = compare_runs(
        silent,
        gpt2.tokenizer,
        "The cat",
        other=OtherModel(gpt2.model, gpt2.tokenizer, "tiny-gpt2"),
        continue_tokens=4,
        on_other_written=written.append,
    )
    assert trace.written_from is None
    assert comparison_of(trace).trace.written_from is None
    assert written == []


def test_models_with_other_vocabularies_are_an_error_before_the_first_pass(gpt2, bert):
    def fail(*_: Any) -> None:
        raise AssertionError("a model ran")

    with (
        gpt2.model.register_forward_pre_hook(fail),
        pytest.raises(ComparisonNotPossible, match="different tokenizers"),
    ):
        other = OtherModel(bert.model, bert.tokenizer, "tiny-bert")
        compare_runs(gpt2.model, gpt2.tokenizer, "lamp river", other=other)


def test_the_comparison_of_predictions_has_a_time_limit_of_its_own(gpt2, monkeypatch):
    monkeypatch.setattr(predicting, "_LOGITS_AT_ONCE", 1)
    monkeypatch.setattr(predicting, "_MIN_POSITIONS", 2)
    now, calls, last = 0.0, [], math.inf
    monkeypatch.setattr(stopping, "monotonic", lambda: now)

    def let_time_pass(*_: Any) -> None:
        nonlocal now
        calls.append(None)
        if len(calls) == last:
            now += 1000.0

    def compare_again() -> None:
        calls.clear()
        texts = {"other_text": OTHER_TEXT, "max_seconds": 100.0}
        compare_runs(gpt2.model, gpt2.tokenizer, REPEATED, **texts)

    with gpt2.model.lm_head.register_forward_hook(let_time_pass):
        compare_again()
        # The last part of the comparison calls the language head twice.
        last = len(calls) - 2
        with pytest.raises(RunTooLong, match="after 100 seconds"):
            compare_again()
        assert len(calls) == last


def test_a_comparison_stops_wherever_it_is_canceled(gpt2):
    calls, cancellation, last = [], Cancellation(), math.inf

    def cancel_at_the_last_call(*_: Any) -> None:
        calls.append(None)
        if len(calls) == last:
            cancellation.request()

    def compare_again() -> None:
        calls.clear()
        texts = {"other_text": OTHER_TEXT, "cancellation": cancellation}
        compare_runs(gpt2.model, gpt2.tokenizer, REPEATED, **texts)

    # The language head is called in each pass, for its predictions, and to compare both.
    with gpt2.model.lm_head.register_forward_hook(cancel_at_the_last_call):
        compare_again()
        assert len(calls) == 6
        for last in range(1, 5):
            cancellation = Cancellation()
            with pytest.raises(RunStopped):
                compare_again()
            assert len(calls) == last
