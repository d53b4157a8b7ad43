"""What torch's own kernel divides by, against the formula: torch may rename or change it."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from bertviz_space.capture.mask import split_mask
from bertviz_space.capture.normalizers import KernelNormalizers
from bertviz_space.trace import LayerAttention

HEADS, KEY_HEADS, TOKENS, DIM = 4, 2, 37, 8

CAUSAL = torch.ones(1, 1, TOKENS, TOKENS, dtype=torch.bool).tril()
BLIND = CAUSAL.clone()
BLIND[:, :, 5] = False  # this query sees no key


def drawn(*shape: int, seed: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)) * 2


LOWEST = torch.finfo().min
BIAS = drawn(1, HEADS, TOKENS, TOKENS, seed=3)
CAUSAL_BIAS = BIAS.masked_fill(~CAUSAL, LOWEST)


@pytest.mark.parametrize(
    ("options", "mask"),
    [
        ({}, None),
        ({"is_causal": True}, CAUSAL),
        ({"attn_mask": CAUSAL}, CAUSAL),
        ({"attn_mask": BIAS}, BIAS),
        ({"attn_mask": CAUSAL_BIAS}, CAUSAL_BIAS),
        ({"attn_mask": BLIND}, BLIND),
        ({"attn_mask": torch.zeros(BLIND.shape).masked_fill(~BLIND, LOWEST)}, BLIND),
        ({"enable_gqa": True}, None),
    ],
)
def test_the_kernel_gives_the_normalizers_of_the_formula(options, mask):
    key_heads = KEY_HEADS if "enable_gqa" in options else HEADS
    query, key = drawn(1, HEADS, TOKENS, DIM, seed=1), drawn(1, key_heads, TOKENS, DIM, seed=2)
    with KernelNormalizers() as kernel:
        F.scaled_dot_product_attention(query, key, key, **options)
    assert kernel.logsumexp is not None
    terms = split_mask(mask, None, TOKENS, TOKENS)
    layer = LayerAttention(
        "self", 0, query[0], key[0], DIM**-0.5, terms.causal, terms.allowed, terms.bias
    )
    seen = terms.corrected_logsumexp(kernel.logsumexp[0])
    torch.testing.assert_close(seen, layer.log_normalizers(), atol=1e-5, rtol=1e-6)
    assert (seen == -torch.inf).any() == (mask is BLIND)


def test_a_function_that_runs_no_such_kernel_shows_none():
    with KernelNormalizers() as kernel:
        drawn(TOKENS, TOKENS, seed=1).softmax(-1)
    assert kernel.logsumexp is None
