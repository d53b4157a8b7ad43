"""The form shows the fields of the model that was chosen last."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from fastapi import Request as HttpRequest

from bertviz_space.models.options import ModelOptions
from bertviz_space.page.model_choice import _ModelLookup

NUM_FIELDS = 10


def opened(session: str) -> gr.Request:
    return gr.Request(HttpRequest({"type": "http"}), session_hash=session)


@pytest.mark.parametrize("is_same_page", [True, False])
def test_a_lookup_that_ends_late_changes_nothing_if_the_page_has_begun_another_one(is_same_page):
    begun, let_go = Event(), Event()

    def options(model_id: str, _: Any) -> ModelOptions:
        if model_id == "slow":
            begun.set()
            assert let_go.wait(60)
        return ModelOptions(None, continues=model_id == "quick")

    lookup = _ModelLookup(SimpleNamespace(options=options), NUM_FIELDS)  # type: ignore[arg-type]
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(lookup.updates, opened("one"), None, "slow", "", "")
        assert begun.wait(60)
        other = "one" if is_same_page else "two"
        quick = lookup.updates(opened(other), None, "quick", "", "")
        let_go.set()
        updates = late.result(60)
    assert len(quick) == len(updates) == 1 + NUM_FIELDS
    assert quick[-1]["visible"] is True
    assert (updates == [gr.skip()] * (1 + NUM_FIELDS)) == is_same_page
