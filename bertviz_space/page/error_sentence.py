"""What the page says about an error."""

import logging

import gradio as gr

from ..errors import INTERNAL_ERROR, SpaceError

_log = logging.getLogger(__name__)


def sentence_about(error: Exception) -> str:
    """Return the message about an error for the reader, and log an unexpected error."""
    if isinstance(error, SpaceError):
        return str(error)
    if isinstance(error, gr.Error):  # ZeroGPU provides no GPU, at all or to this visitor
        return error.message
    _log.error("a run failed", exc_info=error)
    return INTERNAL_ERROR
