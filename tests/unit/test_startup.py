"""What keeps the Space from starting is said in one sentence that names the setting."""

import gc
import json
import socket

import pytest

from bertviz_space.server import startup


@pytest.fixture
def signals(monkeypatch):
    """Leave the signals of this process, and its temporary folder, as they are."""
    monkeypatch.setattr(startup, "_ENDING", ())
    monkeypatch.setenv("GRADIO_TEMP_DIR", "/dev/null/nothing")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        *[("GRADIO_SERVER_PORT", value) for value in ("", "http", "-1", "0", "65536", "1e3", "٣")],
        ("GRADIO_SERVER_PORT", "9" * 5000),
        ("GRADIO_NUM_PORTS", "many"),
        ("GRADIO_ANALYTICS_MAX_EVENTS", "1.5"),
        ("GRADIO_DEFAULT_CONCURRENCY_LIMIT", "some"),
        ("BERTVIZ_MAX_MODEL_GB", "much"),
        ("BERTVIZ_MAX_DISK_GB", "-1"),
        ("BERTVIZ_MAX_RUN_SECONDS", "nan"),
    ],
)
def test_an_invalid_setting_is_one_sentence(signals, monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(SystemExit) as ended:
        startup.start()
    assert str(ended.value.code).startswith(f"{variable} is '{value}': ")
    assert "\n" not in str(ended.value.code)


def test_a_temporary_folder_that_cannot_be_made_is_one_sentence(signals, monkeypatch):
    monkeypatch.delenv("GRADIO_SERVER_PORT", raising=False)
    with pytest.raises(SystemExit) as ended:
        startup.start()
    assert "The temporary folder /dev/null/nothing cannot be written" in str(ended.value.code)


def test_a_port_that_is_taken_is_said_with_the_variable_that_names_it(signals, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        monkeypatch.setenv("GRADIO_SERVER_PORT", str(number))
        with pytest.raises(SystemExit) as ended:
            startup.start()
    sentence = str(ended.value.code)
    assert f"Port {number} cannot be used" in sentence
    assert "GRADIO_SERVER_PORT" in sentence
    startup.check_port()  # it is free again


def test_searches_for_garbage_while_json_is_parsed_leave_the_program_out():
    searched = list[int]()

    def note(phase: str, _: object) -> None:
        if phase == "start":
            searched.append(len(program.intersection(map(id, gc.get_objects(generation=2)))))

    gc.collect()  # the places of garbage would be taken by what is parsed
    program = set(map(id, gc.get_objects()))
    startup.spare_program_from_collection()
    gc.callbacks.append(note)
    try:
        json.loads("[" + "[]," * 100_000 + "[]]")
        gc.collect()
    finally:
        gc.callbacks.remove(note)
        gc.unfreeze()
    assert len(program) > 20_000
    assert max(searched) < len(program) / 10


@pytest.mark.parametrize("address", ["no address", "192.0.2.1", "2001:db8::1"])
def test_an_address_that_is_none_of_this_machine_is_said(signals, monkeypatch, address):
    monkeypatch.setenv("GRADIO_SERVER_PORT", "7860")
    monkeypatch.setenv("GRADIO_SERVER_NAME", address)
    with pytest.raises(SystemExit) as ended:
        startup.start()
    assert str(ended.value.code).startswith("GRADIO_SERVER_NAME is ")
