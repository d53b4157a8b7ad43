"""The four views as Gradio components. Each is a constant host element; a module draws in it.

This module relies on facts about Gradio 6.31 that ``tests/browser`` guards:

* Gradio renders a template that contains a changing prop again, which removes what D3 drew, and it
  executes text in a template as code. So the template is constant and contains no text.
* ``gr.update`` on a custom HTML component replaces all its props, and ``gr.skip()`` removes those
  of a component that is not mounted yet, such as a view in a closed tab. Send plain values.
* Every constructor argument of a subclass must be stored on ``self``.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any

import gradio as gr
from gradio.components.base import Component
from gradio.data_classes import FileData, GradioModel

from ..asset_folder import asset_folder
from ..errors import SpaceError
from .file_url import folder_and_file
from .published_assets import published_script


class ViewValue(GradioModel):
    """The value of a view.

    Attributes:
        manifest: the manifest file of a result.
        request: the query string of a link that runs the request again (``links.query_of``): empty
            if it would be too long, ``None`` if the result comes from a reader's own file.
        fields: what the page's fields contained when the request was run, in the order of
            ``Fields.request``; ``None`` if the result comes from a reader's own file.
        is_first: whether the page contains the value from its start (``first_picture``). A page
            that a link to a text has opened ignores such a value.
    """

    manifest: FileData
    request: str | None = ""
    fields: list[str | bool | float | None] | None = None
    is_first: bool = False


class View(gr.HTML):
    """One of the four views.

    Args:
        value: the result to show first, ``None`` for none.
        shared: views with the same name share the reader's choices, and the reader can go from
            one to another; a view without a name is independent of all others.
        layer: the layer to show first, counted from 0.
        heads: the heads to show first.
        include_layers: the layers that the model view shows first.
        include_heads: the heads that the model view shows first.
        intervenes: whether the page can run the text again with interventions.
        server_functions: ``preparing(...)`` if the server makes a result's files on request;
            without it, all files of a result must exist. ``masking(...)`` if the view can mask a
            token, ``sweeping(...)`` if it can switch off heads. ``probing(...)`` if the model view
            can probe a model.
    """

    data_model = ViewValue
    module: str

    def __init__(
        self,
        value: ViewValue | None = None,
        shared: str | None = None,
        layer: int | None = None,
        heads: list[int] | None = None,
        include_layers: list[int] | None = None,
        include_heads: list[int] | None = None,
        intervenes: bool = False,
        **kwargs: Any,
    ) -> None:
        self.script = published_script()
        self.component_module = "page/view_component.js"
        self.view_module = f"views/{self.module}.js"
        self.shared = shared
        self.layer = layer
        self.heads = heads
        self.include_layers = include_layers
        self.include_heads = include_heads
        self.intervenes = intervenes
        super().__init__(
            value=value,
            html_template='<div class="bertviz-host"></div>',
            js_on_load=(asset_folder() / "loader.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            script=self.script,
            component_module=self.component_module,
            view_module=self.view_module,
            shared=shared,
            layer=layer,
            heads=heads,
            include_layers=include_layers,
            include_heads=include_heads,
            intervenes=intervenes,
            **kwargs,
        )

    def preprocess(self, payload: Any) -> Any:
        """Return the ``ViewValue`` unchanged."""
        return payload

    def postprocess(self, value: Any) -> Any:
        """Return the ``ViewValue`` unchanged."""
        return value

    def api_info(self) -> dict[str, Any]:
        """Return the schema of ``ViewValue``; that of ``gr.HTML`` is a string."""
        return Component.api_info(self)

    def example_payload(self) -> None:
        """Return ``None``: a result exists only after a run."""

    def example_value(self) -> None:
        """Return ``None``: a result exists only after a run."""


class HeadView(View):
    """Which token attends to which, for the chosen heads of one layer."""

    module = "head"


class ModelView(View):
    """All layers and heads at a glance."""

    module = "model"


class NeuronView(View):
    """The query and key vectors of one head, and how they make its attention."""

    module = "neuron"


class MatrixView(View):
    """The weights of one head, or the mean of several, as a matrix of queries and keys."""

    module = "matrix"


def preparing(make: Callable[[str, str], Future[bool]]) -> Callable[[str], Awaitable[bool | str]]:
    """Return the server function that a view calls before it fetches a file.

    Args:
        make: makes a file, given the names of a result's folder and of a file in it. Its future
            returns True if the file exists afterwards.

    Returns:
        A function that takes the file's URL. It returns the result of ``make``, or the message of
        the error that prevents the file from being made now.
    """

    # The browser calls the function by this name (assets/page/view_component.js).
    async def prepare(url: str) -> bool | str:
        # Gradio passes on whatever a program sends.
        if not isinstance(url, str):
            return False
        folder, file = folder_and_file(url)
        # Waiting here occupies none of the threads that serve all readers.
        try:
            return await asyncio.wrap_future(make(folder, file))
        except SpaceError as error:
            return str(error)

    return prepare
