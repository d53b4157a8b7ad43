"""Display a view in a notebook, or return it."""

import sys
from importlib.util import find_spec
from typing import Any, Literal, get_args

from ..errors import InvalidInput
from ..files.html import PageTheme
from ..files.view_request import ViewRequest
from .arguments import NamedTrace
from .cell_page import CellPage

HtmlAction = Literal["view", "return"]
DisplayMode = PageTheme


def output_of(
    named: NamedTrace,
    request: ViewRequest,
    display_mode: DisplayMode,
    html_action: HtmlAction,
    as_widget: bool | None,
) -> Any:
    """Display a view or return it, as the arguments of ``head_view`` say.

    Raises:
        InvalidInput: if an argument has another value, if there is no such layer or head, or if a
            widget needs a package that is missing.
    """
    _check("display_mode", display_mode, get_args(DisplayMode))
    _check("html_action", html_action, get_args(HtmlAction))
    shell = _ipython()
    is_shown = html_action == "view"
    if as_widget is None:
        as_widget = is_shown and hasattr(shell, "kernel") and find_spec("anywidget") is not None
    kind = _widget_class() if as_widget else CellPage
    output = kind(named, request, display_mode)
    if not is_shown or shell is None:
        return output
    from IPython.display import display

    display(output)
    return None


def _check(name: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise InvalidInput(f"{name} is {value!r}, but it can be {' or '.join(map(repr, allowed))}.")


def _ipython() -> Any:
    """Return the shell of IPython that runs this program; ``None`` if it runs without IPython."""
    module = sys.modules.get("IPython")
    return None if module is None else module.get_ipython()


def _widget_class() -> Any:
    if find_spec("anywidget") is None:
        raise InvalidInput(
            "A widget needs the package anywidget: install bertviz-space[notebook], or leave out "
            "as_widget."
        )
    from .widget import ViewWidget

    return ViewWidget
