"""Runs the Space in the process of the tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bertviz_space.space import SpacePage, build_demo, launch
from tests.free_port import free_port


@contextmanager
def served(demo: SpacePage, **options: Any) -> Iterator[str]:
    """Serve an app on this machine; yield its URL, and close the app at the end of the block.

    Args:
        demo: the app.
        options: further arguments of ``launch``.
    """
    with free_port() as port:
        _, url, _ = launch(
            demo,
            prevent_thread_lock=True,
            quiet=True,
            server_name="127.0.0.1",
            server_port=port,
            **options,
        )
    try:
        yield url
    finally:
        demo.close()


@contextmanager
def running_app() -> Iterator[tuple[SpacePage, str]]:
    """Yield an app and its URL, once it has computed its first result.

    Tests that count runs or files must not meet those of the first result.
    """
    demo = build_demo()
    with served(demo) as url:
        demo.first.future().result(60)
        yield demo, url
