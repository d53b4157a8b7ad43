"""Write the files that programs request, each from one trace."""

from pathlib import Path
from tempfile import TemporaryDirectory

from ..errors import TextTooLong
from ..limits import MAX_PAGE_BYTES, MAX_WEIGHTS_BYTES
from ..trace import Trace
from ..trace.size import num_bytes_of
from .html import page_of
from .svg.options import PictureOptions
from .svg.picture import picture_of
from .tensor_export import LayersAndHeads, weights_bytes, write_query_key, write_weights
from .view_request import ViewRequest
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
    _, layer, _ = view.resolve(trace)
    with disk_errors():
        temporary = TemporaryDirectory()
    with temporary as parts:
        files = TraceFiles(trace, model_id, revision, Path(parts))
        is_small = num_bytes_of(trace) <= MAX_PAGE_BYTES
        names = files.names if is_small else files.names_for(layer.layer, view.view == "model")
        names += tuple(files.filtered.names(view.filter) if view.view == "model" else ())
        for name in names:
            files.write(name)
        embedded = {name: (files.folder / name).read_bytes() for name in names}
        page = page_of(view.view, view.link_query(layer.layer), files.manifest(), embedded)
    return write_text(folder / f"{view.view}.html", page)


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
