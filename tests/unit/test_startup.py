"""An invalid setting ends the Space at startup with a one-sentence message that names it."""

import gc
import json
import socket

import pytest

from bertviz_space.server import startup


@pytest.fixture
def signals(monkeypatch):
    """Do not change the signal handlers of this process or its temporary folder."""
    monkeypatch.setattr(startup, "_END_SIGNALS", ())
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
def test_an_invalid_setting_ends_the_space_with_one_sentence(signals, monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(SystemExit) as ended:
        startup.start()
    assert str(ended.value.code).startswith(f"{variable} is '{value}': ")
    assert "\n" not in str(ended.value.code)


def test_an_unwritable_temporary_folder_ends_the_space_with_one_sentence(signals, monkeypatch):
    monkeypatch.delenv("GRADIO_SERVER_PORT", raising=False)
    with pytest.raises(SystemExit) as ended:
        startup.start()
    assert "The temporary folder /dev/null/nothing cannot be written" in str(ended.value.code)


def test_the_message_about_a_used_port_names_the_variable_that_sets_the_port(signals, monkeypatch):
    with socket.socket() as taken:
        # Linux lets the check bind this port too until a server listens, and no other program.
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", 0))
        number = taken.getsockname()[1]
        monkeypatch.setenv("GRADIO_SERVER_PORT", str(number))
        startup.check_port()
        taken.listen()
        with pytest.raises(SystemExit) as ended:
            startup.start()
    message = str(ended.value.code)
    assert f"Port {number} cannot be used" in message
    assert "GRADIO_SERVER_PORT" in message


def test_garbage_collections_while_json_is_parsed_exclude_the_program():
    sizes = list[int]()

    def note(phase: str, _: object) -> None:
        if phase == "start":
            sizes.append(len(program.intersection(map(id, gc.get_objects(generation=2)))))

    gc.unfreeze()  # what tests/conftest.py has excluded already
    gc.collect()  # parsed objects would reuse the ids of garbage
    program = set(map(id, gc.get_objects()))
    startup.exclude_program_from_garbage_collection()
    gc.callbacks.append(note)
    try:
        json.loads("[" + "[]," * 100_000 + "[]]")
        gc.collect()
    finally:
        gc.callbacks.remove(note)
    assert len(program) > 20_000
    assert max(sizes) < len(program) / 10


@pytest.mark.parametrize("address", ["no address", "192.0.2.1", "2001:db8::1"])
def test_an_address_of_another_machine_ends_the_space_with_a_message(signals, monkeypatch, address):
    monkeypatch.setenv("GRADIO_SERVER_PORT", "7860")
    monkeypatch.setenv("GRADIO_SERVER_NAME", address)
    with pytest.raises(SystemExit) as ended:
        startup.start()
    assert str(ended.value.code).startswith("GRADIO_SERVER_NAME is ")
