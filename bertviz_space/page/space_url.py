"""The URL of the Space's page on the Hub."""

import os
import re

# Hugging Face sets both on a Space: its id, and the host that serves the page in a frame.
_ID_VARIABLE, _HOST_VARIABLE = "SPACE_ID", "SPACE_HOST"
_ID = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*", re.ASCII)
_HOST = re.compile(r"[a-z\d-]+(\.[a-z\d-]+)+", re.ASCII | re.IGNORECASE)


def space_url() -> str:
    """Return the URL of the Space's page on the Hub, an empty string if this is no Space."""
    space_id = os.environ.get(_ID_VARIABLE, "")
    is_space = _ID.fullmatch(space_id) and _HOST.fullmatch(os.environ.get(_HOST_VARIABLE, ""))
    return f"https://huggingface.co/spaces/{space_id}" if is_space else ""
