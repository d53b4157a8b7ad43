"""Predictions are those of the model's own logits, computed for a few positions at a time."""

from typing import Any

import pytest
import torch
from torch import Tensor

from architectures.builder import build, inputs_for
from architectures.types import Architecture
from bertviz_space import extract, masked_prediction
from bertviz_space.cancellation import Cancellation
from bertviz_space.capture import capture, for_inference, offset_of, predict, predicting
from bertviz_space.errors import RunStopped
from bertviz_space.models.cache import ModelCache
from bertviz_space.trace import NoPredictions, Predictions
from bertviz_space.trace.predictions import MAX_LISTED
from tests.unit.tiny_models import KINDS

TEXT = "The cat sat on the mat. The dog saw the cat."


def predictions_of(name: str, *texts: Any, **options: Any) -> tuple[Any, Predictions, Any]:
    """Return a tiny model, its predictions for texts, and their trace."""
    model = KINDS[name].build()
    trace = extract(model, KINDS[name].tokenizer(), *texts, **options)
    assert isinstance(trace.predictions, Predictions)
    return model, trace.predictions, trace


def own_logits(model: Any, trace: Any) -> Tensor:
    """Return the logits of the model's own pass over the tokens of a trace."""
    inputs = {"input_ids": torch.tensor([[each.token_id for each in trace.source]])}
    if trace.target is not None:
        inputs["decoder_input_ids"] = torch.tensor([[each.token_id for each in trace.target]])
    with torch.no_grad():
        return model(**inputs).logits[0]


@pytest.mark.parametrize("name", ["gpt2", "t5", "bart"])
def test_a_model_predicts_the_next_token_as_its_own_logits_do(name):
    target = "Die Straße" if name in ("t5", "bart") else None
    model, predictions, trace = predictions_of(name, TEXT, None, target)
    expected = own_logits(model, trace).log_softmax(-1)
    ids = [each.token_id for each in trace.predicted_tokens]
    assert predictions.offset == 1
    largest = expected.topk(MAX_LISTED)
    assert torch.equal(predictions.token_ids, largest.indices.int())
    torch.testing.assert_close(
        predictions.probabilities, largest.values.exp(), rtol=1e-5, atol=1e-7
    )
    for position, following in enumerate(ids[1:]):
        own = expected[position, following]
        torch.testing.assert_close(
            predictions.log_probabilities[position], own, rtol=1e-5, atol=1e-5
        )
        assert predictions.ranks[position] == (expected[position] > own).sum() + 1
    assert predictions.ranks[-1] == 0
    assert predictions.log_probabilities[-1].isnan()
    assert all(
        predictions.vocabulary[each].vocabulary for each in largest.indices.unique().tolist()
    )


def test_a_masked_model_predicts_the_token_at_each_position():
    model = build(Architecture("bert", "MaskedLM"))
    inputs = inputs_for(model)
    with for_inference(model):
        captured = capture(model, inputs)
        offset = offset_of(captured.layers["self"])
        assert captured.logits is not None
        found = predict(captured.logits, inputs["input_ids"][0], offset, lambda: None)
        expected = model(**inputs).logits[0].log_softmax(-1)
    assert offset == 0
    own = expected.gather(1, inputs["input_ids"][0][:, None])
    torch.testing.assert_close(found.log_probabilities, own[:, 0], rtol=1e-5, atol=1e-5)
    assert torch.equal(found.ranks, (expected > own).sum(-1, dtype=torch.int32) + 1)


@pytest.mark.parametrize("at_once", [1, 1000, 10**9])
def test_the_number_of_positions_at_a_time_changes_nothing(at_once, monkeypatch):
    _, whole, _ = predictions_of("gpt2", TEXT)
    monkeypatch.setattr(predicting, "_LOGITS_AT_ONCE", at_once)
    monkeypatch.setattr(predicting, "_MIN_POSITIONS", 1)
    monkeypatch.setattr(predicting, "_REDUCED_AT_ONCE", at_once)
    _, parts, _ = predictions_of("gpt2", TEXT)
    assert torch.equal(parts.token_ids, whole.token_ids)
    assert torch.equal(parts.ranks, whole.ranks)
    torch.testing.assert_close(parts.log_probabilities, whole.log_probabilities, equal_nan=True)


# No, a few and many blocks of 64 tokens, with and without an incomplete one.
@pytest.mark.parametrize("num_tokens", [10, 639, 640, 704, 705, 767, 5_000])
@pytest.mark.parametrize("kind", ["normal", "sorted", "few values", "equal", "masked"])
def test_the_largest_logits_are_the_largest_of_all(num_tokens, kind):
    logits = torch.randn(3, num_tokens, generator=torch.Generator().manual_seed(num_tokens))
    if kind == "sorted":
        logits = torch.stack(
            [each.sort(descending=at == 1).values for at, each in enumerate(logits)]
        )
    elif kind == "few values":
        logits = logits.round()
    elif kind == "equal":
        logits = torch.zeros_like(logits)
    elif kind == "masked":
        logits[:, : num_tokens - 11] = -torch.inf
    values, indices = predicting._largest(logits, MAX_LISTED)
    assert torch.equal(values, logits.topk(MAX_LISTED).values)
    assert torch.equal(values, logits.gather(1, indices))
    assert all(len(set(row)) == MAX_LISTED for row in indices.tolist())


def test_a_model_sees_few_logits_at_a_time(monkeypatch):
    monkeypatch.setattr(predicting, "_LOGITS_AT_ONCE", 1)
    monkeypatch.setattr(predicting, "_MIN_POSITIONS", 4)
    model, tokenizer = KINDS["gpt2"].build(), KINDS["gpt2"].tokenizer()
    sizes = set[int]()
    head: Any = model.lm_head
    head.register_forward_hook(lambda *call: sizes.add(call[-1].shape[1]))
    extract(model, tokenizer, TEXT)
    extract(model, tokenizer, TEXT)
    assert max(sizes - {6}) <= 4  # the first run tries the head on six tokens


@pytest.mark.parametrize("name", ["bert", "gpt2"])
def test_a_model_without_a_language_head_says_so(name):
    model = KINDS[name].build()
    trace = extract(model.base_model, KINDS[name].tokenizer(), TEXT)
    assert trace.predictions == NoPredictions(
        "This model has no language-model head, so it makes no predictions."
    )


def test_attention_is_the_same_with_and_without_a_head():
    model, tokenizer = KINDS["gpt2"].build(), KINDS["gpt2"].tokenizer()
    with_head, without = (extract(each, tokenizer, TEXT) for each in (model, model.base_model))
    for one, other in zip(with_head.layers["self"], without.layers["self"], strict=True):
        assert torch.equal(one.query, other.query)
        assert torch.equal(one.key, other.key)


def test_the_model_is_unchanged_after_its_predictions():
    model, _, _ = predictions_of("t5", TEXT, None, "Die")
    for module in model.modules():
        assert "forward" not in vars(module)
        assert not module._forward_hooks
        assert not module._forward_pre_hooks


def test_predictions_stop_between_two_parts(monkeypatch):
    monkeypatch.setattr(predicting, "_LOGITS_AT_ONCE", 1)
    monkeypatch.setattr(predicting, "_MIN_POSITIONS", 1)
    model, tokenizer = KINDS["gpt2"].build(), KINDS["gpt2"].tokenizer()
    extract(model, tokenizer, TEXT)
    cancellation, parts = Cancellation(), []

    def stop_at_the_third(*call: Any) -> None:
        parts.append(call[-1].shape[1])
        if len(parts) == 3:
            cancellation.request()

    head: Any = model.lm_head
    head.register_forward_hook(stop_at_the_third)
    with pytest.raises(RunStopped):
        extract(model, tokenizer, TEXT, cancellation=cancellation)
    assert len(parts) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"ranks": torch.ones(3).int()},
        {"probabilities": torch.ones(2, 4)},
        {"token_ids": torch.full((2, 10), 10**6)},
    ],
)
def test_predictions_with_axes_that_do_not_fit_are_refused(change):
    _, predictions, _ = predictions_of("gpt2", "The cat")
    with pytest.raises(ValueError, match=r"position|vocabulary"):
        Predictions(**vars(predictions) | change)


def test_predictions_need_one_position_for_each_token():
    _, predictions, _ = predictions_of("gpt2", "The cat")
    _, _, longer = predictions_of("gpt2", TEXT)
    with pytest.raises(ValueError, match="predictions at"):
        type(longer)(longer.source, None, longer.layers, predictions=predictions)


def test_a_mask_hides_the_token_that_a_masked_model_predicts():
    loaded = ModelCache().get("tiny-bert")
    model, tokenizer = loaded.model, loaded.tokenizer
    ids = tokenizer(TEXT)["input_ids"]
    for position in (1, 4, len(ids) - 1):
        found = masked_prediction(model, tokenizer, TEXT, position=position)
        masked = [
            tokenizer.mask_token_id if at == position else each for at, each in enumerate(ids)
        ]
        with torch.no_grad():
            expected = model(torch.tensor([masked])).logits[0, position].log_softmax(-1)
        assert found.num_positions == 1
        torch.testing.assert_close(
            found.log_probabilities[0], expected[ids[position]], rtol=1e-5, atol=1e-5
        )
        assert torch.equal(found.token_ids[0], expected.topk(MAX_LISTED).indices.int())
