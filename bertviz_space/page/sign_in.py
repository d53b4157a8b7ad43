"""The button with which readers sign in to Hugging Face, on a Space that allows it."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from ..limits import MAX_SIGN_IN_CHARACTERS
from ..models.hub.access import can_sign_in
from . import links
from .browser_events import handle_in_browser

_SIGN_IN = "Sign in with Hugging Face"


class _SignInButton(gr.LoginButton):
    """Gradio's button without its events.

    In Gradio 6.31, these events clear the fields and add a public endpoint
    (``tests/browser/test_sign_in.py``).
    """

    def get_block_name(self) -> str:
        """Return the name of the component that the page draws."""
        return "button"

    def activate(self) -> None:
        """Connect no event of Gradio's; ``lay_out_sign_in`` connects the events of the Space."""


def lay_out_sign_in(demo: gr.Blocks) -> gr.LoginButton | None:
    """Build the button that signs in or out; return ``None`` if readers cannot sign in."""
    if not can_sign_in():
        return None
    button = _SignInButton(_SIGN_IN, "Sign out ({})", size="sm", elem_id="bertviz-sign-in")
    demo.load(
        button._check_login_status,
        outputs=button,
        show_progress="hidden",
        queue=False,
        api_visibility="private",
    )
    return button


def return_after_sign_in(button: gr.LoginButton, fields: Sequence[Any]) -> None:
    """Make the button sign in or out, and return to a link to what the fields contain.

    Args:
        button: the button.
        fields: the components of a request, in the order of ``links.parameter_names``.
    """
    handle_in_browser(
        button.click,
        "sign_in",
        inputs=[button, *fields],
        sign_in_label=_SIGN_IN,
        names=links.parameter_names(),
        max_characters=MAX_SIGN_IN_CHARACTERS,
    )
