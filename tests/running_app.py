"""Runs the Space in the process of the tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr
import pytest

from bertviz_space.jobs.first_result import FirstResult
from bertviz_space.space import build_demo, launch
from tests.free_port import free_port


@contextmanager
def running_app() -> Iterator[tuple[gr.Blocks, str]]:
    """Yield an app and its URL, once it has computed its first result.

    Tests that count runs or files must not meet those of the first result.
    """
    created: list[FirstResult] = []
    create = FirstResult.__init__

    def create_and_note(self: FirstResult, *values: Any) -> None:
        create(self, *values)
        created.append(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FirstResult, "__init__", create_and_note)
        demo = build_demo()
    with free_port() as port:
        _, url, _ = launch(
            demo,
            prevent_thread_lock=True,
            quiet=True,
            server_name="127.0.0.1",
            server_port=port,
        )
    try:
        for first in created:
            first.future().result(60)
        yield demo, url
    finally:
        demo.close()
