"""Write the files that programs request, each from one trace."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..errors import TextTooLong
from ..limits import MAX_CHAT_BYTES, MAX_PAGE_BYTES, MAX_WEIGHTS_BYTES
from ..trace import Trace
from ..trace.size import num_bytes_of
from .html import content_of, page_of
from .svg.options import PictureOptions
from .svg.picture import picture_of
from .tensor_export import LayersAndHeads, weights_bytes, write_query_key, write_weights
from .view_request import ViewName, ViewRequest
from .wire import TraceFiles
from .writing import disk_errors, write_text


def export_weights(
    trace: Trace, model_id: str, revision: str, folder: Path, selection: LayersAndHeads
) -> Path:
    """Write the weights of some layers and heads; return the path of the safetensors file.

    Raises:
        NoSuchHead: if the trace does not have a selected layer or head.
        TextTooLong: if the weights are larger than ``MAX_WEIGHTS_BYTES``.
        ResultNotWritten: if the disk does not accept the file.
    """
    num_bytes = weights_bytes(trace, selection)
    if num_bytes > MAX_WEIGHTS_BYTES:
        raise TextTooLong(
            f"The weights of {len(trace.source):,} tokens are {num_bytes / 1e9:.1f} GB, and an "
            f"answer can have at most {MAX_WEIGHTS_BYTES / 1e9:.1f} GB. Shorten the text, or ask "
            "for fewer layers or heads."
        )
    return write_weights(trace, selection, model_id, revision, folder / "attention.safetensors")


def export_query_key(
    trace: Trace, model_id: str, revision: str, folder: Path, selection: LayersAndHeads
) -> Path:
    """Write the query and key vectors of some heads; return the path of the safetensors file.

    Raises:
        NoSuchHead: if the trace does not have a selected layer or head.
        ResultNotWritten: if the disk does not accept the file.
    """
    return write_query_key(trace, selection, model_id, revision, folder / "query_key.safetensors")


def export_html(
    trace: Trace, model_id: str, revision: str, folder: Path, view: ViewRequest
) -> Path:
    """Write a view as a page that needs no server; return the path of the HTML file.

    If the trace is larger than ``MAX_PAGE_BYTES``, the page contains only the layer of the view.

    Raises:
        NoSuchAttentionPart, NoSuchHead: if the trace has no such attention part, layer or head.
        InvalidFilter: if the filter does not fit the text.
        ResultNotWritten: if the disk does not accept the file.
    """
    page = page_of(*_parts_of(trace, model_id, revision, view, MAX_PAGE_BYTES))
    return write_text(folder / f"{view.view}.html", page)


def view_content(
    trace: Trace, model_id: str, revision: str, view: ViewRequest
) -> dict[str, object]:
    """Return the content of such a page as JSON, for a page that is in a chat.

    If the trace is larger than ``MAX_CHAT_BYTES``, the content is only the layer of the view.

    Raises:
        NoSuchAttentionPart, NoSuchHead: if the trace has no such attention part, layer or head.
        InvalidFilter: if the filter does not fit the text.
        TextTooLong: if the layer of the view is larger than ``MAX_CHAT_BYTES``.
        ResultNotWritten: if the disk does not accept a temporary file.
    """
    parts = _parts_of(trace, model_id, revision, view, MAX_CHAT_BYTES)
    num_bytes = sum(map(len, parts[-1].values()))
    if num_bytes > MAX_CHAT_BYTES:
        raise TextTooLong(
            f"This view of {len(trace.source):,} tokens has {num_bytes / 1e6:.1f} MB, and a view "
            f"in a chat can have at most {MAX_CHAT_BYTES / 1e6:.1f} MB. Open the page at the URL "
            "in the answer instead, or shorten the text."
        )
    return content_of(*parts)


def _parts_of(
    trace: Trace, model_id: str, revision: str, view: ViewRequest, max_bytes: int
) -> tuple[ViewName, str, dict[str, Any], dict[str, bytes]]:
    """Return the arguments of ``page_of``, with all layers of a trace of at most ``max_bytes``."""
    _, layer, _ = view.resolve(trace)
    with disk_errors():
        temporary = TemporaryDirectory()
    with temporary as parts:
        files = TraceFiles(trace, model_id, revision, Path(parts))
        is_small = num_bytes_of(trace) <= max_bytes
        names = files.names if is_small else files.names_for(layer.layer, view.view == "model")
        names += tuple(files.filtered.names(view.filter) if view.view == "model" else ())
        for name in names:
            files.write(name)
        embedded = {name: (files.folder / name).read_bytes() for name in names}
        return view.view, view.link_query(layer.layer), files.manifest(), embedded


def export_svg(
    trace: Trace,
    model_id: str,
    revision: str,
    folder: Path,
    view: ViewRequest,
    options: PictureOptions,
) -> Path:
    """Write a view as a picture; return the path of the SVG file.

    Raises:
        NoSuchAttentionPart, NoSuchHead: if the trace has no such attention part, layer or head.
        InvalidFilter: if the filter does not fit the text.
        TextTooLong: if the view has too many numbers for a picture.
        ResultNotWritten: if the disk does not accept the file.
    """
    picture = picture_of(view, trace, model_id, revision, options)
    return write_text(folder / f"{view.view}.svg", picture)
