"""Limits the data about requests that Gradio 6.31 keeps for as long as the process lives."""

from typing import Any

from ..limits import MAX_SESSIONS


def forget_requests(demo: Any, uploads: Any) -> None:
    """Remove data that no later request needs. Call this function regularly, from any thread.

    Args:
        demo: the ``gr.Blocks`` that are served.
        uploads: the progress of uploads, ``gradio.routes.file_upload_statuses``.
    """
    queue = demo._queue
    # The results of a session that has ended can no longer be requested.
    for session in list(queue.pending_event_ids_session):
        if session not in queue.pending_messages_per_session:
            queue.pending_event_ids_session.pop(session, None)
    for progress in (uploads._statuses, uploads._signals):
        for upload in list(progress)[:-MAX_SESSIONS]:  # the oldest come first
            progress.pop(upload, None)
    # Only Gradio's own cleanup reads this set. It is off, because jobs/uploads.py removes uploads.
    demo.upload_file_set.clear()
