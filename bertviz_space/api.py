"""Endpoints for programs, each a typed function behind a name of its own."""

import asyncio
from collections.abc import Callable
from typing import TypedDict

import gradio as gr
from gradio.data_classes import FileData
from gradio.events import api

from .attention import Token, Trace
from .errors import SpaceError
from .handler import Handler, Request
from .runs import Run


class TokenRow(TypedDict):
    """One token of an answer."""

    side: str
    text: str
    vocabulary: str
    token_id: int
    segment: str | None
    special: bool


def add_endpoints(handler: Handler, concurrency_id: str, concurrency_limit: int) -> None:
    """Add the endpoints to the Blocks that is being built.

    Args:
        handler: what answers.
        concurrency_id: the queue that the endpoints share with the page's own runs.
        concurrency_limit: how many it runs at once; Gradio 6.31 takes the least that anyone says.
    """

    async def attention(
        model: str,
        text: str,
        text_b: str = "",
        target_text: str = "",
        source_language: str = "",
        target_language: str = "",
        chat: bool = False,
        start_token: bool = False,
    ) -> tuple[list[TokenRow], FileData]:
        """Attention weights of every layer and head of a model on a text.

        Args:
            model: a model id, such as openai-community/gpt2, or tiny-bert and tiny-gpt2.
            text: the text; for an encoder-decoder model the source text.
            text_b: the second text of a pair, for models that take pairs.
            target_text: the decoder's text; left empty, the model writes it.
            source_language: code of the text's language, for translation models that take one.
            target_language: code of the target text's language, likewise.
            chat: wrap the text as a user's message in the model's chat template.
            start_token: put the start token first, for models that go without (GPT-2).

        Returns:
            The tokens (``side`` is source or target), and a safetensors file: float32
            ``[layer, head, query, key]`` under ``self``, or ``encoder``, ``decoder`` and ``cross``.
            In its metadata, as JSON: ``layers``, the true numbers of the layers, and ``notes``, a
            list of sentences on what was done with the texts, such as that the end was cut.
        """
        # Gradio checks no type of what a program sends.
        texts = (model, text, text_b, target_text, source_language, target_language)
        if not all(isinstance(value, str) for value in texts):
            raise gr.Error(
                "model, text, text_b and target_text are strings, and so are the languages; "
                "leave out what you have not.",
                print_exception=False,
            )
        if not all(isinstance(value, bool) for value in (chat, start_token)):
            raise gr.Error("chat and start_token are true or false.", print_exception=False)
        languages = source_language, target_language
        request = Request(model, text, text_b, target_text, *languages, chat, start_token)
        run = Run()
        try:
            # In a thread of its own: Gradio 6.31 tells only a coroutine that its client cancelled.
            return await asyncio.to_thread(_answer, handler, request, run.is_wanted)
        except SpaceError as error:
            raise gr.Error(str(error), print_exception=False) from error
        finally:
            run.stop()

    api(
        attention,
        api_name="attention",
        concurrency_id=concurrency_id,
        concurrency_limit=concurrency_limit,
    )


def _answer(
    handler: Handler, request: Request, is_wanted: Callable[[], bool]
) -> tuple[list[TokenRow], FileData]:
    """The tokens, and the file of weights."""
    loaded = handler.load(request)
    trace = handler.trace(request, loaded, is_wanted)
    path = handler.publish_weights(trace, loaded.checkpoint)
    return token_rows(trace), FileData(path=str(path), orig_name=path.name)


def token_rows(trace: Trace) -> list[TokenRow]:
    """The tokens of a trace, source first."""
    sides = (("source", trace.source), ("target", trace.target or ()))
    return [_token_row(side, token) for side, tokens in sides for token in tokens]


def _token_row(side: str, token: Token) -> TokenRow:
    return {
        "side": side,
        "text": token.text,
        "vocabulary": token.vocabulary,
        "token_id": token.token_id,
        "segment": token.segment,
        "special": token.special,
    }
