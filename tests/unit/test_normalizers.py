"""The normalizers of torch's kernel equal those of the formula. torch may change the kernel."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from bertviz_space.capture.mask import split_mask
from bertviz_space.capture.normalizers import KernelNormalizers
from bertviz_space.trace import LayerAttention

HEADS, KEY_HEADS, TOKENS, DIM = 4, 2, 37, 8

CAUSAL = torch.ones(1, 1, TOKENS, TOKENS, dtype=torch.bool).tril()
NO_KEYS = CAUSAL.clone()
NO_KEYS[:, :, 5] = False  # this query may not attend to any key


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
        ({"attn_mask": NO_KEYS}, NO_KEYS),
        ({"attn_mask": torch.zeros(NO_KEYS.shape).masked_fill(~NO_KEYS, LOWEST)}, NO_KEYS),
        ({"enable_gqa": True}, None),
    ],
)
def test_the_kernel_returns_the_normalizers_of_the_formula(options, mask):
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
    assert (seen == -torch.inf).any() == (mask is NO_KEYS)


def test_other_functions_have_no_normalizers():
    with KernelNormalizers() as kernel:
        drawn(TOKENS, TOKENS, seed=1).softmax(-1)
    assert kernel.logsumexp is None
