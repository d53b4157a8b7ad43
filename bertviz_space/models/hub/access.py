"""Whose token a request to the Hub carries, and the messages for a reader without access.

On a Space where readers can sign in, each request carries the reader's own token, and never the
Space's. Anywhere else, the requests of readers without a token carry ``HF_TOKEN``, or the token of
the account that this machine is signed in with: the machine's owner shares it with all readers.
"""

import os
from dataclasses import dataclass, field

# Hugging Face sets these for a Space with ``hf_oauth: true`` in its header, and Gradio needs them.
_SIGN_IN_VARIABLES = (
    "SPACE_ID",
    "OAUTH_CLIENT_ID",
    "OAUTH_CLIENT_SECRET",
    "OAUTH_SCOPES",
    "OPENID_PROVIDER_URL",
)


@dataclass(frozen=True)
class Reader:
    """A person or program that asks for a model.

    Attributes:
        token: their own token of the Hub, ``None`` if they have none. It is passed from call to
            call and never stored: not in a log, a result, a link or a message.
    """

    token: str | None = field(default=None, repr=False)


ANONYMOUS = Reader()


def can_sign_in() -> bool:
    """Return whether this is a Space whose readers can sign in with Hugging Face."""
    return os.environ.get("SYSTEM") == "spaces" and all(
        os.environ.get(name) for name in _SIGN_IN_VARIABLES
    )


def gated_message(reader: Reader, has_shared_token: bool) -> str:
    """Return why a reader cannot read a gated model, to follow the model's id in a sentence.

    Args:
        reader: the reader who asked for the model.
        has_shared_token: True if requests without a reader's token carry the Space's token.
    """
    if reader.token is not None:
        return (
            "is gated, and your account was not granted access to it. Ask its authors for access "
            "on its page, then run again."
        )
    if can_sign_in():
        return (
            "is gated: its authors ask for a sign-in. Press Sign in with Hugging Face, and use an "
            "account that was granted access."
        )
    if has_shared_token:
        return "is gated, and this Space's token has no access to it. Choose an open model."
    return (
        "is gated: its authors ask for a sign-in, and this Space has none. Choose an open model, "
        "or duplicate the Space and set HF_TOKEN to a token of yours that has access."
    )


def not_found_message(model_id: str, reader: Reader) -> str:
    """Return the message for an id that the Hub does not show to a reader.

    The Hub gives the same answer for a missing model and for a private one.
    """
    if reader.token is not None:
        return f"The Hub has no model {model_id} that your account may read. Check the spelling."
    sign_in = ", or sign in with Hugging Face" if can_sign_in() else ""
    return f"The Hub has no model {model_id}, or it is private. Check the spelling{sign_in}."
