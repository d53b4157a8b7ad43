"""What the unit tests share."""

import pytest
import torch
from hypothesis import HealthCheck, settings
from transformers import M2M100Tokenizer, MarianTokenizer

from tests.unit import small_tokenizers as small

# Tensors of a few hundred numbers: threads would wait for each other longer than they compute.
torch.set_num_threads(1)

# The same examples every time, and no time limit, because a busy machine is slow.
settings.register_profile(
    "bounded",
    max_examples=60,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("bounded")


@pytest.fixture(scope="session")
def marian(tmp_path_factory) -> MarianTokenizer:
    """A slow tokenizer: SentencePiece, without offsets."""
    return small.marian_style(tmp_path_factory.mktemp("marian"))


@pytest.fixture(scope="session")
def m2m100(tmp_path_factory) -> M2M100Tokenizer:
    """A slow tokenizer with a choice of languages."""
    return small.m2m100_style(tmp_path_factory.mktemp("m2m100"))
