"""The view in a chat: what a host of MCP Apps finds with a client of the Model Context Protocol."""

import asyncio
import json

import pytest
from mcp.types import Resource, TextResourceContents
from pydantic import AnyUrl

from tests.api.test_mcp import call, list_tools, mcp_url, session_with, texts_of

__all__ = ["mcp_url"]

URI = "ui://bertviz-space/view.html"
MIME_TYPE = "text/html;profile=mcp-app"


def read(mcp_url: str) -> tuple[list[Resource], TextResourceContents]:
    """Return the listed resources, and the content of the page."""

    async def ask() -> tuple[list[Resource], TextResourceContents]:
        async with session_with(mcp_url) as session:
            listed = (await session.list_resources()).resources
            [content] = (await session.read_resource(AnyUrl(URI))).contents
        assert isinstance(content, TextResourceContents)
        return listed, content

    return asyncio.run(ask())


def test_the_tool_that_draws_names_its_page_and_only_the_page_calls_for_content(mcp_url):
    tools = list_tools(mcp_url)
    assert tools["view"].meta == {"ui": {"resourceUri": URI}}
    assert tools["view_content"].meta == {"ui": {"resourceUri": URI, "visibility": ["app"]}}
    assert {name for name, tool in tools.items() if tool.meta} == {"view", "view_content"}


def test_the_page_is_a_resource_with_the_type_of_an_app(mcp_url):
    [listed], content = read(mcp_url)
    assert (str(listed.uri), listed.mimeType) == (URI, MIME_TYPE)
    assert (str(content.uri), content.mimeType) == (URI, MIME_TYPE)
    assert content.text.startswith("<!doctype html>")
    assert '.connect(document.querySelector("main"), "view_content");' in content.text
    assert "https://" not in content.text.split("<script")[0]


def test_the_content_is_that_of_the_page_at_the_url(mcp_url):
    arguments = {
        "model": "tiny-bert",
        "text": "The cat",
        "view": "matrix",
        "layer": 1,
        "heads": [2],
    }
    [text] = texts_of(call(mcp_url, "view_content", arguments))
    content = json.loads(text)
    assert content["view"] == "matrix"
    assert content["link"] == "layer=1&heads=2&head=2"
    assert content["manifest"]["model"]["model_id"] == "tiny-bert"
    assert sum("-" in name for name in content["files"]) >= 4  # layers, overviews and scores
    assert content["manifest"]["predictions"]["file"] in content["files"]


@pytest.mark.parametrize(
    ("text", "message"),
    [("word " * 400, "a view in a chat can have at most 1.0 MB"), (" ", "Enter some text first.")],
)
def test_a_view_that_cannot_be_shown_in_a_chat_is_an_error_with_a_message(
    mcp_url, monkeypatch, text, message
):
    monkeypatch.setattr("bertviz_space.files.exports.MAX_CHAT_BYTES", 100_000)
    answer = call(mcp_url, "view_content", {"model": "tiny-gpt2", "text": text})
    assert answer.isError
    assert message.replace("1.0", "0.1") in texts_of(answer)[0]


def test_on_a_space_the_page_calls_the_tool_by_its_name_there(monkeypatch):
    from bertviz_space.api.tool_server import tool_name

    monkeypatch.setenv("SYSTEM", "spaces")
    monkeypatch.setenv("SPACE_ID", "someone/bertviz-space")
    assert tool_name("view_content") == "bertviz_space_view_content"
