"""Which models of the Hub come in: by what is listed of them, and by the room of this machine."""

from dataclasses import replace

import pytest
from huggingface_hub import ModelInfo

from bertviz_space import machine
from bertviz_space.errors import ModelUnavailable
from bertviz_space.limits import MAX_FETCHED_BYTES, MIN_MODEL_BYTES, RESERVED_BYTES
from bertviz_space.models.hub.admission import Listing, Room, admit
from bertviz_space.models.hub.requests import listing_of

COMMIT = "1" * 40
FILES = {"config.json": 500, "tokenizer.json": 2_000, "model.safetensors": 4_000_000_000}
GOOD = Listing("a/b", COMMIT, {"model_type": "bert"}, FILES)
ROOM = Room(memory=6 * 10**9, disk=100 * 10**9)


def allow(model_type: str) -> None:
    assert model_type == "bert"


def refusal_of(listing: Listing, room: Room = ROOM) -> str:
    with pytest.raises(ModelUnavailable) as raised:
        admit(listing, room, allow)
    return str(raised.value)


def test_a_good_model_comes_in_at_its_commit():
    assert admit(GOOD, ROOM, allow) == COMMIT


def test_its_type_may_be_unknown_to_the_hub():
    assert admit(replace(GOOD, config={}), ROOM, allow) == COMMIT


def test_a_refusal_names_the_model_and_its_page():
    said = refusal_of(replace(GOOD, commit=None))
    assert said.startswith("a/b has no commit")
    assert said.endswith("Its page: https://huggingface.co/a/b")


@pytest.mark.parametrize("commit", ["main", "..", "1" * 39, "1" * 40 + "/.."])
def test_what_is_no_commit_names_no_folder(commit):
    assert "has no commit that can be fetched" in refusal_of(replace(GOOD, commit=commit))


def test_weights_are_measured_in_memory_and_on_disk():
    assert "would take 4.0 GB" in refusal_of(GOOD, replace(ROOM, memory=3_999_999_999))
    assert admit(GOOD, replace(ROOM, memory=4_000_000_000), allow) == COMMIT
    # In half precision on disk, twice as much in memory.
    half = replace(GOOD, num_parameters=2_000_000_000)
    assert "would take 8.0 GB of memory; up to 6.0 GB" in refusal_of(half)
    # All that is fetched has to lie there: of these, weights and 2,500 bytes.
    said = refusal_of(GOOD, replace(ROOM, disk=4_000_002_499))
    assert "has 4.0 GB of files, and this machine's disk has room for 4.0 GB" in said
    assert admit(GOOD, replace(ROOM, disk=4_000_002_500), allow) == COMMIT


def test_a_model_that_reads_bytes_needs_no_vocabulary():
    files = {name: FILES[name] for name in FILES if name != "tokenizer.json"}
    assert "has no tokenizer" in refusal_of(replace(GOOD, files=files))
    byte_model = replace(GOOD, files=files, config={"model_type": "byt5"})
    assert admit(byte_model, ROOM, lambda _: None) == COMMIT


@pytest.mark.parametrize("name", ["vocab.txt", "spiece.model", "source.spm", "qwen.tiktoken"])
def test_a_vocabulary_has_many_names(name):
    files = {name: 9, "config.json": 500, "model.safetensors": 8}
    assert admit(replace(GOOD, files=files), ROOM, allow) == COMMIT


def test_only_the_files_of_the_root_folder_count():
    names = {"config.json": 2, "model.safetensors": 8, "onnx/model.safetensors": 10**12}
    files = [{"rfilename": name, "size": size} for name, size in names.items()]
    files += [{"rfilename": "tokenizer.json", "size": None}]
    listing = listing_of("a/b", ModelInfo(id="a/b", sha=COMMIT, siblings=files))
    assert listing.files == {"config.json": 2, "model.safetensors": 8, "tokenizer.json": 0}
    assert listing.loaded_bytes == 8


def test_what_the_hub_counted_and_says_of_access_is_listed():
    counted = {"parameters": {"F16": 5}, "total": 5}
    info = ModelInfo(id="a/b", sha=COMMIT, siblings=[], safetensors=counted, gated="auto")
    listing = listing_of("a/b", info)
    assert (listing.num_parameters, listing.loaded_bytes) == (5, 20)
    assert listing.is_gated
    assert not (listing.is_private or listing.is_disabled)
    info = ModelInfo(id="a/b", sha=COMMIT, siblings=[], private=True, disabled=True)
    assert listing_of("a/b", info).is_private
    assert "is disabled by the Hub" in refusal_of(listing_of("a/b", info))


def test_the_bound_is_what_the_machine_has_beside_its_runs(monkeypatch, tmp_path):
    monkeypatch.delenv(machine.MAX_MODEL_VARIABLE, raising=False)
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(machine, "_CONTAINER_LIMITS", (limit, tmp_path / "none"))
    limit.write_text(f"{RESERVED_BYTES + 3 * 1024**3}\n")
    assert machine.max_model_bytes() == 3 * 1024**3
    limit.write_text(f"{RESERVED_BYTES}\n")
    assert machine.max_model_bytes() == MIN_MODEL_BYTES
    limit.write_text("max\n")
    whole = machine.max_model_bytes()
    limit.unlink()
    assert machine.max_model_bytes() == whole >= MIN_MODEL_BYTES


def test_the_bounds_can_be_set(monkeypatch):
    monkeypatch.setenv(machine.MAX_MODEL_VARIABLE, "2.5")
    assert machine.max_model_bytes() == 2_500_000_000
    monkeypatch.setenv(machine.MAX_DISK_VARIABLE, "")
    assert machine.max_disk_bytes() == MAX_FETCHED_BYTES
    monkeypatch.setenv(machine.MAX_DISK_VARIABLE, "100")
    assert machine.max_disk_bytes() == 100_000_000_000
    monkeypatch.setenv(machine.MAX_RUN_VARIABLE, "0.5")
    assert machine.max_run_seconds() == 0.5


@pytest.mark.parametrize(
    ("variable", "unit"),
    [
        (machine.MAX_MODEL_VARIABLE, "gigabytes"),
        (machine.MAX_DISK_VARIABLE, "gigabytes"),
        (machine.MAX_RUN_VARIABLE, "seconds"),
    ],
)
@pytest.mark.parametrize("value", ["much", "0", "-1", "nan", "inf"])
def test_a_bound_that_is_none_is_said_at_once(monkeypatch, variable, unit, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValueError, match=f"{variable} is '{value}': a number of {unit} is needed"):
        machine.check_settings()


def test_the_disk_of_a_folder_that_is_not_made_yet_is_known(tmp_path):
    assert machine.free_disk(tmp_path / "not" / "yet") > 0
