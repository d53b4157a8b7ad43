"""A Space with a password, under a path behind a reverse proxy."""

import re
from collections.abc import Iterator

import httpx2
import pytest
from gradio_client import Client
from playwright.sync_api import Page, Response

from bertviz_space.jobs import result_cache
from tests.browser.reader import (
    copy_link,
    expect_drawn,
    expect_outcome,
    expect_tokens,
    pick,
    show,
    view,
)
from tests.reverse_proxy import proxied

PREFIX = "/lab/space"
READER = ("reader", "secret")
TEXT = "The sailor asked the nurse"


@pytest.fixture(scope="module")
def behind_proxy() -> Iterator[str]:
    """Yield the URL of the app behind the proxy."""
    from bertviz_space.space import build_demo
    from tests.running_app import served

    with (
        served(build_demo(), root_path=PREFIX, auth=[READER]) as address,
        proxied(address, PREFIX) as behind_proxy,
    ):
        yield behind_proxy


@pytest.fixture
def responses(new_visitor: Page) -> list[Response]:
    """Return the list of responses that the page receives."""
    responses: list[Response] = []
    new_visitor.on("response", lambda response: responses.append(response))
    return responses


def test_a_reader_opens_a_link_and_logs_in(new_visitor: Page, behind_proxy, responses, monkeypatch):
    page = new_visitor
    # Make the files of other layers only when a view requests them.
    monkeypatch.setattr(result_cache, "MAX_SMALL_RESULT_WEIGHTS", 0)
    page.goto(f"{behind_proxy}?model=tiny-gpt2&text={TEXT.replace(' ', '+')}")
    page.get_by_label("username").fill(READER[0])
    page.get_by_label("password").fill(READER[1])
    page.get_by_role("button", name="Login").click()
    # The link is kept through the login, and its request runs.
    expect_outcome(page, "^tiny-gpt2 .* 5 tokens$")
    head = view(page, "head")
    expect_tokens(head, TEXT.split())
    pick(head, "Layer", "3")
    expect_drawn(head, "All, layer 3, heads 0 1 2 3")
    expect_drawn(show(page, "model"), "All")
    expect_drawn(show(page, "neuron"), re.compile("layer 3"))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    copy_link(page, "Copied")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{behind_proxy}?")
    page.goto(link)
    expect_drawn(view(page, "neuron"), re.compile("layer 3"))
    assert all(response.url.startswith(behind_proxy) for response in responses)
    paths = {response.url.removeprefix(behind_proxy) for response in responses}
    assert any(path.startswith("gradio_api/component_server") for path in paths)


def test_a_program_logs_in(behind_proxy):
    tokens, _ = Client(behind_proxy, auth=READER, verbose=False).predict(
        "tiny-gpt2", TEXT, api_name="/attention"
    )
    assert [token["text"].strip() for token in tokens] == TEXT.split()
    with pytest.raises(ValueError, match="Could not login"):
        Client(behind_proxy, auth=("reader", "guess"), verbose=False)
    # The function that makes files does not answer a stranger either.
    answer = httpx2.post(f"{behind_proxy}gradio_api/component_server/", json={})
    assert answer.status_code == 401
