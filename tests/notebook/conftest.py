"""Fixtures of the notebook tests: models on this machine, JupyterLab, and a tab of Chromium.

These tests run in an environment of their own, which contains the wheel: `make notebook`.
"""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from transformers import (
    AutoTokenizer,
    BertConfig,
    BertModel,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedModel,
)

from tests.chromium import open_chromium
from tests.free_port import free_port

ROOT = Path(__file__).parents[2]
DEMO_MODELS = ROOT / "assets" / "demo_models"

# A loaded machine may need more than Playwright's five seconds, and a kernel imports torch.
expect.set_options(timeout=60_000)

# Kernels and servers read the wheel's package, and no network.
ENVIRONMENT = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONSAFEPATH": "1"}


@pytest.fixture(scope="session")
def models(tmp_path_factory) -> dict[str, Path]:
    """Return folders of models with the numbers of layers and heads of BERT-base and GPT-2.

    Their weights are random, and their vectors have 4 numbers.
    """
    folder = tmp_path_factory.mktemp("models")
    found = {}
    for name in ("bert", "gpt2"):
        tokenizer = AutoTokenizer.from_pretrained(DEMO_MODELS / f"tiny-{name}")
        tokenizer.model_max_length = 4096
        found[name] = folder / name
        tokenizer.save_pretrained(found[name])
        model_of(name, len(tokenizer)).save_pretrained(found[name])
    return found


def model_of(name: str, vocab_size: int) -> PreTrainedModel:
    if name == "bert":
        return BertModel(
            BertConfig(
                hidden_size=48,
                intermediate_size=48,
                max_position_embeddings=4096,
                vocab_size=vocab_size,
            )
        )
    ids = {"bos_token_id": 0, "eos_token_id": 0}
    return GPT2LMHeadModel(GPT2Config(n_embd=48, n_positions=4096, vocab_size=vocab_size, **ids))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with open_chromium() as chromium:
        yield chromium


@pytest.fixture
def page(browser) -> Iterator[Page]:
    """Yield a new tab. The test fails if one of its pages reports an error of ours."""
    tab = browser.new_page(viewport={"width": 1366, "height": 1000})
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    yield tab
    tab.context.close()
    assert [each for each in errors if "bertviz" in each.lower()] == []


@contextmanager
def serving(arguments: list[str], ready: str, folder: Path) -> Iterator[None]:
    """Run a server; wait until it prints a line that matches a pattern."""
    with subprocess.Popen(
        [sys.executable, "-P", "-m", *arguments], cwd=folder, env=ENVIRONMENT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        lines: list[str] = []
        try:
            for line in process.stdout:
                lines.append(line)
                if re.search(ready, line):
                    break
            else:
                raise RuntimeError("".join(lines))
            # The server must not wait for a reader of its output.
            threading.Thread(target=process.stdout.read, daemon=True).start()
            yield
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def lab(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """Yield the URL of JupyterLab, and the folder of its notebooks."""
    folder = tmp_path_factory.mktemp("lab")
    with free_port() as port:
        arguments = [
            "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root",
            "--ServerApp.port_retries=0", "--IdentityProvider.token=",
            f"--ServerApp.root_dir={folder}",
        ]  # fmt: skip
        with serving(arguments, "is running at", folder):
            yield f"http://127.0.0.1:{port}", folder
