"""A view as a widget, whose page requests the files of a layer when it shows the layer."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import anywidget
import traitlets

from ..asset_folder import asset_folder
from ..errors import SpaceError
from ..files.html import PageTheme, page_of
from ..files.view_request import ViewRequest
from ..files.wire import TraceFiles
from .arguments import NamedTrace
from .still_picture import still_picture, title_of


class ViewWidget(anywidget.AnyWidget):
    """A view as the output of a cell, for texts of any length.

    The page is in a frame, as in ``CellPage``, but contains no files. It requests each one by its
    name, and receives its bytes. So the saved notebook stays small, and the view needs the kernel.
    """

    _esm = asset_folder() / "notebook" / "widget.js"
    page = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)

    def __init__(self, named: NamedTrace, request: ViewRequest, theme: PageTheme) -> None:
        """Write the page, with the arguments of ``CellPage``."""
        _, layer, _ = request.resolve(named.trace)
        self._folder = TemporaryDirectory()
        folder = Path(self._folder.name)
        self._files = TraceFiles(named.trace, named.model_id, named.revision, folder)
        self._still_picture = still_picture(named, request, theme)
        link = request.link_query(layer.layer)
        page = page_of(
            request.view,
            link,
            self._files.manifest(),
            {},
            theme=theme,
            notes=named.trace.notes,
        )
        super().__init__(page=page, title=title_of(named, request))
        self.on_msg(self._answer)

    def _answer(self, widget: object, message: Any, buffers: object) -> None:
        """Send the bytes of a file that the page requests, or an error message."""
        name = message.get("name") if isinstance(message, dict) else None
        if not isinstance(name, str) or not self._has(name):
            return
        answer = {"id": message.get("id")}
        try:
            self.send(answer, [self._read(name)])
        except SpaceError as error:
            self.send({**answer, "error": str(error)})

    def _has(self, name: str) -> bool:
        return name in self._files.names or self._files.filtered.contains(name)

    def _read(self, name: str) -> bytes:
        self._files.write(name)
        path = self._files.folder / name
        data = path.read_bytes()
        path.unlink()  # the page keeps what it has received
        return data

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the widget, and a picture for places where no kernel runs."""
        # pyrefly: ignore[not-iterable], it is None only without a view
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return {**data, "text/html": self._still_picture, "text/plain": self.title}, metadata
