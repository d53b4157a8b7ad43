"""What is added to the scores, split into who may be seen and how much is added."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

# An additive mask forbids with the dtype's minimum, -65504 in float16 and -3e38 in float32, or with
# -10000 (OpenAI-GPT, BigBird). Real biases stay above: the steepest slope of ALiBi is 1 a token.
FORBIDDEN = -5e3


@dataclass(frozen=True, eq=False)
class Mask:
    """Fields of ``LayerAttention``.

    Attributes:
        causal: True if a query sees exactly the keys up to its own position.
        allowed: bool ``[head or 1, query, key]`` where the mask is neither full nor causal.
        bias: float32 ``[head or 1, query, key]``, 0 where not allowed, ``None`` without one.
    """

    causal: bool
    allowed: Tensor | None
    bias: Tensor | None

    @property
    def is_plainly_causal(self) -> bool:
        """Whether a query sees the keys up to its own, and nothing is added to their scores."""
        return self.causal and self.bias is None

    @cached_property
    def _blind(self) -> Tensor | None:
        """Queries that may see no key: bool ``[head or 1, query]``, ``None`` if all see one."""
        return None if self.allowed is None else ~self.allowed.any(-1)

    def normalizers(self, logsumexp: Tensor) -> Tensor:
        """Logarithms of sums of exponentials, with ``-inf`` where there was nothing to sum.

        Kernels give 0 there, and additive masks their minimum.

        Args:
            logsumexp: float32 ``[head, query]`` on the CPU.
        """
        blind = self._blind
        return logsumexp if blind is None else logsumexp.masked_fill(blind, -torch.inf)


def split(
    attention_mask: Tensor | None, position_bias: Tensor | None, num_queries: int, num_keys: int
) -> Mask:
    """Split a mask and a bias as models hand them to their attention.

    Args:
        attention_mask: bool, or additive of any float dtype, ``[1, head or 1, query or 1, key]``;
            keys beyond ``num_keys`` are left out. ``None`` allows all.
        position_bias: ``[1, head or 1, query, key]``, or ``None``.
        num_queries: positions that attend.
        num_keys: positions that are attended to.
    """
    bias = None if position_bias is None else position_bias[0].to("cpu", torch.float32)
    if attention_mask is None:
        allowed = torch.ones(1, num_queries, num_keys, dtype=torch.bool)
    else:
        mask = attention_mask[0, :, :, :num_keys].to("cpu").expand(-1, num_queries, -1)
        if mask.dtype == torch.bool:
            allowed = mask
        else:
            additive = mask.float() if bias is None else mask.float() + bias
            allowed = additive > FORBIDDEN
            bias = additive
    return of(allowed, bias)


def of(allowed: Tensor, bias: Tensor | None) -> Mask:
    """The shortest form of a mask and a bias.

    Args:
        allowed: bool ``[head or 1, query, key]``.
        bias: float32 ``[head or 1, query, key]``, anything where not allowed; or ``None``.
    """
    allowed = _once(allowed)
    if bias is not None:
        # T5 hands its cross attention a bias of zeros.
        bias = _once(bias.masked_fill(~allowed, 0.0))
        bias = bias if bias.any() else None
    if allowed.all():
        return Mask(False, None, bias)
    if allowed.shape[1] == allowed.shape[2] and torch.equal(
        allowed, torch.ones_like(allowed).tril()
    ):
        return Mask(True, None, bias)
    return Mask(False, allowed, bias)


def _once(term: Tensor) -> Tensor:
    """One for all heads where it is the same for all."""
    return term[:1].clone() if len(term) > 1 and torch.equal(term[1:], term[:-1]) else term
