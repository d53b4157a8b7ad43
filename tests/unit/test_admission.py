"""Admit or refuse models by the Hub's listing and by the room of this machine."""

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


def test_a_valid_model_is_admitted_at_its_commit():
    assert admit(GOOD, ROOM, allow) == COMMIT


def test_a_model_whose_type_the_hub_does_not_list_is_admitted():
    assert admit(replace(GOOD, config={}), ROOM, allow) == COMMIT


def test_a_refusal_names_the_model_and_its_page():
    said = refusal_of(replace(GOOD, commit=None))
    assert said.startswith("a/b has no commit")
    assert said.endswith("Its page: https://huggingface.co/a/b")


@pytest.mark.parametrize("commit", ["main", "..", "1" * 39, "1" * 40 + "/.."])
def test_a_malformed_commit_is_refused(commit):
    assert "has no commit that can be fetched" in refusal_of(replace(GOOD, commit=commit))


def test_weights_must_fit_memory_and_disk():
    assert "would take 4.0 GB" in refusal_of(GOOD, replace(ROOM, memory=3_999_999_999))
    assert admit(GOOD, replace(ROOM, memory=4_000_000_000), allow) == COMMIT
    # Numbers in half precision on disk take twice as much in memory.
    half = replace(GOOD, num_parameters=2_000_000_000)
    assert "would take 8.0 GB of memory; up to 6.0 GB" in refusal_of(half)
    # A GPU loads them in half precision.
    assert admit(half, replace(ROOM, number_bytes=2), allow) == COMMIT
    larger = replace(half, num_parameters=3_100_000_000)
    assert "would take 6.2 GB" in refusal_of(larger, replace(ROOM, number_bytes=2))
    # All fetched files must fit on disk: here the weights and 2,500 bytes.
    said = refusal_of(GOOD, replace(ROOM, disk=4_000_002_499))
    assert "has 4.0 GB of files, and this machine's disk has room for 4.0 GB" in said
    assert admit(GOOD, replace(ROOM, disk=4_000_002_500), allow) == COMMIT


def test_a_model_that_reads_bytes_needs_no_vocabulary():
    files = {name: FILES[name] for name in FILES if name != "tokenizer.json"}
    assert "has no tokenizer" in refusal_of(replace(GOOD, files=files))
    byte_model = replace(GOOD, files=files, config={"model_type": "byt5"})
    assert admit(byte_model, ROOM, lambda _: None) == COMMIT


@pytest.mark.parametrize("name", ["vocab.txt", "spiece.model", "source.spm", "qwen.tiktoken"])
def test_every_name_of_a_vocabulary_is_accepted(name):
    files = {name: 9, "config.json": 500, "model.safetensors": 8}
    assert admit(replace(GOOD, files=files), ROOM, allow) == COMMIT


def test_only_files_of_the_root_folder_are_listed():
    names = {"config.json": 2, "model.safetensors": 8, "onnx/model.safetensors": 10**12}
    files = [{"rfilename": name, "size": size} for name, size in names.items()]
    files += [{"rfilename": "tokenizer.json", "size": None}]
    listing = listing_of("a/b", ModelInfo(id="a/b", sha=COMMIT, siblings=files))
    assert listing.files == {"config.json": 2, "model.safetensors": 8, "tokenizer.json": 0}
    assert listing.loaded_bytes(4) == 8


def test_a_listing_has_the_number_of_parameters_and_the_access():
    counted = {"parameters": {"F16": 5}, "total": 5}
    info = ModelInfo(id="a/b", sha=COMMIT, siblings=[], safetensors=counted, gated="auto")
    listing = listing_of("a/b", info)
    assert (listing.num_parameters, listing.loaded_bytes(4)) == (5, 20)
    assert listing.is_gated
    assert not (listing.is_private or listing.is_disabled)
    info = ModelInfo(id="a/b", sha=COMMIT, siblings=[], private=True, disabled=True)
    assert listing_of("a/b", info).is_private
    assert "is disabled by the Hub" in refusal_of(listing_of("a/b", info))


def test_the_memory_bound_leaves_room_for_the_runs(monkeypatch, tmp_path):
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


def test_the_environment_can_set_the_bounds(monkeypatch):
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
def test_an_invalid_bound_in_the_environment_raises_an_error(monkeypatch, variable, unit, value):
    monkeypatch.setenv(variable, value)
    expected = f"{variable} is '{value}': it must be a positive number of {unit}."
    with pytest.raises(ValueError, match=expected):
        machine.check_settings()


def test_the_free_disk_of_a_missing_folder_is_that_of_its_parent(tmp_path):
    assert machine.free_disk(tmp_path / "not" / "yet") > 0
