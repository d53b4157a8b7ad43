"""All names of a model lead to one id."""

import shutil
from pathlib import Path

import huggingface_hub.constants
import pytest

from bertviz_space.errors import ModelUnavailable, SpaceError, UnknownModel
from bertviz_space.jobs.caller import Caller
from bertviz_space.jobs.handler import Handler
from bertviz_space.jobs.request import Request
from bertviz_space.jobs.store import Store
from bertviz_space.models.cache import ModelCache
from bertviz_space.models.hub import checkpoints as hub_module
from bertviz_space.models.hub.access import ANONYMOUS, Reader
from bertviz_space.models.hub.aliases import Aliases
from bertviz_space.models.hub.checkpoints import cached_ids
from bertviz_space.models.hub.downloads import Downloads

GRANTED, STRANGER = Reader("hf_of_one_who_may"), Reader("hf_of_one_who_may_not")
OLD = "an-old-name"


@pytest.fixture
def own(monkeypatch, tmp_path) -> Path:
    """Return the root of the downloads for one test."""
    downloads = Downloads(tmp_path / "own", tmp_path / "ordinary")
    monkeypatch.setattr(hub_module, "_downloads", downloads)
    return tmp_path / "own"


@pytest.fixture
def names(hub, hub_model, own) -> list[str]:
    """Return all names of one model; the first is its own id."""
    others = [OLD, f"before/{OLD}", hub_model.upper()]
    hub.aliases |= dict.fromkeys(others, hub_model)
    return [hub_model, *others]


@pytest.fixture
def restricted(hub, names) -> list[str]:
    """Return all names of a gated model that one of two readers may read."""
    hub.readers[names[0]] = {str(GRANTED.token)}
    hub.tokens |= {str(GRANTED.token), str(STRANGER.token)}
    return names


def go_offline(monkeypatch) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)


def test_every_name_gives_the_same_model_under_its_own_id(hub, names, own):
    models = ModelCache()
    loaded = [models.get(name) for name in reversed(names)]
    assert all(each is loaded[0] for each in loaded)
    assert loaded[0].checkpoint.model_id == names[0]
    assert hub.asked.count("model.safetensors") == 1
    outlines = [models.outline(name) for name in names]
    assert all(each is loaded[0] for each in outlines)
    assert len(list(own.glob("open/models--*"))) == 1
    hub.asked.clear()
    assert [models.get(name) for name in names] == loaded
    assert hub.asked == []


def test_all_names_share_one_outline(names):
    models = ModelCache()
    first = models.outline(names[1])
    assert all(models.outline(name) is first for name in names)
    assert models.options(names[2]) is models.options(names[0]) is models.options(names[1])


def test_all_names_share_one_result(names, tmp_path):
    handler = Handler(ModelCache(), Store(tmp_path / "results"))
    request = Request(names[1], "the cat sat")
    result = handler.answer(request, Caller())
    assert f'"{names[0]}"' in result.manifest.read_text(encoding="utf-8")
    for name in names:
        assert handler.answer(Request(name, "the cat sat"), Caller()) is result


@pytest.mark.parametrize("first", range(4))
def test_without_the_hub_every_remembered_name_is_found(names, monkeypatch, first, own):
    ModelCache().get(names[first])
    go_offline(monkeypatch)
    # After a restart, only the names on disk are known.
    monkeypatch.setattr(hub_module, "_downloads", Downloads(own, own.parent / "ordinary"))
    for name in {names[0], names[first]}:
        assert ModelCache().get(name).checkpoint.model_id == names[0]
    assert cached_ids() == {names[0]}
    for name in set(names) - {names[0], names[first]}:
        with pytest.raises(ModelUnavailable, match="not stored here"):
            ModelCache().get(name)


def test_files_of_the_ordinary_cache_under_an_old_name_are_not_fetched_again(
    hub, names, own, monkeypatch
):
    folder = own.parent / "ordinary" / f"models--{OLD}" / "snapshots" / ("f" * 40)
    shutil.copytree(hub.models[names[0]], folder)
    assert ModelCache().get(OLD).checkpoint.model_id == names[0]
    assert set(hub.asked) == {"?"}
    shutil.rmtree(own / "open")
    go_offline(monkeypatch)
    for name in (OLD, names[0]):
        assert ModelCache().get(name).checkpoint.model_id == names[0]


def test_a_name_that_now_stands_for_another_model_gives_that_model(
    hub, names, monkeypatch, tmp_path
):
    ModelCache().get(OLD)
    shutil.copytree(hub.models[names[0]], tmp_path / "other")
    del hub.aliases[OLD]
    hub.models[OLD] = tmp_path / "other"
    assert ModelCache().get(OLD).checkpoint.model_id == OLD
    go_offline(monkeypatch)
    assert ModelCache().get(OLD).checkpoint.model_id == OLD


@pytest.mark.parametrize("is_private", [False, True])
def test_no_name_gives_a_restricted_model_to_a_reader_without_access(
    hub, restricted, is_private, own, monkeypatch
):
    if is_private:
        hub.private.add(restricted[0])
    models = ModelCache()
    assert models.get(restricted[1], reader=GRANTED).checkpoint.is_restricted
    for name in restricted:
        models.get(name, reader=GRANTED)
        for reader in (STRANGER, ANONYMOUS):
            for cache in (models, ModelCache()):
                for ask in (cache.options, cache.outline):
                    refusal = refusal_of(ask, name, reader)
                    if is_private:
                        assert restricted[0] not in refusal.replace(name, "")
                with pytest.raises(SpaceError):
                    cache.get(name, reader=reader)
    assert not (own / "aliases").exists()
    go_offline(monkeypatch)
    for name in restricted:
        for cache in (models, ModelCache()):
            with pytest.raises(ModelUnavailable):
                cache.get(name, reader=GRANTED)


def refusal_of(ask, name: str, reader: Reader) -> str:
    with pytest.raises((ModelUnavailable, UnknownModel)) as raised:
        ask(name, reader)
    return str(raised.value)


def test_access_to_a_kept_model_is_checked_by_its_own_id(hub, restricted, tmp_path):
    models = ModelCache()
    models.get(OLD, reader=GRANTED)
    shutil.copytree(hub.models[restricted[0]], tmp_path / "other")
    del hub.aliases[OLD]
    hub.models[OLD] = tmp_path / "other"  # an open model of another owner
    with pytest.raises(ModelUnavailable, match="is gated"):
        models.get(OLD)


@pytest.mark.parametrize("answer", ["../../etc", "", None, 7, ["a"], "a/b/c", "a--b"])
def test_a_malformed_id_in_the_hubs_answer_is_refused(hub, hub_model, own, answer):
    hub.more[hub_model] = {"id": answer}
    with pytest.raises(ModelUnavailable, match="cannot be understood"):
        ModelCache().options(hub_model)
    assert not own.exists()


def test_the_number_of_names_on_disk_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr("bertviz_space.models.hub.aliases.MAX_KNOWN_ALIASES", 3)
    aliases = Aliases(tmp_path / "aliases")
    for number in range(6):
        aliases.remember(f"old/{number}", "own/id")
    assert len(list((tmp_path / "aliases").iterdir())) == 3
    assert set(aliases.names_of("own/id")) <= {f"old/{number}" for number in range(6)}
    assert aliases.model_id_of("old/5") == "own/id"
    aliases.remember("old/5", "old/5")
    assert aliases.model_id_of("old/5") == "old/5"
    (tmp_path / "file").write_text("no folder")
    Aliases(tmp_path / "file").remember("a", "b")  # no error is raised
