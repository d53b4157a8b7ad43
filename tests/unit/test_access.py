"""Each reader gets the gated and private models that the Hub gives to this reader now."""

import logging
import traceback

import huggingface_hub.constants
import pytest

from bertviz_space.errors import HubBusy, ModelUnavailable, SignInEnded, SpaceError, UnknownModel
from bertviz_space.files.exports import export_weights
from bertviz_space.files.tensor_export import ALL
from bertviz_space.jobs.caller import Caller
from bertviz_space.jobs.handler import Handler
from bertviz_space.jobs.request import Request
from bertviz_space.jobs.store import Store
from bertviz_space.models.cache import ModelCache
from bertviz_space.models.hub import access
from bertviz_space.models.hub.access import ANONYMOUS, Reader
from bertviz_space.models.hub.checkpoints import cached_ids

GRANTED, STRANGER = Reader("hf_of_one_who_may"), Reader("hf_of_one_who_may_not")


@pytest.fixture
def gated(hub, hub_model) -> str:
    """Return a gated model that one of two readers may read."""
    hub.readers[hub_model] = {str(GRANTED.token)}
    hub.tokens |= {str(GRANTED.token), str(STRANGER.token), "hf_of_the_space"}
    return hub_model


@pytest.fixture
def private(hub, gated) -> str:
    """Return a private model, which other readers cannot see."""
    hub.private.add(gated)
    return gated


@pytest.fixture
def sign_in(monkeypatch) -> None:
    """Make this process a Space whose readers can sign in."""
    monkeypatch.setenv("SYSTEM", "spaces")
    for name in access._SIGN_IN_VARIABLES:
        monkeypatch.setenv(name, "set")


def refusal_of(ask, *arguments) -> str:
    with pytest.raises(SpaceError) as raised:
        ask(*arguments)
    return str(raised.value)


def asks_of(models: ModelCache, reader: Reader):
    """Yield every method that returns a model or its options."""
    yield lambda model_id: models.options(model_id, reader)
    yield lambda model_id: models.outline(model_id, reader)
    yield lambda model_id: models.get(model_id, reader=reader)


def test_a_reader_with_access_gets_a_gated_model(hub, gated):
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
def test_a_reader_without_access_is_refused_before_any_file_is_fetched(
    hub, gated, reader, sentence
):
    for ask in asks_of(ModelCache(), reader):
        said = refusal_of(ask, gated)
        assert sentence in said
        assert said.endswith(f"Its page: https://huggingface.co/{gated}")
    assert set(hub.asked) <= {"?", "may"}


def test_the_error_says_how_to_sign_in(gated, sign_in):
    assert "Press Sign in with Hugging Face, and use" in refusal_of(ModelCache().options, gated)
    assert "or sign in" in refusal_of(ModelCache().options, "someone/else")


def test_a_kept_model_is_refused_to_a_reader_without_access(hub, gated):
    models = ModelCache()
    for ask in asks_of(models, GRANTED):  # first without weights, then loaded
        ask(gated)
        for reader in (STRANGER, ANONYMOUS):
            for also in asks_of(models, reader):
                assert "is gated" in refusal_of(also, gated)
    loaded = models.get(gated, reader=GRANTED)
    hub.asked.clear()
    assert models.get(gated, reader=GRANTED) is loaded
    assert hub.asked == ["may"]  # the access is checked each time


def test_a_reader_who_loses_access_loses_a_kept_model(hub, gated):
    models = ModelCache()
    models.get(gated, reader=GRANTED)
    hub.readers[gated].clear()
    assert "was not granted access" in refusal_of(models.get, gated, lambda *_: None, GRANTED)
    # A model that its authors open is available to everyone.
    del hub.readers[gated]
    assert models.get(gated)


def test_a_kept_result_is_refused_to_a_reader_without_access(gated, tmp_path):
    handler = Handler(ModelCache(), Store(tmp_path))
    request = Request(gated, "the cat sat")
    result = handler.answer(request, Caller(GRANTED))
    assert handler.answer(request, Caller(GRANTED)) is result
    for reader in (STRANGER, ANONYMOUS):
        with pytest.raises(ModelUnavailable, match="is gated"):
            handler.answer(request, Caller(reader))


@pytest.mark.parametrize("reader", [STRANGER, ANONYMOUS])
def test_a_private_model_is_reported_as_missing(hub, private, reader):
    models = ModelCache()
    for _ in range(2):
        for ask in asks_of(models, reader):
            with pytest.raises(UnknownModel, match="The Hub has no model"):
                ask(private)
        models.get(private, reader=GRANTED)
        models.options(private, GRANTED)


def test_without_the_hub_a_restricted_model_is_refused_to_everyone(hub, gated, monkeypatch):
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
    for cache in (
        models,
        ModelCache(),
    ):  # the first has the model in memory, the second finds it on disk
        for reader in (GRANTED, ANONYMOUS):
            with pytest.raises(ModelUnavailable):
                cache.get(gated, reader=reader)
    assert gated not in cached_ids()


def test_readers_share_the_spaces_token_unless_they_can_sign_in(hub, gated, monkeypatch, request):
    monkeypatch.setenv("HF_TOKEN", "hf_of_the_space")
    assert "this Space's token has no access to it" in refusal_of(ModelCache().options, gated)
    hub.readers[gated].add("hf_of_the_space")
    assert not ModelCache().get(gated).checkpoint.is_restricted
    request.getfixturevalue("sign_in")
    hub.asked.clear()
    assert "Press Sign in" in refusal_of(ModelCache().options, gated)
    assert hub.asked == ["?"]
    hub.private.add(gated)  # a private model of the Space's owner
    with pytest.raises(UnknownModel):
        ModelCache().options(gated)


def test_a_readers_own_token_replaces_the_spaces_token(hub, gated, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_of_the_space")
    hub.readers[gated].add("hf_of_the_space")
    with pytest.raises(ModelUnavailable, match="your account was not granted access"):
        ModelCache().options(gated, STRANGER)


@pytest.mark.parametrize("token", ["hf_expired", "hf_of_two\r\nlines", "hf of two words", "hf_ü"])
def test_a_rejected_token_asks_for_a_new_sign_in(gated, token):
    with pytest.raises(SignInEnded, match="Sign out and sign in again"):
        ModelCache().options(gated, Reader(token))


def test_a_token_appears_in_no_log_result_or_message(hub, gated, caplog, tmp_path):
    caplog.set_level(logging.DEBUG)  # the log of every library as well
    results = tmp_path / "results"
    models = ModelCache()
    handler = Handler(models, Store(results))
    request = Request(gated, "the cat sat")
    handler.answer(request, Caller(GRANTED))
    handler.answer(
        request,
        Caller(GRANTED),
        lambda trace, model, folder: export_weights(
            trace, model.model_id, model.revision, folder, ALL
        ),
    )
    loaded = models.get(gated, reader=GRANTED)
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
