"""In whose name the Hub is asked, and what is said to one who may not read a model.

On a Space where readers can sign in, each asks in their own name, and the Space's own token is lent
to nobody. Anywhere else who has no token of their own asks in the name of ``HF_TOKEN``, or of the
account that this machine is signed in with, if there is one: its owner lends it to everybody.
"""

import os
from dataclasses import dataclass, field

# What Hugging Face sets for a Space with ``hf_oauth: true`` in its header, and Gradio needs.
_SIGN_IN = (
    "SPACE_ID",
    "OAUTH_CLIENT_ID",
    "OAUTH_CLIENT_SECRET",
    "OAUTH_SCOPES",
    "OPENID_PROVIDER_URL",
)


@dataclass(frozen=True)
class Reader:
    """One who asks for a model.

    Attributes:
        token: their own token of the Hub, ``None`` if they have none. It is handed from call to
            call and kept nowhere: in no log, result, link or sentence.
    """

    token: str | None = field(default=None, repr=False)


ANONYMOUS = Reader()


def can_sign_in() -> bool:
    """True on a Space whose readers can sign in with Hugging Face."""
    return os.environ.get("SYSTEM") == "spaces" and all(os.environ.get(name) for name in _SIGN_IN)


def gated(reader: Reader, space_has_token: bool) -> str:
    """Why a gated model does not come, to follow its id.

    Args:
        reader: who asked for it.
        space_has_token: True if the Space has a token that it lends.
    """
    if reader.token is not None:
        return (
            "is gated, and your account was not granted access to it. Ask its authors for it on "
            "its page, then run again."
        )
    if can_sign_in():
        return (
            "is gated: its authors ask for a sign-in. Press Sign in with Hugging Face, above, with "
            "an account that was granted access."
        )
    if space_has_token:
        return "is gated, and this Space's token has no access to it. Choose an open model."
    return (
        "is gated: its authors ask for a sign-in, and this Space has none. Choose an open model, "
        "or duplicate the Space and set HF_TOKEN to a token of yours that has access."
    )


def unseen(model_id: str, reader: Reader) -> str:
    """What is said of an id that the Hub does not show; it does not say why."""
    if reader.token is not None:
        return f"The Hub has no model {model_id} that your account may read. Check the spelling."
    sign_in = ", or sign in with Hugging Face, above" if can_sign_in() else ""
    return f"The Hub has no model {model_id}, or it is private. Check the spelling{sign_in}."
