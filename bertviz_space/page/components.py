"""Our Gradio components: the three views, each a constant host element, and the message line.

Facts of Gradio 6.31 that this module rests on, each guarded by ``tests/browser``:

* A template that holds a changing prop is rendered again and wipes what D3 drew, so the template
  is constant. User text in a template would be executed: none ever gets there.
* ``gr.update`` on a custom HTML component replaces all its props: send plain values, or a bare
  ``gr.skip()``, which leaves it alone.
* Every constructor argument of our own must be stored on ``self``.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any, Literal, get_args

import gradio as gr
from gradio.components.base import Component
from gradio.data_classes import FileData, GradioModel
from pydantic import model_validator  # Gradio's models are pydantic's

from ..asset_folder import asset_folder
from ..errors import SpaceError, replace_surrogates
from .published_assets import published


class Result(GradioModel):
    """The value of a view.

    Attributes:
        manifest: where the page finds the manifest of a trace.
        request: what a link says to have it again (``links.query_of``), empty where it would be too
            long, ``None`` where it is of a file.
    """

    manifest: FileData
    request: str | None = ""


class View(gr.HTML):
    """One of the three views. ``value`` is a ``Result``, or ``None`` before the first run.

    Args:
        value: the result to show first.
        shared: views with the same name share what the reader picks, and lead from one to the
            other; a view without one never touches another.
        layer: the layer on view at first, by its true number.
        heads: the heads that are active at first.
        include_layers: the layers that the model view shows at first.
        include_heads: the heads that the model view shows at first.
        server_functions: ``[preparing(...)]`` where files are made on request; without it all files
            of a result are there.
    """

    data_model = Result
    module: str

    def __init__(
        self,
        value: Result | None = None,
        shared: str | None = None,
        layer: int | None = None,
        heads: list[int] | None = None,
        include_layers: list[int] | None = None,
        include_heads: list[int] | None = None,
        **kwargs: Any,
    ) -> None:
        self.view_module = published(f"views/{self.module}.js")
        self.shared = shared
        self.layer = layer
        self.heads = heads
        self.include_layers = include_layers
        self.include_heads = include_heads
        super().__init__(
            value=value,
            html_template='<div class="bertviz-host"></div>',
            js_on_load=(asset_folder() / "loader.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            view_module=self.view_module,
            shared=shared,
            layer=layer,
            heads=heads,
            include_layers=include_layers,
            include_heads=include_heads,
            **kwargs,
        )

    def preprocess(self, payload: Any) -> Any:
        """Hand the ``Result`` to Python as it is."""
        return payload

    def postprocess(self, value: Any) -> Any:
        """Hand the ``Result`` to the page as it is."""
        return value

    def api_info(self) -> dict[str, Any]:
        """The schema of ``Result``; ``gr.HTML`` would say that it is a string."""
        return Component.api_info(self)

    def example_payload(self) -> None:
        """No example value: a result exists only once a model has run."""

    def example_value(self) -> None:
        """No example value: a result exists only once a model has run."""


class HeadView(View):
    """Which token attends to which, for the chosen heads of one layer."""

    module = "head"


class ModelView(View):
    """All layers and heads at a glance."""

    module = "model"


class NeuronView(View):
    """The query and key vectors of one head, and how they make its attention."""

    module = "neuron"


def preparing(make: Callable[[str, str], Future[bool]]) -> Callable[[str], Awaitable[bool | str]]:
    """The server function of a view that has a file made before the page fetches it.

    Args:
        make: is given the name of a result's folder and that of a file in it; True once the file is
            there.

    Returns:
        A function that gives what ``make`` gives, or the sentence of the error that says why the
        file cannot be made now.
    """

    # loader.js calls it by this name.
    async def prepare(url: str) -> bool | str:
        # Gradio hands in whatever anyone sends.
        if not isinstance(url, str):
            return False
        *_, token, file = "", *url.partition("?")[0].split("/")
        # Waiting here takes none of the threads that serve everyone.
        try:
            return await asyncio.wrap_future(make(token, file))
        except SpaceError as error:
            return str(error)

    return prepare


MessageKind = Literal["status", "error", "over"]


class Message(GradioModel):
    """The line under the Run button: what was done, or what went wrong.

    It may quote what a stranger sent: a question mark takes the place of half a character, which no
    answer can hold.

    A line break in the text begins a new line. ``over`` takes an error of this text off the page,
    and nothing else: another line may have taken its place meanwhile.
    """

    text: str
    kind: MessageKind

    @model_validator(mode="before")
    @classmethod
    def _none_yet(cls, value: Any) -> Any:
        """Gradio 6.31: where there is no message the page sends an empty string.

        A program may send anything, and Gradio writes a traceback for what is no message.
        """
        if isinstance(value, dict):
            text, kind = value.get("text"), value.get("kind")
            if isinstance(text, str) and isinstance(kind, str) and kind in get_args(MessageKind):
                return {"text": replace_surrogates(text), "kind": kind}
        return {"text": "", "kind": "status"}


class MessageLine(gr.HTML):
    """Shows a ``Message`` as text, never as HTML."""

    data_model = Message

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            value=None,
            html_template='<p class="bertviz-outcome" role="status"></p>',
            js_on_load=(asset_folder() / "page" / "message.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            **kwargs,
        )

    def preprocess(self, payload: Any) -> Any:
        """Hand the ``Message`` to Python as it is."""
        return payload

    def postprocess(self, value: Any) -> Any:
        """Hand the ``Message`` to the page as it is."""
        return value
