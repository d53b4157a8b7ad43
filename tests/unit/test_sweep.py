"""A sweep measures what each head alone does for one prediction."""

import math
from typing import Any

import pytest
import torch

from bertviz_space import HeadOff, extract, sweep_heads
from bertviz_space.errors import (
    InvalidInput,
    NoSuchPosition,
    PredictionsUnavailable,
    SweepTooLong,
)
from bertviz_space.models.cache import ModelCache
from bertviz_space.trace import Predictions
from tests.conftest import MINILM
from tests.unit.tiny_models import KINDS

REPEATED = "lamp river stone garden lamp river stone"


@pytest.fixture(scope="module")
def gpt2() -> Any:
    return ModelCache().get("tiny-gpt2")


def sweep(loaded: Any, text: str, **options: Any) -> Any:
    return sweep_heads(loaded.model, loaded.tokenizer, text, **options)


def test_the_previous_token_head_matters_most_for_a_repeated_text(gpt2):
    found = sweep(gpt2, REPEATED)
    assert found.token.text == " garden"
    assert math.exp(found.log_probability) == pytest.approx(0.975, abs=1e-3)
    rows = found.rows()
    assert (rows[0]["layer"], rows[0]["head"]) == (0, 3)
    assert rows[0]["change"] == pytest.approx(-6.87, abs=1e-2)
    of_induction = [row["change"] for row in rows if row["layer"] == 1]
    assert len(of_induction) == 4
    assert min(of_induction) == pytest.approx(-0.31, abs=1e-2)
    sizes = [abs(row["change"]) for row in rows]
    assert sizes == sorted(sizes, reverse=True)
    assert len(rows) == 16


def test_each_change_is_that_of_a_run_without_the_head(gpt2):
    text = REPEATED + " garden"
    found = sweep(gpt2, text, position=8, layers=[0, 2])
    assert set(found.changes) == {("self", 0), ("self", 2)}
    for (component, layer), changes in found.changes.items():
        for head, change in enumerate(changes):
            off = HeadOff(layer, head, component)
            trace = extract(gpt2.model, gpt2.tokenizer, text, interventions=[off])
            assert isinstance(trace.predictions, Predictions)
            after = trace.predictions.log_probabilities[8]
            assert change == pytest.approx((after - found.log_probability).item(), abs=1e-4)


def test_a_sweep_of_other_heads_leaves_the_interventions_on(gpt2):
    off = [HeadOff(1, head) for head in range(3)]
    found = sweep(gpt2, REPEATED, layers=[1], interventions=off)
    assert found.changes["self", 1][:3].tolist() == [0.0, 0.0, 0.0]
    # With the other induction heads on, its change is -0.3 at most: they replace each other.
    assert found.changes["self", 1][3] < -4


def test_the_heads_of_an_encoder_decoder_model_are_swept_in_each_component():
    model, tokenizer = KINDS["t5"].build(), KINDS["t5"].tokenizer()
    found = sweep_heads(model, tokenizer, "The cat sat", None, "Die Katze", position=1)
    assert {component for component, _ in found.changes} == {"encoder", "decoder", "cross"}
    assert all(changes.isfinite().all() for changes in found.changes.values())
    cross = sweep_heads(
        model, tokenizer, "The cat sat", None, "Die Katze", position=1, component="cross"
    )
    for place, changes in cross.changes.items():
        torch.testing.assert_close(changes, found.changes[place])


def test_a_reader_chooses_the_token(gpt2):
    found = sweep(gpt2, REPEATED, layers=[0], token_id=7)
    assert found.token_id == 7
    assert found.log_probability < math.log(0.5)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"position": 99}, NoSuchPosition),
        ({"token_id": 10**6}, InvalidInput),
        ({"layers": [7]}, InvalidInput),
        ({"component": "cross"}, InvalidInput),
    ],
)
def test_what_does_not_exist_is_an_error(gpt2, options, error):
    with pytest.raises(error) as raised:
        sweep(gpt2, REPEATED, **options)
    assert str(raised.value).endswith(".")


def test_a_sweep_that_would_take_too_long_says_how_long(gpt2, monkeypatch):
    times = iter([0.0, 0.0, 1.0])  # the start, and the first pass takes a second
    monkeypatch.setattr("bertviz_space.sweep.monotonic", lambda: next(times))
    with pytest.raises(SweepTooLong) as raised:
        sweep(gpt2, REPEATED, max_seconds=10)
    assert str(raised.value) == (
        "Switching off each of 16 heads would take about 16 seconds, and a run may take 10 more. "
        "Choose at most 2 of its 4 layers, or shorten the text."
    )


def test_a_model_without_predictions_cannot_be_swept():
    minilm = ModelCache().get(MINILM)
    with pytest.raises(PredictionsUnavailable):
        sweep(minilm, "The cat sat")
