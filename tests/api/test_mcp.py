"""The endpoints as tools of a language model, through a client of the Model Context Protocol."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent, Tool
from safetensors.torch import load

from bertviz_space.space import build_demo, launch
from tests.api.clients import get, post
from tests.free_port import free_port

# No tool has an argument for a token of the Hub.
NUM_ARGUMENTS = {
    "tokenize": 8,
    "attention": 10,
    "query_key": 10,
    "head_scores": 8,
    "probe": 1,
    "view": 21,
}


@pytest.fixture(scope="module")
def mcp_url() -> Iterator[str]:
    """Yield the URL of the tools of an app that is started with ``GRADIO_MCP_SERVER``."""
    demo = build_demo()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("GRADIO_MCP_SERVER", "True")
        with free_port() as port:
            _, address, _ = launch(
                demo,
                prevent_thread_lock=True,
                quiet=True,
                server_name="127.0.0.1",
                server_port=port,
            )
    yield f"{address}gradio_api/mcp/"
    demo.close()


@asynccontextmanager
async def session_with(mcp_url: str) -> AsyncIterator[ClientSession]:
    async with (
        streamable_http_client(mcp_url) as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        yield session


def list_tools(mcp_url: str) -> dict[str, Tool]:
    async def ask() -> list[Tool]:
        async with session_with(mcp_url) as session:
            return (await session.list_tools()).tools

    return {tool.name: tool for tool in asyncio.run(ask())}


def call(mcp_url: str, name: str, arguments: dict[str, Any], **options: Any) -> CallToolResult:
    async def ask() -> CallToolResult:
        async with session_with(mcp_url) as session:
            return await session.call_tool(name, arguments, **options)

    return asyncio.run(ask())


async def ignore_progress(progress: float, total: float | None, message: str | None) -> None:
    """Ignore progress; Gradio 6.31 separates the values only for clients that ask for progress."""


def texts_of(answer: CallToolResult) -> list[str]:
    return [each.text for each in answer.content if isinstance(each, TextContent)]


def test_the_tools_are_the_endpoints_and_nothing_else(mcp_url):
    assert set(list_tools(mcp_url)) == {
        "models", "tokenize", "attention", "query_key", "head_scores", "probe", "view",
    }  # fmt: skip


def test_every_tool_and_every_argument_is_described(mcp_url):
    for tool in list_tools(mcp_url).values():
        assert tool.description
        assert tool.description.endswith(".")
        assert "  " not in tool.description
        if tool.name == "models":
            continue
        needs_text = tool.name != "probe"
        assert tool.inputSchema["required"] == (["model", "text"] if needs_text else ["model"])
        described = tool.inputSchema["properties"]
        assert len(described) == NUM_ARGUMENTS[tool.name]
        assert all(each["description"].endswith(".") for each in described.values())
        assert len({each["description"] for each in described.values()}) == len(described)
        if needs_text:
            assert described["chat"]["type"] == "boolean"


def test_the_answer_of_attention_contains_the_url_of_a_file(mcp_url):
    arguments = {"model": "tiny-gpt2", "text": "The cat sat", "layers": [1], "heads": [0, 2]}
    answer = call(mcp_url, "attention", arguments, progress_callback=ignore_progress)
    assert not answer.isError
    tokens, url = texts_of(answer)
    assert tokens.count("'side': 'source'") == 3
    weights = load(get(url).content)["self"]
    assert weights.shape == (1, 2, 3, 3)


def test_tokenize_answers_without_a_run(mcp_url):
    arguments = {"model": "tiny-gpt2", "text": "The cat", "start_token": True}
    tokens, notes = texts_of(
        call(mcp_url, "tokenize", arguments, progress_callback=ignore_progress)
    )
    assert tokens.count("'side': 'source'") == 3
    assert notes == "['The text begins with the start token <|endoftext|>.']"


def test_a_client_that_does_not_ask_for_progress_receives_one_text(mcp_url):
    [text] = texts_of(call(mcp_url, "attention", {"model": "tiny-gpt2", "text": "The cat sat"}))
    assert text.count("'side': 'source'") == 3
    assert f"'url': '{mcp_url.removesuffix('mcp/')}file=" in text


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("attention", {"text": " "}, "Enter some text first."),
        ("attention", {"text": "a", "layers": [9]}, "There is no layer 9: layers go from 0 to 3"),
        ("tokenize", {"text": "a", "text_b": "b"}, "This model takes one text."),
        ("query_key", {"text": 7}, "7 is not of type 'string'"),
        ("prepare", {}, "Unknown tool for this Gradio app: prepare"),
    ],
)
def test_an_error_is_a_message(mcp_url, name, arguments, message):
    answer = call(mcp_url, name, {"model": "tiny-gpt2", **arguments})
    assert answer.isError
    [text] = texts_of(answer)
    assert message in text
    assert "Traceback" not in text


def test_there_are_no_tools_without_the_environment_variable(url):
    question = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {"Accept": "application/json, text/event-stream"}
    answer = post(f"{url}gradio_api/mcp/", content=json.dumps(question), headers=headers)
    assert answer.status_code in (404, 405)
