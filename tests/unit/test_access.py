"""Gated and private models: each reader gets those that the Hub gives to them, at that moment."""

import logging
import traceback

import huggingface_hub.constants
import pytest

from bertviz_space.errors import HubBusy, ModelUnavailable, SignInEnded, SpaceError, UnknownModel
from bertviz_space.jobs.handler import Handler, Request
from bertviz_space.jobs.store import Store
from bertviz_space.models.cache import ModelCache
from bertviz_space.models.hub import access
from bertviz_space.models.hub.access import ANONYMOUS, Reader
from bertviz_space.models.hub.checkpoints import cached_ids

GRANTED, STRANGER = Reader("hf_of_one_who_may"), Reader("hf_of_one_who_may_not")


@pytest.fixture
def gated(hub, hub_model) -> str:
    """A model that one of two readers may read."""
    hub.readers[hub_model] = {str(GRANTED.token)}
    hub.tokens |= {str(GRANTED.token), str(STRANGER.token), "hf_of_the_space"}
    return hub_model


@pytest.fixture
def private(hub, gated) -> str:
    """One that the others do not see at all."""
    hub.private.add(gated)
    return gated


@pytest.fixture
def sign_in(monkeypatch) -> None:
    """A Space whose readers can sign in."""
    monkeypatch.setenv("SYSTEM", "spaces")
    for name in access._SIGN_IN_VARIABLES:
        monkeypatch.setenv(name, "set")


def refusal_of(ask, *arguments) -> str:
    with pytest.raises(SpaceError) as raised:
        ask(*arguments)
    return str(raised.value)


def asks_of(models: ModelCache, reader: Reader):
    """All ways to ask for a model."""
    yield lambda model_id: models.options(model_id, reader)
    yield lambda model_id: models.outline(model_id, reader)
    yield lambda model_id: models.get(model_id, reader=reader)


def test_one_who_may_read_it_gets_it(hub, gated):
    models = ModelCache()
    assert models.options(gated, GRANTED).second_text is None
    assert hub.asked[:2] == ["?", "may"]
    assert models.get(gated, reader=GRANTED).checkpoint.is_restricted
    assert hub.asked.count("model.safetensors") == 1


@pytest.mark.parametrize(
    ("reader", "sentence"),
    [
        (STRANGER, "is gated, and your account was not granted access to it. Ask its authors for"),
        (ANONYMOUS, "is gated: its authors ask for a sign-in, and this Space has none"),
    ],
)
def test_one_who_may_not_read_it_is_told_before_a_byte_is_fetched(hub, gated, reader, sentence):
    for ask in asks_of(ModelCache(), reader):
        said = refusal_of(ask, gated)
        assert sentence in said
        assert said.endswith(f"Its page: https://huggingface.co/{gated}")
    assert set(hub.asked) <= {"?", "may"}


def test_where_readers_can_sign_in_they_are_told_how(gated, sign_in):
    assert "Press Sign in with Hugging Face, above" in refusal_of(ModelCache().options, gated)
    assert "or sign in" in refusal_of(ModelCache().options, "someone/else")


def test_what_is_kept_is_not_given_to_one_who_may_not_read_it(hub, gated):
    models = ModelCache()
    for ask in asks_of(models, GRANTED):  # without its weights first, then loaded
        ask(gated)
        for reader in (STRANGER, ANONYMOUS):
            for also in asks_of(models, reader):
                assert "is gated" in refusal_of(also, gated)
    loaded = models.get(gated, reader=GRANTED)
    hub.asked.clear()
    assert models.get(gated, reader=GRANTED) is loaded
    assert hub.asked == ["may"]  # each time anew


def test_who_loses_access_loses_the_model_at_once(hub, gated):
    models = ModelCache()
    models.get(gated, reader=GRANTED)
    hub.readers[gated].clear()
    assert "was not granted access" in refusal_of(models.get, gated, lambda *_: None, GRANTED)
    # And one that is opened is everyone's.
    del hub.readers[gated]
    assert models.get(gated)


def test_a_result_that_is_kept_is_not_given_to_one_who_may_not_read_it(gated, tmp_path):
    handler = Handler(ModelCache(), Store(tmp_path))
    request = Request(gated, "the cat sat")
    loaded = handler.load(request, reader=GRANTED)
    handler.publish(request, handler.run(request, loaded), loaded.checkpoint)
    assert handler.kept(request, handler.load(request, reader=GRANTED)) is not None
    for reader in (STRANGER, ANONYMOUS):
        with pytest.raises(ModelUnavailable, match="is gated"):
            handler.load(request, reader=reader)


@pytest.mark.parametrize("reader", [STRANGER, ANONYMOUS])
def test_a_private_model_is_said_not_to_be_there(hub, private, reader):
    models = ModelCache()
    for _ in range(2):
        for ask in asks_of(models, reader):
            with pytest.raises(UnknownModel, match="The Hub has no model"):
                ask(private)
        models.get(private, reader=GRANTED)
        models.options(private, GRANTED)


def test_without_the_hub_nobody_gets_what_came_for_one_reader(hub, gated, monkeypatch):
    models = ModelCache()
    models.get(gated, reader=GRANTED)
    for trouble, error, sentence in (
        ("busy", HubBusy, "Wait a minute"),
        ("broken", ModelUnavailable, "the Hub cannot be asked now whether yours may"),
    ):
        hub.troubles[gated] = trouble
        with pytest.raises(error, match=sentence):
            models.get(gated, reader=GRANTED)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    for cache in (models, ModelCache()):  # loaded, and on disk
        for reader in (GRANTED, ANONYMOUS):
            with pytest.raises(ModelUnavailable):
                cache.get(gated, reader=reader)
    assert gated not in cached_ids()


def test_the_spaces_own_token_is_lent_to_everyone_but_where_they_can_sign_in(
    hub, gated, monkeypatch, request
):
    monkeypatch.setenv("HF_TOKEN", "hf_of_the_space")
    assert "this Space's token has no access to it" in refusal_of(ModelCache().options, gated)
    hub.readers[gated].add("hf_of_the_space")
    assert not ModelCache().get(gated).checkpoint.is_restricted
    request.getfixturevalue("sign_in")
    hub.asked.clear()
    assert "Press Sign in" in refusal_of(ModelCache().options, gated)
    assert hub.asked == ["?"]
    hub.private.add(gated)  # one of the Space's owner
    with pytest.raises(UnknownModel):
        ModelCache().options(gated)


def test_the_spaces_token_is_no_help_to_one_with_a_token_of_their_own(hub, gated, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_of_the_space")
    hub.readers[gated].add("hf_of_the_space")
    with pytest.raises(ModelUnavailable, match="your account was not granted access"):
        ModelCache().options(gated, STRANGER)


@pytest.mark.parametrize("token", ["hf_expired", "hf_of_two\r\nlines", "hf of two words", "hf_ü"])
def test_a_token_that_is_not_accepted_says_so(gated, token):
    with pytest.raises(SignInEnded, match="Sign out and in again"):
        ModelCache().options(gated, Reader(token))


def test_a_token_is_nowhere_to_be_read(hub, gated, caplog, tmp_path):
    caplog.set_level(logging.DEBUG)  # of every library too
    results = tmp_path / "results"
    handler = Handler(ModelCache(), Store(results))
    request = Request(gated, "the cat sat")
    loaded = handler.load(request, reader=GRANTED)
    handler.publish(request, handler.run(request, loaded), loaded.checkpoint)
    handler.publish_weights(handler.trace(request, loaded), loaded.checkpoint)
    said = [repr(GRANTED), repr(loaded.checkpoint)]
    hub.readers[gated] = set()
    expired = Reader("hf_expired")
    for reader, trouble in ((GRANTED, ""), (GRANTED, "busy"), (GRANTED, "broken"), (expired, "")):
        hub.troubles[gated] = trouble
        with pytest.raises(SpaceError) as raised:
            ModelCache().get(gated, reader=reader)
        said += traceback.format_exception(raised.value)
    folders = (results, loaded.checkpoint.folder.parents[3])
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 10
    said += [path.read_bytes().decode("latin1") for path in files]
    said += [caplog.text]
    assert "auth-check" in caplog.text
    for reader in (GRANTED, expired):
        assert not [text for text in said if str(reader.token) in text]
