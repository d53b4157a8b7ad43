"""Limits on the number of events that Gradio runs at the same time."""

from typing import TypedDict


class ConcurrencyGroup(TypedDict):
    """Events that share one limit in Gradio.

    Attributes:
        concurrency_id: the name of the group.
        concurrency_limit: how many events of the group run at the same time. Gradio 6.31 uses the
            smallest limit that any event of the group names.
    """

    concurrency_id: str
    concurrency_limit: int


# Reading a model's small files mostly waits for the Hub. The page and programs share this group.
LOOKUPS = ConcurrencyGroup(concurrency_id="fields", concurrency_limit=4)
