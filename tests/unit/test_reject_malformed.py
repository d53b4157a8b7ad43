"""Which errors of a request its sender caused, and which are raised."""

import logging

import httpx
import pytest
from starlette.responses import FileResponse

from bertviz_space.page.components import preparing
from bertviz_space.server.reject_malformed import RejectMalformed

pytestmark = pytest.mark.anyio


async def answer_to(path: str, app) -> httpx.Response:
    transport = httpx.ASGITransport(RejectMalformed(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get(path)


@pytest.mark.parametrize("error", [OSError("no room on the disk"), MemoryError()])
async def test_an_error_of_the_machine_is_raised(error):
    async def fails(scope, receive, send):
        raise error

    with pytest.raises(type(error)):
        await answer_to("/", fails)


async def test_a_file_that_was_deleted_before_it_is_sent_is_not_found(tmp_path):
    answer = await answer_to("/", FileResponse(tmp_path / "deleted.bin"))
    assert answer.status_code == 404
    assert answer.json() == {"detail": "The Space has nothing at this address."}


async def test_an_error_of_this_package_is_raised():
    def broken(folder: str, file: str):
        raise KeyError(folder)

    async def calls_package(scope, receive, send):
        await preparing(broken)("folder/file")

    with pytest.raises(KeyError, match="folder"):
        await answer_to("/", calls_package)


async def test_an_error_after_the_start_of_an_answer_is_raised():
    async def fails_halfway(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError("half-way")

    with pytest.raises(ValueError, match="half-way"):
        await answer_to("/", fails_halfway)


async def test_the_log_does_not_contain_what_was_sent(caplog):
    async def fails(scope, receive, send):
        raise ValueError("secret")

    with caplog.at_level(logging.WARNING):
        answer = await answer_to("/" + "a" * 5_000 + "%0Aline", fails)
    assert answer.status_code == 400
    assert "secret" not in caplog.text
    assert len(caplog.text) < 500
