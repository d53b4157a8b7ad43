"""A canceled run stops between two layers, and leaves the model as it was."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from bertviz_space import Trace, extract
from bertviz_space.cancellation import Cancellation
from bertviz_space.capture import stopping
from bertviz_space.errors import RunStopped, RunTooLong
from tests.unit.tiny_models import KINDS, MORE_KINDS

TEXT = "The dog on the ship ran to the store."
TARGET_TEXT = "Die Straße ist lang"


class CancelWhen(Cancellation):
    """A cancellation that is requested as soon as a condition is true.

    Attributes:
        num_checks: how often it was checked.
    """

    def __init__(self, condition: Callable[[], bool] = lambda: False) -> None:
        super().__init__()
        self.num_checks = 0
        self._condition = condition

    @property
    def is_requested(self) -> bool:
        self.num_checks += 1
        return self._condition()


@contextmanager
def ended_layers(layers: list[nn.Module]) -> Iterator[list[str]]:
    """Yield the names of the classes of the layers that have ended in this block."""
    ended: list[str] = []
    handles = [
        layer.register_forward_hook(lambda layer, *_: ended.append(type(layer).__name__))
        for layer in layers
    ]
    yield ended
    for handle in handles:
        handle.remove()


def numbers_of(trace: Trace) -> dict[str, Any]:
    """Return everything that a trace contains, by name, to compare it."""
    found: dict[str, Any] = {"tokens": (trace.source, trace.target), "notes": trace.notes}
    for component, layers in trace.layers.items():
        for layer in layers:
            for name, term in vars(layer).items():
                if isinstance(term, Tensor | float | int | str | None):
                    found[f"{component} {layer.layer} {name}"] = term
    return found


def hooks_of(model: nn.Module) -> list[Any]:
    return [
        hook
        for module in model.modules()
        for hook in (*module._forward_hooks.values(), *module._forward_pre_hooks.values())
    ]


@pytest.mark.parametrize("name", [*KINDS, *MORE_KINDS])
def test_a_pass_stops_between_its_layers_and_runs_again_as_before(name):
    kind = (KINDS | MORE_KINDS)[name]
    model, tokenizer = kind.build(attn_implementation="eager").train(), kind.tokenizer()
    target_text = TARGET_TEXT if model.config.is_encoder_decoder else None

    def run(cancellation: Cancellation) -> Trace:
        return extract(model, tokenizer, TEXT, target_text=target_text, cancellation=cancellation)

    run(Cancellation())  # the first run of a model checks more often than later ones
    counter = CancelWhen()
    before = run(counter)
    num_layers = sum(len(layers) for part, layers in before.layers.items() if part != "cross")
    assert counter.num_checks >= num_layers
    for stop_at in range(1, counter.num_checks + 1):
        stopper = CancelWhen(lambda: stopper.num_checks == stop_at)  # noqa: B023
        with pytest.raises(RunStopped):
            run(stopper)
        assert stopper.num_checks == stop_at
    assert hooks_of(model) == []
    assert all(module.training for module in model.modules())
    again = numbers_of(run(Cancellation()))
    for place, term in numbers_of(before).items():
        if isinstance(term, Tensor):
            assert torch.equal(again[place], term), place
        else:
            assert again[place] == term, place


@pytest.mark.parametrize("num_layers", [0, 1, 2])
def test_no_layer_runs_after_the_cancellation(num_layers):
    model = KINDS["bert"].build(attn_implementation="sdpa")
    with ended_layers(list(model.encoder.layer)) as ended, pytest.raises(RunStopped):
        extract(
            model,
            KINDS["bert"].tokenizer(),
            TEXT,
            cancellation=CancelWhen(lambda: len(ended) >= num_layers),
        )
    assert len(ended) == num_layers
    assert model.config._attn_implementation == "sdpa"


def test_generating_a_target_text_stops_between_two_tokens():
    model, tokenizer = KINDS["t5"].build(seed=1), KINDS["t5"].tokenizer()
    decoder_layers = list(model.decoder.block)
    whole = extract(model, tokenizer, TEXT)
    assert len(whole.target or ()) > 2
    num_layers = 2 * len(decoder_layers)  # those of two tokens
    with ended_layers(decoder_layers) as ended, pytest.raises(RunStopped):
        extract(model, tokenizer, TEXT, cancellation=CancelWhen(lambda: len(ended) >= num_layers))
    assert len(ended) == num_layers
    assert extract(model, tokenizer, TEXT).target == whole.target
    assert hooks_of(model) == []


def test_a_pass_stops_before_the_first_layer_after_its_time_limit(monkeypatch):
    model, tokenizer = KINDS["bert"].build(), KINDS["bert"].tokenizer()
    with (
        ended_layers(list(model.encoder.layer)) as ended,
        pytest.raises(RunTooLong, match="2 seconds"),
    ):
        # A clock on which each layer takes a second.
        monkeypatch.setattr(stopping, "monotonic", lambda: len(ended))
        extract(model, tokenizer, TEXT, max_seconds=2)
    assert len(ended) == 2
    assert hooks_of(model) == []


def test_generating_a_target_text_counts_toward_the_time_limit(monkeypatch):
    model, tokenizer = KINDS["t5"].build(seed=1), KINDS["t5"].tokenizer()
    decoder_layers = list(model.decoder.block)
    num_layers = 2 * len(decoder_layers)  # those of two tokens
    with ended_layers(decoder_layers) as ended, pytest.raises(RunTooLong):
        monkeypatch.setattr(stopping, "monotonic", lambda: len(ended))
        extract(model, tokenizer, TEXT, max_seconds=num_layers)
    assert len(ended) == num_layers


def test_other_threads_can_use_the_model_after_a_stopped_run():
    kind = KINDS["gpt2"]
    model, tokenizer = kind.build(), kind.tokenizer()
    with pytest.raises(RunStopped):
        extract(model, tokenizer, TEXT, cancellation=CancelWhen(lambda: True))
    traces: list[Trace] = []
    # In another thread: this thread could lock the model again even if it had not unlocked it.
    other = Thread(target=lambda: traces.append(extract(model, tokenizer, TEXT)), daemon=True)
    other.start()
    other.join()
    assert len(traces) == 1
