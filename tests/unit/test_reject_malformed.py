"""Which errors of a request are the sender's, and which are not."""

import logging

import httpx
import pytest

from bertviz_space.page.components import preparing
from bertviz_space.server.reject_malformed import RefusesMalformed

pytestmark = pytest.mark.anyio


async def answer_to(path: str, app) -> httpx.Response:
    transport = httpx.ASGITransport(RefusesMalformed(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get(path)


@pytest.mark.parametrize("error", [OSError("no room on the disk"), MemoryError()])
async def test_an_error_of_the_machine_is_raised_on(error):
    async def fails(scope, receive, send):
        raise error

    with pytest.raises(type(error)):
        await answer_to("/", fails)


async def test_an_error_of_our_own_code_is_raised_on():
    def broken(token: str, file: str):
        raise KeyError(token)

    async def calls_ours(scope, receive, send):
        await preparing(broken)("folder/file")

    with pytest.raises(KeyError, match="folder"):
        await answer_to("/", calls_ours)


async def test_an_answer_that_has_begun_is_not_begun_again():
    async def breaks_off(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError("half-way")

    with pytest.raises(ValueError, match="half-way"):
        await answer_to("/", breaks_off)


async def test_what_was_sent_is_not_written_to_the_log(caplog):
    async def fails(scope, receive, send):
        raise ValueError("secret")

    with caplog.at_level(logging.WARNING):
        answer = await answer_to("/" + "a" * 5_000 + "%0Aline", fails)
    assert answer.status_code == 400
    assert "secret" not in caplog.text
    assert len(caplog.text) < 500
