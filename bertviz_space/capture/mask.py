"""The mask and the bias of an attention, split from each other."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

# An additive mask forbids keys with the lowest number of its dtype, -65504 in float16 and -3e38 in
# float32, or with -10000 (OpenAI-GPT, BigBird). Biases are larger than this bound: the steepest
# slope of ALiBi subtracts 1 for each token of distance.
FORBIDDEN_BELOW = -5e3


@dataclass(frozen=True, eq=False)
class Mask:
    """The mask and the bias of an attention, as fields of ``LayerAttention``.

    Attributes:
        causal: True if each query may attend to exactly the keys up to its own position.
        allowed: bool ``[head or 1, query, key]``, ``None`` if the mask is full or causal.
        bias: float32 ``[head or 1, query, key]``, 0 where not allowed; ``None`` without a bias.
    """

    causal: bool
    allowed: Tensor | None
    bias: Tensor | None

    @property
    def is_causal_without_bias(self) -> bool:
        """True if the mask is causal and nothing is added to the scores."""
        return self.causal and self.bias is None

    @cached_property
    def _without_keys(self) -> Tensor | None:
        """Queries that may not attend to any key: bool ``[head or 1, query]``.

        ``None`` if ``allowed`` is ``None``: then each query may attend to at least one key.
        """
        return None if self.allowed is None else ~self.allowed.any(-1)

    @cached_property
    def on_cpu(self) -> "Mask":
        """The same mask on the CPU."""
        terms = (None if term is None else term.cpu() for term in (self.allowed, self.bias))
        return Mask(self.causal, *terms)

    def on(self, device: torch.device) -> "Mask":
        """Return the mask on its own device or on the CPU; equal calls return the same tensors."""
        term = self.bias if self.allowed is None else self.allowed
        return self if term is None or term.device == device else self.on_cpu

    def corrected_logsumexp(self, logsumexp: Tensor) -> Tensor:
        """Replace the normalizers of queries that may not attend to any key by ``-inf``.

        torch's kernel returns 0 for these queries, and an additive mask results in its lowest
        number.

        Args:
            logsumexp: float32 ``[head, query]``, as the pass computed it.

        Returns:
            float32 ``[head, query]``.
        """
        without_keys = self._without_keys
        return (
            logsumexp if without_keys is None else logsumexp.masked_fill(without_keys, -torch.inf)
        )


def split_mask(
    attention_mask: Tensor | None, position_bias: Tensor | None, num_queries: int, num_keys: int
) -> Mask:
    """Split what a model passes to its attention function into a mask and a bias.

    Args:
        attention_mask: bool, or additive of any float dtype, ``[1, head or 1, query or 1, key]``;
            keys after ``num_keys`` are ignored. ``None`` allows all keys.
        position_bias: ``[1, head or 1, query, key]``, or ``None``.
        num_queries: number of positions that attend.
        num_keys: number of positions that are attended to.

    Returns:
        The mask, on the device of the arguments.
    """
    bias = None if position_bias is None else position_bias[0].float()
    if attention_mask is None:
        if bias is None:
            return Mask(False, None, None)
        allowed = torch.ones(1, num_queries, num_keys, dtype=torch.bool, device=bias.device)
    else:
        mask = attention_mask[0, :, :, :num_keys].expand(-1, num_queries, -1)
        if mask.dtype == torch.bool:
            allowed = mask
        else:
            additive = mask.float() if bias is None else mask.float() + bias
            allowed = additive > FORBIDDEN_BELOW
            bias = additive
    return simplest_mask(allowed, bias)


def simplest_mask(allowed: Tensor, bias: Tensor | None) -> Mask:
    """Describe a mask and a bias with as few numbers as possible.

    Args:
        allowed: bool ``[head or 1, query, key]``.
        bias: float32 ``[head or 1, query, key]``, any number where not allowed; or ``None``.
    """
    allowed = _without_equal_heads(allowed)
    if bias is not None:
        bias = _without_equal_heads(bias.masked_fill(~allowed, 0.0))
        bias = bias if bias.any() else None  # T5 passes zeros to its cross attention
    if allowed.all():
        return Mask(False, None, bias)
    if allowed.shape[1] == allowed.shape[2] and torch.equal(
        allowed, torch.ones_like(allowed).tril()
    ):
        return Mask(True, None, bias)
    return Mask(False, allowed, bias)


def _without_equal_heads(term: Tensor) -> Tensor:
    """Reduce ``[head, query, key]`` to ``[1, query, key]`` if all heads are equal."""
    return term[:1].clone() if len(term) > 1 and torch.equal(term[1:], term[:-1]) else term
