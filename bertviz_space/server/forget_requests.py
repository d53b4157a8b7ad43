"""What Gradio 6.31 remembers of requests for as long as the process lives, forgotten in time."""

from typing import Any

from ..limits import MAX_SESSIONS


def forget_requests(demo: Any, progress: Any) -> None:
    """Forget what nobody asks for any more; to be called every now and then, from any thread.

    Args:
        demo: the ``gr.Blocks`` that are served.
        progress: how far uploads are, ``gradio.routes.file_upload_statuses``.
    """
    queue = demo._queue
    # The answers to calls of a session that has left can no longer be asked for.
    for session in list(queue.pending_event_ids_session):
        if session not in queue.pending_messages_per_session:
            queue.pending_event_ids_session.pop(session, None)
    for kept in (progress._statuses, progress._signals):
        for upload in list(kept)[:-MAX_SESSIONS]:  # the oldest come first
            kept.pop(upload, None)
    demo.upload_file_set.clear()  # for a cleanup of Gradio's, which is off: ``uploads`` has its own
