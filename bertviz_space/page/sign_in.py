"""Signing in with Hugging Face, as Gradio does it, on a Space whose readers can."""

import json
from collections.abc import Sequence
from typing import Any

import gradio as gr

from ..limits import MAX_SIGN_IN_CHARACTERS
from ..models.hub.access import can_sign_in

_SIGN_IN = "Sign in with Hugging Face"

# Goes to sign in or out, and comes back to what the fields say, as a link to it. The message asks
# the Hub's page around a Space to let the page of the sign-in scroll.
_GO = """(label, ...values) => {
  const query = new URLSearchParams();
  NAMES.forEach((name, index) => {
    if (values[index]) query.set(name, values[index] === true ? "1" : values[index]);
  });
  const link = query.toString().length > MOST ? "/" : `/?${query}`;
  const path = label === SIGN_IN ? "/login/huggingface" : "/logout";
  window.parent?.postMessage({ type: "SET_SCROLLING", enabled: true }, "*");
  window.location.assign(`${path}?_target_url=${encodeURIComponent(link)}`);
}"""


class _SignInButton(gr.LoginButton):
    """Gradio's button, which itself loses what is in the fields, and adds a public endpoint.

    Both in Gradio 6.31 (``tests/browser/test_sign_in.py``).
    """

    def get_block_name(self) -> str:
        """What the page draws it as."""
        return "button"

    def activate(self) -> None:
        """Gradio's place for its events; ``lay_out_sign_in`` adds ours."""


def lay_out_sign_in(demo: gr.Blocks) -> gr.LoginButton | None:
    """Build the button that signs in, and then out; ``None`` where readers cannot sign in."""
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


def keep_through_sign_in(
    button: gr.LoginButton, names: Sequence[str], fields: Sequence[Any]
) -> None:
    """Have the button come back to what the fields say.

    Args:
        button: the button.
        names: what a link calls each field.
        fields: the components, in the same order.
    """
    script = (
        _GO.replace("NAMES", json.dumps(list(names)))
        .replace("MOST", str(MAX_SIGN_IN_CHARACTERS))
        .replace("SIGN_IN", json.dumps(_SIGN_IN))
    )
    button.click(None, inputs=[button, *fields], js=script, api_visibility="private")
