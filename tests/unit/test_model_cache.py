"""Find, load, keep, drop and refuse models by their id.

The tests run without the Hub (HF_HUB_OFFLINE), so every model comes from a cache of this run.
"""

import gc
import json
import os
import shutil
import weakref
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    MODEL_FOR_MASKED_LM_MAPPING_NAMES,
    MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES,
)

from bertviz_space import extract
from bertviz_space.errors import AttentionUnavailable, ModelUnavailable, UnknownModel
from bertviz_space.models import cache as model_cache
from bertviz_space.models.cache import ModelCache
from bertviz_space.models.catalog import DEMO_FOLDER
from bertviz_space.models.hub.admission import Listing, Room, admit
from bertviz_space.models.hub.checkpoints import Checkpoint, hub_answers, locate
from bertviz_space.models.loading import LoadedModel, load
from bertviz_space.models.options import ModelOptions
from bertviz_space.models.type_check import check_model_type
from tests.conftest import MINILM, MINILM_REVISION
from tests.hub_cache import snapshot_folder
from tests.unit.tiny_models import KINDS

REVISION = "1" * 40

# Whisper's decoder has a class of language models, but Whisper reads sound. The others are parts of
# a larger model, and transformers has no class that returns their hidden states.
NO_MODELS_OF_TEXT_ALONE = {"whisper", "trocr", "gemma4_assistant", "gemma4_unified_assistant"}


def cache_a_model(model_id: str, kind: str = "gpt2", seed: int = 0) -> Path:
    """Save a tiny model in this run's Hugging Face cache, as a download would."""
    folder = snapshot_folder(Path(os.environ["HF_HOME"]).parent, model_id, REVISION)
    KINDS[kind].build(seed=seed).save_pretrained(folder)
    KINDS[kind].tokenizer().save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def tiny_ids() -> list[str]:
    ids = ["tests/one", "tests/two", "tests/three"]
    for seed, model_id in enumerate(ids):
        cache_a_model(model_id, seed=seed)
    return ids


@pytest.fixture
def saved(tmp_path) -> Path:
    """Save a tiny GPT-2, whose files a test then breaks."""
    KINDS["gpt2"].build().save_pretrained(tmp_path)
    KINDS["gpt2"].tokenizer().save_pretrained(tmp_path)
    return tmp_path


def load_from(folder: Path) -> LoadedModel:
    return load(Checkpoint("tests/spoilt", folder, REVISION))


def test_a_cached_model_is_found_by_its_hub_id_with_its_commit():
    loaded = ModelCache().get(MINILM)
    assert loaded.checkpoint.model_id == MINILM
    assert loaded.checkpoint.revision == MINILM_REVISION
    trace = extract(loaded.model, loaded.tokenizer, "The cat sat")
    assert trace.weights("self", 5).shape == (12, 5, 5)


@pytest.mark.parametrize("model_id", ["tiny-bert", "tiny-gpt2"])
def test_a_demo_model_is_found_without_a_hub(model_id):
    checkpoint = locate(model_id, check_model_type)
    assert checkpoint == Checkpoint(model_id, DEMO_FOLDER / model_id, "shipped")
    assert load(checkpoint).model.config.model_type in model_id.replace("tiny-", "")


def test_a_loaded_model_is_ready_for_extraction(tiny_ids):
    loaded = ModelCache().get(tiny_ids[0])
    assert not loaded.model.training
    assert loaded.model.config._attn_implementation == "eager"
    assert {each.dtype for each in loaded.model.parameters()} == {torch.float32}
    expected = dict(KINDS["gpt2"].build(seed=0).named_parameters())
    for name, parameter in loaded.model.named_parameters():
        assert torch.equal(parameter, expected[name])
    assert loaded.num_bytes == 4 * sum(each.numel() for each in expected.values())


def test_a_second_request_returns_the_same_object(tiny_ids):
    cache = ModelCache()
    first = cache.get(tiny_ids[0])
    assert cache.get(tiny_ids[0]) is first


def test_two_ids_give_two_models(tiny_ids):
    cache = ModelCache()
    assert cache.get(tiny_ids[0]) is not cache.get(tiny_ids[1])


def test_the_least_recently_used_model_is_dropped_first(tiny_ids):
    one, two, three = tiny_ids
    cache = ModelCache(max_bytes=2 * ModelCache().get(one).num_bytes)
    first, second = cache.get(one), cache.get(two)
    assert cache.get(one) is first  # now the second model is the least recently used
    third = cache.get(three)
    assert cache.get(one) is first
    assert cache.get(three) is third
    assert cache.get(two) is not second


def test_room_is_made_before_a_model_is_loaded(tiny_ids, monkeypatch):
    one, two, _ = tiny_ids
    cache = ModelCache(max_bytes=ModelCache().get(one).num_bytes)
    dropped = weakref.ref(cache.get(one))
    load_weights = model_cache.load_weights

    def load_alone(*arguments):
        gc.collect()
        assert dropped() is None
        return load_weights(*arguments)

    monkeypatch.setattr(model_cache, "load_weights", load_alone)
    assert cache.get(two)


def test_all_models_within_the_bound_are_kept(tiny_ids):
    cache = ModelCache(max_bytes=3 * ModelCache().get(tiny_ids[0]).num_bytes)
    kept = [cache.get(model_id) for model_id in tiny_ids]
    assert [cache.get(model_id) for model_id in tiny_ids] == kept


def test_a_model_larger_than_the_bound_is_kept_alone(tiny_ids):
    cache = ModelCache(max_bytes=1)
    first = cache.get(tiny_ids[0])
    assert cache.get(tiny_ids[0]) is first
    cache.get(tiny_ids[1])
    assert cache.get(tiny_ids[0]) is not first


@pytest.mark.parametrize(
    "model_id",
    [
        "",
        " ",
        "../etc",
        "/etc/passwd",
        "/etc",
        ".",
        "..",
        "a/../b",
        "./tiny-bert",
        "assets/demo_models/tiny-bert",
        "owner/na..me",
        "owner/na--me",
        "owner/name/",
        "owner//name",
        "owner/name\n",
        "owner/name name",
        "https://huggingface.co/openai-community/gpt2",
        "C:\\models",
        "~/model",
        "name.",
        "owner/name-",
        "owner/name.git",
        "öwner/name",
        "a" * 97,
        "owner/" + "a" * 97,
    ],
)
def test_a_malformed_model_id_is_refused(model_id):
    with pytest.raises(UnknownModel, match="This is not a model id"):
        ModelCache().get(model_id)


@pytest.mark.parametrize("model_id", ["assets", "bertviz_space", "tests/unit"])
def test_a_local_folder_is_not_loaded_as_a_model(model_id, monkeypatch):
    # from_pretrained would read the folder: an id must never name a local path.
    monkeypatch.chdir(Path(__file__).parent.parent.parent)
    assert Path(model_id).exists()
    with pytest.raises(ModelUnavailable, match=f"{model_id} is not stored here"):
        ModelCache().get(model_id)


def test_without_the_hub_a_model_that_is_not_on_this_machine_is_refused():
    with pytest.raises(ModelUnavailable) as raised:
        ModelCache().get("someone/model")
    assert str(raised.value) == (
        "Hugging Face cannot be reached, and someone/model is not stored here. "
        "Try again later, or choose a model from the list."
    )


def test_a_model_that_failed_to_load_can_be_requested_again(tiny_ids):
    cache = ModelCache()
    for _ in range(2):
        with pytest.raises(ModelUnavailable):
            cache.get("someone/model")
    assert cache.get(tiny_ids[0])


def test_without_a_network_the_hub_does_not_answer():
    assert not hub_answers()


def spoil_config(folder: Path) -> None:
    (folder / "config.json").write_text("{")


def drop_config(folder: Path) -> None:
    (folder / "config.json").unlink()


def impossible_size(folder: Path) -> None:
    change_config(folder, n_embd=33)


def size_of_another_type(folder: Path) -> None:
    change_config(folder, n_layer="three")


def change_config(folder: Path, **changes: object) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def spoil_weights(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"not weights")


def cut_weights(folder: Path) -> None:
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[: len(whole) // 2])


def drop_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def only_pickled_weights(folder: Path) -> None:
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()


def weights_of_half_the_layers(folder: Path) -> None:
    # transformers would initialize the other layers at random, and the page would show them.
    weights = load_file(folder / "model.safetensors")
    kept = {name: each for name, each in weights.items() if ".h.2." not in name}
    assert 0 < len(kept) < len(weights)
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})


def other_shapes(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    weights["transformer.wte.weight"] = weights["transformer.wte.weight"][:, :-1].contiguous()
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def spoil_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text('{"version": "1.0"}')


def drop_tokenizer(folder: Path) -> None:
    for path in folder.glob("tokenizer*"):
        path.unlink()


@pytest.mark.parametrize(
    "spoil",
    [
        spoil_config,
        drop_config,
        impossible_size,
        size_of_another_type,
        spoil_weights,
        cut_weights,
        drop_weights,
        only_pickled_weights,
        weights_of_half_the_layers,
        other_shapes,
        spoil_tokenizer,
        drop_tokenizer,
    ],
    ids=lambda spoil: spoil.__name__.replace("_", " "),
)
def test_a_model_with_unreadable_files_is_refused(saved, spoil):
    assert load_from(saved)
    spoil(saved)
    with pytest.raises(ModelUnavailable, match="tests/spoilt cannot be loaded as a text"):
        load_from(saved)


def test_a_checkpoint_without_a_pooler_loads(tmp_path):
    # Many checkpoints have no pooler (RoBERTa's), and attention comes before the pooler.
    KINDS["bert"].build().save_pretrained(tmp_path)
    KINDS["bert"].tokenizer().save_pretrained(tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    kept = {name: each for name, each in weights.items() if "pooler" not in name}
    assert len(kept) == len(weights) - 2
    save_file(kept, tmp_path / "model.safetensors", metadata={"format": "pt"})
    assert load_from(tmp_path).model.config.model_type == "bert"


@pytest.mark.parametrize("name", KINDS)
def test_every_tiny_model_loads_from_its_files(name, tmp_path):
    model = KINDS[name].build()
    model.save_pretrained(tmp_path)
    KINDS[name].tokenizer().save_pretrained(tmp_path)
    loaded = load_from(tmp_path)
    for key, parameter in loaded.model.base_model.state_dict().items():
        assert torch.equal(parameter, model.base_model.state_dict()[key])


def test_remote_code_of_a_model_is_not_run(saved):
    proof = saved / "was_run"
    code = f"open({str(proof)!r}, 'w').close()\nclass Config: pass\nclass Model: pass\n"
    (saved / "own_code.py").write_text(code)
    auto_map = {"AutoConfig": "own_code.Config", "AutoModel": "own_code.Model"}
    change_config(saved, model_type="their_own", auto_map=auto_map)
    with pytest.raises(ModelUnavailable):
        load_from(saved)
    assert not proof.exists()


def test_an_interrupted_download_is_refused():
    folder = cache_a_model("tests/broken-off")
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelUnavailable, match="weights of tests/broken-off are not stored here"):
        ModelCache().get("tests/broken-off")
    shutil.rmtree(folder)
    with pytest.raises(ModelUnavailable, match="not stored here"):
        ModelCache().get("tests/broken-off")


def test_a_model_fetched_by_its_commit_is_found_without_the_hub():
    folder = cache_a_model("tests/by-commit")
    (folder.parent.parent / "refs" / "main").unlink()  # the Hub's client writes no ref for a commit
    assert ModelCache().get("tests/by-commit").checkpoint.revision == REVISION


def test_a_model_with_several_weight_files_needs_all_of_them():
    folder = cache_a_model("tests/shards")
    KINDS["gpt2"].build().save_pretrained(folder, max_shard_size="20KB")
    (folder / "model.safetensors").unlink(missing_ok=True)
    shards = sorted(folder.glob("*.safetensors"))
    assert len(shards) > 1
    assert ModelCache().get("tests/shards")
    shards[0].unlink()
    with pytest.raises(ModelUnavailable, match="weights of tests/shards are not stored here"):
        ModelCache().get("tests/shards")


def test_the_options_of_a_model_need_no_weights():
    folder = cache_a_model("tests/no-weights", "t5")
    (folder / "model.safetensors").unlink()
    models = ModelCache()
    takes = models.options("tests/no-weights")
    assert takes == ModelOptions("target")
    shutil.rmtree(folder)  # the options are kept
    assert models.options("tests/no-weights") is takes


@pytest.mark.parametrize(
    ("model_type", "error", "sentence"),
    [
        ("fnet", AttentionUnavailable, "FNet mixes its tokens by a Fourier transform"),
        ("longformer", AttentionUnavailable, "Longformer attends within a window"),
        ("vit", ModelUnavailable, "A model of type 'vit' cannot be run on text alone"),
        ("wav2vec2", ModelUnavailable, "cannot be run on text alone"),
        ("whisper", ModelUnavailable, "cannot be run on text alone"),
        ("timesformer", ModelUnavailable, "cannot be run on text alone"),
        ("no_such_model", ModelUnavailable, "'no_such_model' needs code of its own"),
    ],
)
def test_an_unsupported_type_of_model_is_refused_by_its_name(saved, model_type, error, sentence):
    with pytest.raises(error, match=sentence):
        check_model_type(model_type)
    # From the Hub's answer, before any file is fetched.
    files = {"config.json": 2, "model.safetensors": 8, "tokenizer.json": 2}
    listing = Listing("tests/spoilt", REVISION, {"model_type": model_type}, files)
    with pytest.raises(error, match=sentence):
        admit(listing, Room(memory=10**9, disk=10**12), check_model_type)
    # From the configuration, before weights are read.
    change_config(saved, model_type=model_type)
    (saved / "model.safetensors").unlink()
    with pytest.raises(error, match=sentence):
        load_from(saved)


@pytest.mark.parametrize(
    "names",
    [
        MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
        MODEL_FOR_MASKED_LM_MAPPING_NAMES,
        MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES,
    ],
    ids=["causal", "masked", "sequence to sequence"],
)
def test_only_language_models_without_attention_are_refused_by_their_type(names):
    refused = set()
    for model_type in names:
        try:
            check_model_type(model_type)
        except ModelUnavailable:
            refused.add(model_type)
        except AttentionUnavailable:
            pass
    assert refused <= NO_MODELS_OF_TEXT_ALONE
