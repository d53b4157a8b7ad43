"""The endpoints as tools of a language model, through a client of the Model Context Protocol."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent, Tool
from safetensors.torch import load

from bertviz_space.space import build_demo
from tests.api.clients import get, post
from tests.running_app import served

# No tool has an argument for a token of the Hub.
NUM_ARGUMENTS = {
    "tokenize": 8,
    "attention": 15,
    "query_key": 15,
    "head_scores": 15,
    "describe_attention": 22,
    "predictions": 17,
    "sweep": 16,
    "probe": 1,
    "view": 28,
    "view_content": 22,
}


@pytest.fixture(scope="module")
def mcp_url(url: str) -> str:
    """Return the URL of the tools of an app that is started without any setting."""
    return f"{url}gradio_api/mcp/"


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
    """Ignore progress; Gradio 6.31 answers clients that ask for progress in another way."""


# What a client passes if it asks for progress, and if it does not.
BOTH_KINDS = pytest.mark.parametrize(
    "options", [{}, {"progress_callback": ignore_progress}], ids=["plain", "with progress"]
)


def texts_of(answer: CallToolResult) -> list[str]:
    return [each.text for each in answer.content if isinstance(each, TextContent)]


def test_the_tools_are_the_endpoints_and_nothing_else(mcp_url):
    assert set(list_tools(mcp_url)) == {
        "models", "tokenize", "describe_attention", "attention", "query_key", "head_scores",
        "predictions", "sweep",
        "probe", "view", "view_content",
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


@BOTH_KINDS
def test_attention_answers_with_tokens_as_json_and_the_url_of_a_file(mcp_url, options):
    arguments = {"model": "tiny-gpt2", "text": "The cat sat", "layers": [1], "heads": [0, 2]}
    answer = call(mcp_url, "attention", arguments, **options)
    assert not answer.isError
    tokens, url = texts_of(answer)
    assert [token["text"] for token in json.loads(tokens)] == ["The", " cat", " sat"]
    assert [token["position"] for token in json.loads(tokens)] == [0, 1, 2]
    assert url.startswith(f"{mcp_url.removesuffix('mcp/')}file=")
    weights = load(get(url).content)["self"]
    assert weights.shape == (1, 2, 3, 3)


@BOTH_KINDS
def test_tokenize_answers_without_a_run(mcp_url, options):
    arguments = {"model": "tiny-gpt2", "text": "The cat", "start_token": True}
    tokens, notes = map(json.loads, texts_of(call(mcp_url, "tokenize", arguments, **options)))
    assert [token["special"] for token in tokens] == [True, False, False]
    assert notes == ["The text begins with the start token <|endoftext|>."]


@BOTH_KINDS
def test_view_answers_with_the_url_of_a_page(mcp_url, options):
    [url] = texts_of(call(mcp_url, "view", {"model": "tiny-gpt2", "text": "The cat"}, **options))
    assert get(url).text.startswith("<!doctype html>")


@BOTH_KINDS
def test_models_are_json(mcp_url, options):
    [models] = texts_of(call(mcp_url, "models", {}, **options))
    assert {"model": "tiny-gpt2", "about": "demo, works offline"} in json.loads(models)


@BOTH_KINDS
def test_attention_is_described_in_words_and_numbers(mcp_url, options):
    text = "The cat sat on the mat near the door. The cat sat on the mat near"
    arguments = {"model": "tiny-gpt2", "text": text, "score": "induction", "limit": 2}
    [answer] = texts_of(call(mcp_url, "describe_attention", arguments, **options))
    described = json.loads(answer)
    best, _ = described["heads"]
    assert (best["layer"], best["head"]) == (1, 0)
    assert described["summary"].startswith("Of 16 heads, layer 1, head 0 has the largest induction")


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("attention", {"text": " "}, "Enter some text first."),
        ("attention", {"text": "a", "layers": [9]}, "There is no layer 9: layers go from 0 to 3"),
        ("tokenize", {"text": "a", "text_b": "b"}, "This model takes one text."),
        ("query_key", {"text": 7}, "7 is not of type 'string'"),
        ("describe_attention", {"text": "a", "score": "best"}, "score is one of previous, next,"),
        ("describe_attention", {"text": "a", "score": "next"}, "No head has the score next"),
        ("prepare", {}, "Unknown tool for this Gradio app: prepare"),
    ],
)
def test_an_error_is_a_message(mcp_url, name, arguments, message):
    answer = call(mcp_url, name, {"model": "tiny-gpt2", **arguments})
    assert answer.isError
    [text] = texts_of(answer)
    assert message in text
    assert "Traceback" not in text


@pytest.mark.parametrize(
    ("setting", "options"),
    [("False", {}), ("0", {}), ("True", {"auth": [("reader", "secret")]})],
    ids=["switched off", "any other value", "behind a password"],
)
def test_there_are_no_tools(setting, options, monkeypatch):
    monkeypatch.setenv("GRADIO_MCP_SERVER", setting)
    question = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {"Accept": "application/json, text/event-stream"}
    with served(build_demo(), **options) as url:
        answer = post(f"{url}gradio_api/mcp/", content=json.dumps(question), headers=headers)
    assert answer.status_code in (404, 405)
