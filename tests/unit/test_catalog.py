"""What the page offers, with the Hub and without it."""

from bertviz_space.models.cache import ModelCache
from bertviz_space.models.catalog import DEMO_MODELS, HUB_MODELS, demo_folder, listed_models
from bertviz_space.models.hub.checkpoints import cached_ids
from tests.conftest import MINILM


def ids(specs) -> list[str]:
    return [spec.model_id for spec in specs]


def test_with_the_hub_its_models_come_first():
    assert listed_models(True, frozenset()) == HUB_MODELS + DEMO_MODELS
    assert listed_models(True, frozenset({MINILM, "someone/model"})) == HUB_MODELS + DEMO_MODELS


def test_without_the_hub_demo_models_come_first_and_then_what_is_on_this_machine():
    others = [f"someone/{letter}" for letter in "abcdefgh"]
    offered = listed_models(False, frozenset({MINILM, *others}))
    assert ids(offered) == ["tiny-bert", "tiny-gpt2", MINILM, *others]


def test_without_the_hub_the_catalogues_models_keep_their_order():
    cached = frozenset({"google-t5/t5-small", "openai-community/gpt2"})
    offered = listed_models(False, cached)
    assert ids(offered[2:]) == ["openai-community/gpt2", "google-t5/t5-small"]


def test_without_the_hub_and_with_nothing_cached_the_demo_models_remain():
    assert listed_models(False, frozenset()) == DEMO_MODELS


def test_the_cache_of_this_machine_is_read():
    assert MINILM in cached_ids()


def test_no_id_stands_twice():
    every = ids(DEMO_MODELS + HUB_MODELS)
    assert len(set(every)) == len(every)


def test_the_first_two_on_offer_run_the_examples():
    models = ModelCache()
    assert [models.options(spec.model_id).second_text for spec in DEMO_MODELS] == ["pair", None]
    assert [spec.about for spec in HUB_MODELS[:2]] == ["BERT", "GPT-2"]


def test_only_demo_models_have_a_folder_here():
    assert [demo_folder(spec.model_id) for spec in HUB_MODELS] == [None] * len(HUB_MODELS)
    assert demo_folder("../tiny-bert") is None
    for spec in DEMO_MODELS:
        folder = demo_folder(spec.model_id)
        assert folder is not None
        assert {"config.json", "model.safetensors", "tokenizer.json"} <= {
            path.name for path in folder.iterdir()
        }


def test_a_label_names_the_model():
    assert HUB_MODELS[0].label == "google-bert/bert-base-uncased (BERT)"
