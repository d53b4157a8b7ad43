"""What all tests share: no network, one real model in the cache, one running app."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hub_cache import MINILM, MINILM_REVISION, snapshot_folder, use_cache_of

__all__ = ["MINILM", "MINILM_REVISION"]

_HOME = Path(tempfile.mkdtemp(prefix="bertviz-space-tests-"))
use_cache_of(_HOME)


@pytest.fixture(scope="session", autouse=True)
def _remove_home() -> Iterator[None]:
    yield
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """The address of the app, running on this machine."""
    from bertviz_space.ui import build_demo, launch

    demo = build_demo()
    _, address, _ = launch(demo, prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield address
    demo.close()


@pytest.fixture(scope="session")
def t5() -> str:
    """The id of t5-small, with a random T5 of 2 encoder and 3 decoder layers in its place.

    The catalogue knows of that id that it takes a target text.
    """
    import torch
    from transformers import T5Config, T5ForConditionalGeneration

    from tests.unit.small_tokenizers import t5_style

    tokenizer = t5_style()
    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=32,
        d_kv=8,
        d_ff=64,
        num_layers=2,
        num_decoder_layers=3,
        num_heads=4,
    )
    config.decoder_start_token_id = 0
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = T5ForConditionalGeneration(config)
    model_id = "google-t5/t5-small"
    folder = snapshot_folder(_HOME, model_id, revision="0" * 40)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return model_id
