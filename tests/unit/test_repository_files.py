"""Admission, the download and loading use the same list of files."""

import importlib
import inspect
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import transformers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from transformers import PreTrainedTokenizerBase
from transformers.tokenization_utils_base import (
    ADDED_TOKENS_FILE,
    SPECIAL_TOKENS_MAP_FILE,
    TOKENIZER_CONFIG_FILE,
)
from transformers.utils.hub import CHAT_TEMPLATE_FILE

from bertviz_space.errors import ModelUnavailable, SpaceError
from bertviz_space.models import loading, weight_files
from bertviz_space.models.cache import ModelCache
from bertviz_space.models.hub import checkpoints as hub_module
from bertviz_space.models.hub.downloads import Downloads, has_weights
from bertviz_space.models.hub.repository_files import (
    INDEX,
    WEIGHTS,
    is_vocabulary,
    small_files,
    weights_in,
)
from bertviz_space.models.type_check import check_model_type
from tests.unit.tiny_models import KINDS

# Files that a repository may contain and that are not part of its model.
STRAY = [
    "consolidated.safetensors",
    "adapter_model.safetensors",
    "model.fp16.safetensors",
    "model-00001-of-00001.safetensors",
    "head.safetensors",
    "onnx/model.safetensors",
    "original/consolidated.00.safetensors",
    "pytorch_model.bin",
    "data.json",
]


@pytest.fixture(scope="module")
def parts(tmp_path_factory) -> Path:
    """Save a tiny GPT-2 twice: ``single`` has one file of weights, ``shards`` several."""
    root = tmp_path_factory.mktemp("parts")
    model = KINDS["gpt2"].build()
    model.save_pretrained(root / "single")
    model.save_pretrained(root / "shards", max_shard_size="80KB")
    KINDS["gpt2"].tokenizer().save_pretrained(root / "single")
    return root


@pytest.fixture
def opened(monkeypatch) -> set[str]:
    """Return the set of safetensors files that are opened during the test."""
    names: set[str] = set()

    def note(path: Any, *args: Any, **options: Any) -> Any:
        names.add(Path(path).name)
        return safe_open(path, *args, **options)

    safe_open = weight_files.safe_open
    monkeypatch.setattr(weight_files, "safe_open", note)
    monkeypatch.setattr("transformers.modeling_utils.safe_open", note)
    return names


def index_of(parts: Path) -> dict[str, Any]:
    return json.loads((parts / "shards" / INDEX).read_text())


def shards_of(parts: Path) -> list[str]:
    return sorted(path.name for path in (parts / "shards").glob("*.safetensors"))


def put(parts: Path, folder: Path, names: list[str]) -> None:
    """Save a repository with the files of the given names."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(parts / "single", folder, ignore=lambda *_: [WEIGHTS])
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        if name == WEIGHTS or name in STRAY:
            shutil.copy(parts / "single" / WEIGHTS, folder / name)
        else:
            shutil.copy(parts / "shards" / name, folder / name)


def safetensors(names: Any) -> set[str]:
    return {name for name in names if name.endswith(".safetensors")}


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_the_same_files_are_counted_fetched_and_loaded(
    hub, parts, opened, monkeypatch, tmp_path, data
):
    shards = shards_of(parts)
    has_single = data.draw(st.booleans())
    there = data.draw(st.sampled_from([[], shards, shards[1:]]))
    has_index, stray = data.draw(st.booleans()), data.draw(st.sets(st.sampled_from(STRAY)))
    names = [*there, *sorted(stray), *([INDEX] if has_index else [])]
    names += [WEIGHTS] if has_single else []
    put(parts, tmp_path / "model", names)
    downloads = Downloads(tmp_path / "own", tmp_path / "ordinary")
    monkeypatch.setattr(hub_module, "_downloads", downloads)
    shutil.rmtree(tmp_path / "own", ignore_errors=True)
    # huggingface_hub caches the list of a commit's files.
    model_id = f"someone/any-{len(hub.models)}"
    hub.models[model_id] = tmp_path / "model"
    hub.asked.clear()
    opened.clear()
    if has_single:
        expected = {WEIGHTS}
    elif has_index and there == shards:
        expected = set(shards)
    else:
        with pytest.raises(ModelUnavailable, match="Choose another model"):
            ModelCache().options(model_id)
        assert safetensors(hub.asked) == opened == set()
        return
    counted = hub_module.locate(model_id, check_model_type).files
    assert safetensors(counted) == expected
    loaded = ModelCache().get(model_id)
    assert safetensors(hub.asked) == opened == expected
    assert set(counted) == set(hub.asked) - {"?"}
    assert counted == {name: (tmp_path / "model" / name).stat().st_size for name in counted}
    assert has_weights(loaded.checkpoint.folder)


def spoil(index: dict[str, Any], **weights: Any) -> bytes:
    return json.dumps(index | {"weight_map": index["weight_map"] | weights}).encode()


@pytest.mark.parametrize(
    ("spoilt", "sentence"),
    [
        (
            lambda index: spoil(index, x="../model.safetensors"),
            "is not a safetensors file of the same",
        ),
        (
            lambda index: spoil(index, x="/etc/model.safetensors"),
            "is not a safetensors file of the",
        ),
        (
            lambda index: spoil(index, x="onnx/model.safetensors"),
            "is not a safetensors file of the",
        ),
        (lambda index: spoil(index, x="..\\a.safetensors"), "is not a safetensors file of the"),
        (
            lambda index: spoil(index, x="pytorch_model.bin"),
            "is not a safetensors file of the same",
        ),
        (lambda index: spoil(index, x="a\0.safetensors"), "is not a safetensors file of the same"),
        (lambda index: spoil(index, x=["a.safetensors"]), "is not a safetensors file of the same"),
        (lambda index: spoil(index, x=7), "is not a safetensors file of the same folder"),
        (lambda index: spoil(index, x=None), "is not a safetensors file of the same folder"),
        (lambda index: spoil(index, x="not-there.safetensors"), "lacks 1 of the"),
        (lambda index: spoil(index, x="é" * 300 + ".safetensors"), "is not a safetensors file of"),
        (lambda _: b"{", "it is not a JSON object"),
        (lambda _: b"\xff\xfe", "it is not a JSON object"),
        (lambda _: b"[]", "it is not a JSON object"),
        (lambda _: b"[" * 100_000, "it is not a JSON object"),
        (lambda _: b"", "it is not a JSON object"),
        (lambda _: b'{"metadata": {}}', "lacks weight_map or metadata"),
        (lambda _: b'{"metadata": {}, "weight_map": {}}', "lacks weight_map or metadata"),
        (lambda _: b'{"metadata": {}, "weight_map": ["a"]}', "lacks weight_map or metadata"),
        (lambda index: json.dumps({"weight_map": index["weight_map"]}).encode(), "or metadata"),
        (lambda index: spoil(index, x="x" * 10_000_000), r"of 10\.0 MB; up to 4\.0 MB are read"),
    ],
)
def test_a_malformed_index_is_refused_before_weights_are_fetched(
    hub, parts, tmp_path, spoilt: Callable[[dict[str, Any]], bytes], sentence
):
    folder = tmp_path / "model"
    put(parts, folder, [*shards_of(parts), INDEX])
    (folder / INDEX).write_bytes(spoilt(index_of(parts)))
    model_id = f"someone/{tmp_path.name}"
    hub.models[model_id] = folder
    for ask in (ModelCache().options, ModelCache().get):
        with pytest.raises(SpaceError, match=sentence) as raised:
            ask(model_id)
        assert len(str(raised.value)) < 500
        assert str(raised.value).endswith(f"Its page: https://huggingface.co/{model_id}")
    assert safetensors(hub.asked) == set()
    assert not has_weights(folder)


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["model-00001-of-00001.safetensors"], "has parts of its weights"),
        (["consolidated.safetensors"], "has no model.safetensors and no"),
        (["adapter_model.safetensors"], "has no model.safetensors and no"),
        (["onnx/model.safetensors"], "has no safetensors file"),
        (["pytorch_model.bin"], "has no safetensors file"),
    ],
)
def test_weights_that_transformers_would_not_load_are_refused_from_the_listing(
    hub, parts, tmp_path, names, sentence
):
    put(parts, tmp_path / "model", names)
    model_id = f"someone/{tmp_path.name}"
    hub.models[model_id] = tmp_path / "model"
    with pytest.raises(ModelUnavailable, match=sentence):
        ModelCache().get(model_id)
    assert hub.asked == ["?"]


@pytest.mark.parametrize("beside", [{}, {".metadata": b"a pickle"}])
def test_other_files_in_a_folder_of_the_ordinary_cache_are_not_opened(
    parts, opened, tmp_path, beside
):
    put(parts, tmp_path, [*STRAY, *shards_of(parts), INDEX, WEIGHTS])
    (tmp_path / INDEX).write_bytes(b"stale")
    for name, content in beside.items():
        (tmp_path / name).write_bytes(content)
    assert loading.load(hub_module.Checkpoint("tests/beside", tmp_path, "1" * 40))
    assert opened == {WEIGHTS}
    assert weights_in(tmp_path) == (WEIGHTS,)


def test_weights_that_the_configuration_names_are_loaded(hub, parts, opened, tmp_path):
    folder = tmp_path / "model"
    put(parts, folder, ["consolidated.safetensors", WEIGHTS])
    path, model_id = folder / "config.json", f"someone/{tmp_path.name}"
    hub.models[model_id] = folder
    for named, names in (
        ("consolidated.safetensors", {"consolidated.safetensors"}),
        (None, {WEIGHTS}),
    ):
        path.write_text(json.dumps(json.loads(path.read_text()) | {"transformers_weights": named}))
        assert set(weights_in(folder)) == names
    path.write_text(
        json.dumps(
            json.loads(path.read_text()) | {"transformers_weights": "consolidated.safetensors"}
        )
    )
    assert ModelCache().get(model_id)
    assert safetensors(hub.asked) == opened == {"consolidated.safetensors"}
    for named in ("../model.safetensors", "pytorch_model.bin", 7):
        path.write_text(json.dumps(json.loads(path.read_text()) | {"transformers_weights": named}))
        with pytest.raises(ModelUnavailable, match=r"config\.json"):
            ModelCache().options(model_id)


def tokenizer_classes() -> set[type[PreTrainedTokenizerBase]]:
    """Return every class of tokenizers in transformers."""
    root = Path(transformers.__file__).parent / "models"
    found = set()
    for path in root.glob("*/tokenization*.py"):
        try:
            module = importlib.import_module(f"transformers.models.{path.parent.name}.{path.stem}")
        except NameError:  # Pop2Piano's tokenizer needs a package for music
            continue
        found |= {
            each
            for each in vars(module).values()
            if inspect.isclass(each) and issubclass(each, PreTrainedTokenizerBase)
        }
    return found


def test_every_file_that_a_tokenizer_of_transformers_names_is_fetched():
    classes = tokenizer_classes()
    assert len(classes) > 80
    named = {name for each in classes for name in each.vocab_files_names.values() if name}
    named |= {ADDED_TOKENS_FILE, CHAT_TEMPLATE_FILE, SPECIAL_TOKENS_MAP_FILE, TOKENIZER_CONFIG_FILE}
    assert small_files(named, {}) == named
    # A tokenizer class that reads a single file reads its vocabulary from it.
    of_one = {
        name
        for each in classes
        for key, name in each.vocab_files_names.items()
        if key in ("vocab_file", "tokenizer_file")
    }
    assert {name for name in of_one if not is_vocabulary(name)} == {"byte_maps.json"}  # MyT5's


@pytest.mark.parametrize(
    "name", ["bpe.codes", "qwen.tiktoken", "dict.txt", "prophetnet.tokenizer", "spm_char.model"]
)
def test_every_vocabulary_file_is_fetched(hub, parts, tmp_path, name):
    put(parts, tmp_path / "model", [WEIGHTS])
    (tmp_path / "model" / name).write_bytes(b"a vocabulary")
    model_id = f"someone/{tmp_path.name}"
    hub.models[model_id] = tmp_path / "model"
    assert ModelCache().options(model_id)
    assert name in hub.asked
    assert "data.json" not in hub.asked
