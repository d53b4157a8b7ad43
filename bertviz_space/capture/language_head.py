"""A model's language head: the part that turns hidden states into logits.

The logits of all positions of a long text would fill the memory: 4,096 positions and 128,000 tokens
are 2 GB. Therefore the head runs on a few positions at a time. It runs inside the model's own
``forward``, in which the trunk returns a part of what it has computed before. So the head's norm,
transformation, scale, bias and cap are the model's own.

The trunk is the submodule that returns the last hidden states: the outermost ``PreTrainedModel``
inside the model that returns no logits. An encoder-decoder model may call two of them, the encoder
and then the decoder; the last one returns the states of the positions that have predictions.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor
from transformers import PreTrainedModel
from transformers.utils.generic import ModelOutput

from ..errors import ModelFailed
from ..model_errors import explain_model_errors
from .model_state import restored_attention_type, without_cache

# Tokens of the pass that finds the trunk, and the positions at which it checks the head.
_TRIAL_TOKENS = 6
_TRIAL_POSITIONS = slice(2, 5)

# The largest difference of a logit, relative to the largest logit.
_TOLERANCE = 1e-5

# The heads of models, ``None`` for a model without predictions. A model's structure does not change
# while it is in memory.
_known: WeakKeyDictionary[PreTrainedModel, "LanguageHead | None"] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class LanguageHead:
    """The head of a model.

    Attributes:
        trunks: the names of the submodules that return hidden states, in the order of their calls.
        num_tokens: the number of logits at each position.
    """

    trunks: tuple[str, ...]
    num_tokens: int

    @contextmanager
    def idle(self, model: PreTrainedModel) -> Iterator[list[Any]]:
        """Let the head of a pass run on no position, which takes no time and memory.

        Yields:
            A list that contains the outputs of the trunks once they have run.
        """
        outputs: list[Any] = []

        def keep(*call: Any) -> Any:
            outputs.append(call[-1])
            is_last = len(outputs) == len(self.trunks)
            return _cut(call[-1], slice(0, 0)) if is_last else None

        with ExitStack() as stack:
            for name in self.trunks:
                handle = model.get_submodule(name).register_forward_hook(keep)
                stack.callback(handle.remove)
            yield outputs


@dataclass(frozen=True, eq=False)
class Logits:
    """The logits of one pass, which are computed on request.

    Attributes:
        num_positions: the number of positions, of the decoder if there is one.
        model: the model.
    """

    num_positions: int
    model: PreTrainedModel
    _head: LanguageHead
    _inputs: Mapping[str, Any]
    _outputs: list[Any]

    @property
    def num_tokens(self) -> int:
        """The number of logits at each position."""
        return self._head.num_tokens

    def at(self, positions: slice | Tensor) -> Tensor:
        """Compute the logits at some positions: a slice, or int64 ``[position]`` on any device.

        Call it inside ``for_inference``.

        Returns:
            float32 ``[position, token]`` on the model's device.

        Raises:
            ModelFailed: if the model's own code raises an error.
        """
        *before, last = self._outputs
        with (
            _returning(self.model, self._head.trunks, [*before, _cut(last, positions)]),
            explain_model_errors(self.model.config.model_type),
        ):
            return self.model(**self._inputs).logits[0].float()


def logits_of(model: PreTrainedModel, inputs: Mapping[str, Any]) -> Logits | None:
    """Run a model once, and return its logits; ``None`` if the model has no language head.

    Args:
        model: the model, inside ``for_inference``.
        inputs: the inputs of its ``forward``, see ``capture``.

    Raises:
        ModelFailed: if the model's own code raises an error.
    """
    inputs = without_cache(model, inputs)
    head = find_language_head(model, inputs)
    if head is None:
        return None
    with head.idle(model) as outputs, explain_model_errors(model.config.model_type):
        model(**inputs)
    return Logits(inputs["input_ids"].shape[1], model, head, inputs, outputs)


def find_language_head(model: PreTrainedModel, inputs: Mapping[str, Any]) -> LanguageHead | None:
    """Return the head of a model.

    Return ``None`` if the model has no head, or if its head fails on a part of the positions.

    The first call for a model runs it on a few tokens, and checks that the head computes the same
    logits from a part of the hidden states as from all of them.

    Args:
        model: the model, inside ``for_inference``.
        inputs: the inputs of its ``forward``, see ``capture``.
    """
    if model not in _known:
        _known[model] = _found_head(model, inputs)
    return _known[model]


def _found_head(model: PreTrainedModel, inputs: Mapping[str, Any]) -> LanguageHead | None:
    if model.get_output_embeddings() is None:
        return None
    few = {name: _few(each) for name, each in inputs.items()}
    calls = list[_Call]()
    try:
        with (
            restored_attention_type(model),  # BigBird changes it for few tokens
            _recording(model, calls),
            explain_model_errors(model.config.model_type),
        ):
            expected = getattr(model(**few), "logits", None)
        trunks = _trunks(calls)
        if expected is None or not trunks:
            return None
        head = LanguageHead(tuple(call.name for call in trunks), expected.shape[-1])
        logits = Logits(_TRIAL_TOKENS, model, head, few, [call.output for call in trunks])
        found = logits.at(_TRIAL_POSITIONS)
        logits.at(slice(0, 0))  # as in a pass
    except ModelFailed:  # the model may still be able to run on the whole text, without its head
        return None
    expected = expected[0, _TRIAL_POSITIONS].float()
    if found.shape != expected.shape:
        return None
    difference = (found - expected).abs().max()
    tolerance = max(_TOLERANCE, 4 * torch.finfo(model.dtype).eps)
    return head if difference <= tolerance * expected.abs().max() else None


def _few(each: Any) -> Any:
    """Return the first tokens of an input, repeated if there are fewer."""
    if not isinstance(each, Tensor):
        return each
    return each[:, torch.arange(_TRIAL_TOKENS) % each.shape[1]]


@dataclass(eq=False)
class _Call:
    """One call of a submodule, and the call inside which it ran."""

    name: str
    parent: "_Call | None"
    output: Any = None
    is_trunk: bool = False


@contextmanager
def _recording(model: PreTrainedModel, calls: list[_Call]) -> Iterator[None]:
    """Add the calls of submodules that are models to a list, in the order in which they begin."""
    running: list[_Call | None] = [None]

    def enter(name: str, *_: Any) -> None:
        call = _Call(name, running[-1])
        calls.append(call)
        running.append(call)

    def leave(*call: Any) -> None:
        running.pop().output = call[-1]  # type: ignore[union-attr] # the call that enter has added

    with ExitStack() as stack:
        for name, module in model.named_modules():
            if module is not model and isinstance(module, PreTrainedModel):
                stack.callback(module.register_forward_pre_hook(partial(enter, name)).remove)
                stack.callback(module.register_forward_hook(leave).remove)
        yield


def _trunks(calls: list[_Call]) -> list[_Call]:
    """Return the outermost calls that return no logits."""
    for call in calls:
        is_inside = call.parent is not None and call.parent.is_trunk
        has_logits = isinstance(call.output, ModelOutput) and "logits" in call.output
        call.is_trunk = is_inside or not has_logits
    return [each for each in calls if each.is_trunk and not (each.parent and each.parent.is_trunk)]


@contextmanager
def _returning(
    model: PreTrainedModel, names: tuple[str, ...], outputs: list[Any]
) -> Iterator[None]:
    """Let submodules return given outputs instead of running."""
    with ExitStack() as stack:
        for name, output in zip(names, outputs, strict=True):
            module = model.get_submodule(name)
            # An attribute of the instance, which hides the method of its class.
            module.forward = lambda *_, _output=output, **__: _output  # type: ignore[method-assign]
            stack.callback(module.__delattr__, "forward")
        yield


def _cut(output: Any, positions: slice | Tensor) -> Any:
    """Return the output of a trunk with its last hidden states at some positions only."""
    if isinstance(output, ModelOutput):
        name = next(iter(output))
        return type(output)(**{name: output[name][:, positions]})
    if isinstance(output, tuple):
        return (output[0][:, positions], *output[1:])
    return output[:, positions]
