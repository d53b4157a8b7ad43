"""Fixtures of all tests: no network, one real model in the cache, one running app."""

import atexit
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import certifi
import pytest

from tests.hub_cache import MINILM, MINILM_REVISION, put_in_cache, use_cache_of
from tests.hub_server import Hub, hub_on_this_machine

if TYPE_CHECKING:
    from tests.paused_runs import PausedRuns

__all__ = ["MINILM", "MINILM_REVISION"]

_HOME = Path(tempfile.mkdtemp(prefix="bertviz-space-tests-"))
# The process that only starts the test processes imports this file as well, but has no fixtures.
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
use_cache_of(_HOME)


def _trust_one_certificate() -> None:
    """Let the HTTP clients of tests, which use no TLS, read one certificate.

    httpx would read all certificates for each client, which takes 20 ms, and gradio_client makes a
    client for each request: a quarter of the processor time of ``test_attention.py``.
    """
    first, end, _ = certifi.contents().partition("-----END CERTIFICATE-----\n")
    path = _HOME / "certificate.pem"
    path.write_text(first + end, encoding="utf-8")
    os.environ["SSL_CERT_FILE"] = str(path)


_trust_one_certificate()

# The imports of all tests create a million objects and hardly any garbage.
gc.disable()


def pytest_collection_finish() -> None:
    """Prepare this process for its tests, after all of them have been imported."""
    # Otherwise each garbage collection would visit what the imports created.
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _without_free_disk() -> Iterator[None]:
    """Leave no free disk space to other programs: models of tests have less than a megabyte."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bertviz_space.models.hub.downloads.FREE_DISK_BYTES", 0)
        yield


@pytest.fixture(scope="session")
def served_app() -> Iterator[tuple[Any, str]]:
    """Yield the app, which runs on this machine, and its URL."""
    from tests.running_app import running_app

    with running_app() as running:
        yield running


@pytest.fixture(scope="session")
def url(served_app: tuple[Any, str]) -> str:
    """Return the URL of the app."""
    return served_app[1]


@pytest.fixture
def hub(monkeypatch: Any) -> Iterator[Hub]:
    """Yield a Hub on this machine, which the running app uses as well."""
    with hub_on_this_machine(monkeypatch) as server:
        yield server


@pytest.fixture
def hub_model(hub: Hub, tmp_path: Path) -> str:
    """Return the id of a tiny GPT-2 on the Hub, another one for each test: all share one cache."""
    from tests.unit.tiny_models import KINDS

    folder = tmp_path / "gpt2"
    KINDS["gpt2"].build().save_pretrained(folder)
    KINDS["gpt2"].tokenizer().save_pretrained(folder)
    model_id = f"someone/{tmp_path.name}"
    hub.models[model_id] = folder
    return model_id


@pytest.fixture
def slow(monkeypatch: Any) -> Iterator["PausedRuns"]:
    """Yield the runs of tiny-gpt2, which pause in their first layer."""
    from transformers.models.gpt2.modeling_gpt2 import GPT2Block

    from tests.paused_runs import paused_runs

    with paused_runs(GPT2Block, monkeypatch) as slow:
        yield slow


@pytest.fixture(scope="session")
def t5() -> str:
    """Return the id of t5-small, replaced by a random T5 of 2 encoder and 3 decoder layers."""
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
    return _in_cache("google-t5/t5-small", T5ForConditionalGeneration, config, tokenizer)


@pytest.fixture(scope="session")
def mbart50() -> str:
    """Return the id of a random mBART-50, which translates between 52 languages."""
    from transformers import MBartConfig, MBartForConditionalGeneration

    from tests.unit.small_tokenizers import mbart50_style

    tokenizer = mbart50_style()
    config = MBartConfig(
        vocab_size=len(tokenizer),
        d_model=32,
        encoder_layers=2,
        decoder_layers=1,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        max_position_embeddings=64,
        decoder_start_token_id=2,
    )
    return _in_cache("tests/mbart-50", MBartForConditionalGeneration, config, tokenizer)


@pytest.fixture(scope="session")
def talker() -> str:
    """Return the id of a random GPT-2 with a chat template and its own start token."""
    from transformers import GPT2Config, GPT2LMHeadModel

    from tests.unit.small_tokenizers import chat_style

    tokenizer = chat_style()
    config = GPT2Config(
        vocab_size=len(tokenizer), n_embd=32, n_layer=2, n_head=4, n_positions=64, bos_token_id=0
    )
    return _in_cache("tests/talker", GPT2LMHeadModel, config, tokenizer)


@pytest.fixture(scope="session")
def tuned_minilm() -> str:
    """Return the id of a copy of MiniLM, in which layer 3 has other weights."""
    return _tuned(MINILM, "encoder.layer.3.attention.self.query.weight")


@pytest.fixture(scope="session")
def tuned_gpt2() -> str:
    """Return the id of a copy of tiny-gpt2, in which the output of layer 0 has other weights."""
    return _tuned("tiny-gpt2", "transformer.h.0.attn.c_proj.weight")


def _tuned(model_id: str, name: str) -> str:
    """Put a copy of a model, in which one tensor has other weights, into the tests' cache."""
    import torch

    from bertviz_space.models.cache import ModelCache

    loaded = ModelCache().get(model_id)
    with torch.no_grad():
        tensor = loaded.model.get_parameter(name)
        tensor.copy_(tensor.flip(0))
    tuned_id = f"tests/tuned-{model_id.split('/')[-1]}"
    put_in_cache(_HOME, tuned_id, loaded.model, loaded.tokenizer)
    return tuned_id


def _in_cache(model_id: str, model_class: Any, config: Any, tokenizer: Any) -> str:
    """Put a model with random weights into the tests' Hugging Face cache."""
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = model_class(config)
    put_in_cache(_HOME, model_id, model, tokenizer)
    return model_id
