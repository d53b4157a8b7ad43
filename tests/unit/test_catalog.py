"""The models that the page lists, with and without the Hub."""

from bertviz_space.models.cache import ModelCache
from bertviz_space.models.catalog import DEMO_MODELS, HUB_MODELS, demo_folder, listed_models
from bertviz_space.models.hub.checkpoints import cached_ids
from tests.conftest import MINILM


def ids(specs) -> list[str]:
    return [spec.model_id for spec in specs]


def test_with_the_hub_its_models_are_listed_first():
    assert listed_models(True, frozenset()) == HUB_MODELS + DEMO_MODELS
    assert listed_models(True, frozenset({MINILM, "someone/model"})) == HUB_MODELS + DEMO_MODELS


def test_without_the_hub_demo_models_are_listed_before_models_on_this_machine():
    others = [f"someone/{letter}" for letter in "abcdefgh"]
    offered = listed_models(False, frozenset({MINILM, *others}))
    assert ids(offered) == ["tiny-bert", "tiny-gpt2", MINILM, *others]


def test_without_the_hub_the_catalog_keeps_its_order():
    cached = frozenset({"google-t5/t5-small", "openai-community/gpt2"})
    offered = listed_models(False, cached)
    assert ids(offered[2:]) == ["openai-community/gpt2", "google-t5/t5-small"]


def test_without_the_hub_and_an_empty_cache_only_demo_models_are_listed():
    assert listed_models(False, frozenset()) == DEMO_MODELS


def test_models_in_the_cache_are_found():
    assert MINILM in cached_ids()


def test_no_model_is_listed_twice():
    every = ids(DEMO_MODELS + HUB_MODELS)
    assert len(set(every)) == len(every)


def test_the_first_two_listed_models_run_the_examples():
    models = ModelCache()
    assert [models.options(spec.model_id).second_text for spec in DEMO_MODELS] == ["pair", None]
    assert [spec.about for spec in HUB_MODELS[:2]] == ["BERT", "GPT-2"]


def test_only_demo_models_have_a_folder_in_the_project():
    assert [demo_folder(spec.model_id) for spec in HUB_MODELS] == [None] * len(HUB_MODELS)
    assert demo_folder("../tiny-bert") is None
    for spec in DEMO_MODELS:
        folder = demo_folder(spec.model_id)
        assert folder is not None
        assert {"config.json", "model.safetensors", "tokenizer.json"} <= {
            path.name for path in folder.iterdir()
        }


def test_a_label_names_the_model():
    assert HUB_MODELS[0].label == "google-bert/bert-base-uncased — BERT"
