"""A view as the output of a notebook cell: a stand-alone page in a frame."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from ..files.html import PageTheme, page_of
from ..files.svg.caption import numbers_in_words
from ..files.view_request import ViewRequest
from ..files.wire import PREDICTIONS, TraceFiles
from ..trace import Trace
from .arguments import NamedTrace
from .still_picture import still_picture, title_of

# Bytes of a result's files that a page contains. In base64, and with modules and picture, the
# output of a cell then stays below 8 MB.
MAX_FILE_BYTES = 5 * 10**6

# Pixels: the height of the frame until the page has set its own.
_HEIGHT = 560

_FRAME = (
    '<iframe class="bertviz-notebook-frame" srcdoc="{page}" title="{title}" '
    'style="border: 0; display: block; height: {height}px; width: 100%"></iframe>'
)


class CellPage:
    """A view as the output of a cell, and as a page that can be saved.

    A notebook shows the page in a frame. Below the frame is a picture, which the page removes: it
    stays where no script runs, such as on GitHub.

    Attributes:
        data: the page as a complete HTML file, which needs no server and no network.
    """

    def __init__(self, named: NamedTrace, request: ViewRequest, theme: PageTheme) -> None:
        """Write the page.

        Args:
            named: the trace to show, and its name.
            request: what the view shows of it.
            theme: the colors of the page.

        Raises:
            InvalidInput: if the trace has no such layer or head.
        """
        self._title = title_of(named, request)
        self._still_picture = still_picture(named, request, theme)
        self.data = _page(named, request, theme)

    def save(self, path: str | Path) -> None:
        """Write the page as an HTML file."""
        Path(path).write_text(self.data, encoding="utf-8")

    def _repr_html_(self) -> str:
        """Return the page in a frame, and the picture."""
        frame = _FRAME.format(page=escape(self.data), title=escape(self._title), height=_HEIGHT)
        return f"<div>{frame}{self._still_picture}</div>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """Return the page for places that show HTML, and its title for others."""
        return {"text/html": self._repr_html_(), "text/plain": self._title}


def _page(named: NamedTrace, request: ViewRequest, theme: PageTheme) -> str:
    """Return the page with as many files as ``MAX_FILE_BYTES`` allow, those of the view first."""
    _, layer, _ = request.resolve(named.trace)
    with TemporaryDirectory() as folder:
        files = TraceFiles(named.trace, named.model_id, named.revision, Path(folder))
        numbers = [layer.layer, *sorted(_layer_numbers(named.trace) - {layer.layer})]
        of_layers = {number: files.names_for(number, with_overviews=False) for number in numbers}
        names = dict.fromkeys(name for number in numbers for name in of_layers[number])
        others = [name for name in files.names if name not in names]
        order = [*names, *others]
        if request.view == "model":
            order = [*files.filtered.names(request.filter), *others, *names]
        embedded = _contents(files, order)
        known = {PREDICTIONS, *embedded}
        missing = [number for number in numbers if not known.issuperset(of_layers[number])]
        return page_of(
            request.view,
            request.link_query(layer.layer),
            files.manifest(),
            embedded,
            theme=theme,
            notes=named.trace.notes,
            left_out=_left_out(sorted(missing), len(numbers)),
        )


def _layer_numbers(trace: Trace) -> set[int]:
    return {layer.layer for layers in trace.layers.values() for layer in layers}


def _contents(files: TraceFiles, names: Iterable[str]) -> dict[str, bytes]:
    """Return the bytes of files by their names, up to the first that does not fit."""
    contents: dict[str, bytes] = {}
    rest = MAX_FILE_BYTES
    for name in names:
        files.write(name)
        path = files.folder / name
        rest -= path.stat().st_size
        if rest < 0:
            break
        contents[name] = path.read_bytes()
        path.unlink()
    return contents


def _left_out(missing: Sequence[int], num_layers: int) -> str:
    """Return which layers the page does not contain, and what to do; empty if it contains all."""
    if not missing:
        return ""
    return (
        f"This output lacks {numbers_in_words('layer', missing)} of {num_layers} layers, because "
        f"it is limited to {MAX_FILE_BYTES / 1e6:g} MB of vectors and weights. To see one of them, "
        f"pass include_layers=[{missing[0]}]. To see all of them, install "
        "bertviz-space[notebook], or shorten the text."
    )
