"""A picture of a view for places where no script runs, such as the preview of a notebook."""

import base64
from html import escape

from ..files.html import PageTheme
from ..files.svg.options import PictureOptions
from ..files.svg.picture import picture_of
from ..files.view_request import ViewRequest
from .arguments import NamedTrace

# Lines of the picture, about half a megabyte.
_MAX_LINES = 10_000

# Weights that are computed for the picture, at most a second: 12 heads of 4,096 tokens in the head
# view, and 144 heads of 1,024 tokens in the model view.
_MAX_WEIGHTS = 2**28


def title_of(named: NamedTrace, request: ViewRequest) -> str:
    """Return the title of a view, such as ``Head view of gpt2``."""
    return f"{request.view.capitalize()} view of {named.model_id}"


def still_picture(named: NamedTrace, request: ViewRequest, theme: PageTheme) -> str:
    """Return an ``img`` element with the picture of a view as SVG.

    A view with more than ``_MAX_WEIGHTS`` weights has a sentence instead.

    Raises:
        InvalidInput: if the trace has no such layer or head.
    """
    part, layer, _ = request.resolve(named.trace)
    title = escape(title_of(named, request))
    drawn = named.trace.layers[part.component] if request.view == "model" else [layer]
    if request.view == "head" and named.trace.compared is not None:
        others = named.trace.compared.trace.layers[part.component]
        drawn = [*drawn, *(each for each in others if each.layer == layer.layer)]
    if sum(each.num_heads * each.num_queries * each.num_keys for each in drawn) > _MAX_WEIGHTS:
        return f"<p>{title}. A text of this length is shown only where scripts run.</p>"
    options = PictureOptions(theme="dark" if theme == "dark" else "light", max_lines=_MAX_LINES)
    svg = picture_of(request, named.trace, named.model_id, named.revision, options)
    data = base64.b64encode(svg.encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{title}">'
