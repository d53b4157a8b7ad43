"""Connects the events that show a result with what they update on the page."""

from collections.abc import Callable

import gradio as gr
from gradio.events import Dependency

from .components import View
from .fields import Fields
from .message_line import MessageLine
from .run_button import RunButton


def connect_runs(
    demo: gr.Blocks,
    run_button: RunButton,
    fields: Fields,
    example_filled: Dependency,
    own_file: gr.UploadButton,
    message: MessageLine,
    views: list[View],
) -> Dependency:
    """Show a result when the page opens, and when the reader runs a text or opens a file.

    Args:
        demo: the page.
        run_button: does the work.
        fields: what to run, and the Run button.
        example_filled: an example has filled in the fields.
        own_file: the button that opens a file.
        message: shows the steps of a run and its end.
        views: show the result.

    Returns:
        The event after which the views have the values with which the page opens.
    """
    result = gr.State(None)
    first = demo.load(
        run_button.open_page,
        outputs=[message, result],
        show_progress="hidden",
        queue=False,
        api_visibility="private",
    )
    opened = _show(first, result, views)
    # An example has neither interventions nor a comparison.
    example_alone = _without_comparison(example_filled.then, fields)
    example = [gr.State("") if field is fields.interventions else field for field in fields.request]
    alone = _without_comparison(fields.interventions.clear, fields)
    for event, work, inputs in (
        (fields.run.click, run_button.run, fields.request),
        (fields.compare.click, run_button.run, fields.request),
        (fields.interventions.submit, run_button.run, fields.request),
        (alone.then, run_button.run, fields.request),
        (example_alone.then, run_button.run, example),
        (own_file.upload, run_button.open_file, own_file),
    ):
        finished = event(
            work,
            inputs=inputs,
            outputs=[message, result],
            # With preprocessing, Gradio 6.31 writes a traceback for a value that a field does not
            # accept, and leaves an empty file behind for each file that it passes on.
            preprocess=False,
            validator=run_button.start,
            trigger_mode="multiple",
            show_progress="hidden",
            concurrency_limit=None,  # runs wait in our own queue
            api_visibility="private",
        )
        _show(finished, result, views)
    return opened


def _without_comparison(event: Callable[..., Dependency], fields: Fields) -> Dependency:
    """Empty the fields of the other run after an event."""
    return event(
        lambda: ("", None),
        outputs=[fields.other_text, fields.other_model],
        show_progress="hidden",
        queue=False,
        api_visibility="private",
    )


def _show(finished: Dependency, result: gr.State, views: list[View]) -> Dependency:
    """Connect the event that shows the current result in all views after another, and return it.

    After a failed run the result is the same value as before, and the views do not change. An event
    cannot leave out the views: ``gr.skip()`` removes the props of a view in a closed tab.
    """
    return finished.then(
        lambda shown: [shown] * len(views),
        inputs=result,
        outputs=views,
        # A stopped run triggers this event as well, and the result of the newer run must come
        # after that of the stopped one.
        trigger_mode="always_last",
        show_progress="hidden",
        queue=False,
        api_visibility="private",
    )
