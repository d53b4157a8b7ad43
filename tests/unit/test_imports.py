"""Importing the package changes nothing in other libraries; the first extraction registers once.

The test runs in a new process, because this one has already extracted.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

STATE_OF_LIBRARIES = """
import gc, os, pkgutil, signal, sys, threading, warnings
from importlib import import_module

import gradio, huggingface_hub, torch, transformers
from huggingface_hub.utils import _http
from transformers.masking_utils import AttentionMaskInterface
from transformers.utils import logging


def state():
    tf32 = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
    return {
        "attention functions": dict(transformers.AttentionInterface._global_mapping),
        "mask functions": dict(AttentionMaskInterface._global_mapping),
        "transformers' logging": (logging.get_verbosity(), logging.is_progress_bar_enabled()),
        "the Hub's client": _http._GLOBAL_CLIENT_FACTORY,
        "static paths of Gradio": list(gradio.data_classes._StaticFiles.all_paths),
        "torch": (*tf32, torch.get_num_threads(), torch.is_grad_enabled()),
        "environment": dict(os.environ),
        "signal handlers": [signal.getsignal(number) for number in signal.valid_signals()],
        "exception hooks": (sys.excepthook, threading.excepthook, sys.unraisablehook),
        "garbage collection": (gc.isenabled(), gc.get_threshold(), gc.get_freeze_count()),
        "warnings": list(warnings.filters),
        "umask": (mask := os.umask(0), os.umask(mask))[0],
    }
"""

IMPORT_EVERYTHING = """
before = state()
import bertviz_space

modules = [each.name for each in pkgutil.walk_packages(bertviz_space.__path__, "bertviz_space.")]
assert "bertviz_space.capture.interface" in modules
# Modules for processes that Ray starts; Ray is not installed here.
of_ray = {f"bertviz_space.jobs.cluster.{name}" for name in ("deployment", "replica")}
assert of_ray < set(modules)
for name in modules:
    if name in of_ray:
        continue
    import_module(name)
    now = state()
    changed = [key for key in before if now[key] != before[key]]
    assert not changed, (name, changed)
"""

EXTRACT = """
import copy
from concurrent.futures import ThreadPoolExecutor

from bertviz_space import extract
from tests.unit.tiny_models import KINDS

registry = transformers.AttentionInterface._global_mapping
kinds = [KINDS["gpt2"], KINDS["llama"], KINDS["bert"]]
models = [kind.build(attn_implementation="eager") for kind in kinds]
ids = torch.arange(5, 14)[None]
assert "eager" not in registry


def computed():
    with torch.no_grad():
        outputs = [model(input_ids=ids, output_attentions=True) for model in models]
    return [tensor for each in outputs for tensor in (each[0], *each.attentions)]


before = computed()
with ThreadPoolExecutor(3) as pool:
    first = list(pool.map(lambda kind: extract(kind.build(), kind.tokenizer(), "The dog"), kinds))
assert all(trace.layers["self"] for trace in first)
ours = registry["eager"]
assert ours.__module__ == "bertviz_space.capture.interface"
after = computed()
assert len(before) == len(after) > 6
assert all(torch.equal(one, other) for one, other in zip(before, after, strict=True))
extract(kinds[0].build(), kinds[0].tokenizer(), "The dog")
assert registry["eager"] is ours
"""


def test_only_an_extraction_changes_the_registries_of_other_libraries():
    done = subprocess.run(
        [sys.executable, "-c", STATE_OF_LIBRARIES + IMPORT_EVERYTHING + EXTRACT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
