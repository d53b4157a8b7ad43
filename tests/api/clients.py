"""HTTP clients without a timeout, because a busy machine answers slowly."""

from functools import partial
from typing import Any

import httpx
from gradio_client import Client

get = partial(httpx.get, timeout=None)
post = partial(httpx.post, timeout=None)


def connect(url: str, **options: Any) -> Client:
    """Return a client of the app at a URL; ``options`` are passed to gradio_client's."""
    return Client(url, verbose=False, httpx_kwargs={"timeout": None}, **options)
