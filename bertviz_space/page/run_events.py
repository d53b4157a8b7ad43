"""Connects the events that show a result with what they update on the page."""

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
) -> None:
    """Show a result when the page opens, and when the reader runs a text or opens a file.

    Args:
        demo: the page.
        run_button: does the work.
        fields: what to run, and the Run button.
        example_filled: an example has filled in the fields.
        own_file: the button that opens a file.
        message: shows the steps of a run and its end.
        views: show the result.
    """
    result = gr.State(None)
    opened = demo.load(
        run_button.open_page,
        outputs=[message, result],
        show_progress="hidden",
        queue=False,
        api_visibility="private",
    )
    _show(opened, result, views)
    alone = [*fields.request[:-3], *(gr.State("") for _ in range(3))]
    for event, work, inputs in (
        (fields.run.click, run_button.run, fields.request),
        (fields.interventions.submit, run_button.run, fields.request),
        (example_filled.then, run_button.run, alone),  # an example has no interventions
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


def _show(finished: Dependency, result: gr.State, views: list[View]) -> None:
    """Show the current result in all views after an event.

    After a failed run the result is the same value as before, and the views do not change. An event
    cannot leave out the views: ``gr.skip()`` removes the props of a view in a closed tab.
    """
    finished.then(
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
