"""Test that a reader who waits sees the place in the queue, or a message that the queue is full."""

from concurrent.futures import as_completed

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from playwright.sync_api import expect

from bertviz_space.limits import MAX_WAITING_RUNS, RUNS_AT_ONCE
from tests.api.jobs import wait_until
from tests.browser.reader import (
    choose_model,
    expect_error,
    expect_outcome,
    expect_tokens,
    open_page,
    outcome,
    run,
    text_field,
    view,
)
from tests.paused_runs import PausedRuns

# No other test has these texts: a text that was run before is shown without a run.
SHOWN = "The nurse asked the sailor a question"
WAITING = "The nurse asked the doctor a question"
NEWER = "The sailor asked the nurse a question"


@pytest.fixture
def program(url) -> Client:
    return Client(url, verbose=False)


@pytest.fixture
def opened(page, url):
    """Open the page and draw a picture."""
    open_page(page, url)
    choose_model(page, "tiny-bert")
    page.get_by_label("Second text").fill("")
    text_field(page).fill(SHOWN)
    run(page)
    expect_tokens(view(page, "head"), ["[CLS]", *SHOWN.split(), "[SEP]"])
    choose_model(page, "tiny-gpt2")
    expect(page.get_by_label("Second text")).to_be_hidden()
    return page


def fill_places(program: Client, slow: PausedRuns) -> list:
    """Start as many runs of programs as can run at once."""
    jobs = [program.submit("tiny-gpt2", SHOWN, api_name="/attention") for _ in range(RUNS_AT_ONCE)]
    assert [slow.begun.get(timeout=30) for _ in jobs] == [SHOWN] * RUNS_AT_ONCE
    return jobs


def test_a_reader_who_waits_can_press_run_again_and_is_served(opened, url, program, slow):
    fill_places(program, slow)
    text_field(opened).fill(WAITING)
    run(opened)
    expect(outcome(opened)).to_have_text("Waiting: 2 runs before yours …")
    behind = Client(url, verbose=False).submit("tiny-gpt2", SHOWN, api_name="/attention")
    [waiting] = wait_until(behind, lambda status: status.progress_data).progress_data
    assert waiting.desc == "Waiting: 3 runs before yours …"
    # The second press is last in the queue and replaces the first.
    text_field(opened).fill(NEWER)
    run(opened)
    expect(outcome(opened)).to_have_text("Waiting: 3 runs before yours …")
    expect_tokens(view(opened, "head"), ["[CLS]", *SHOWN.split(), "[SEP]"])
    slow.let_go.set()
    expect_outcome(opened, "^tiny-gpt2 .* tokens$")
    expect_tokens(view(opened, "head"), NEWER.split())
    behind.result(30)
    assert {slow.begun.get(timeout=30) for _ in range(2)} == {SHOWN, NEWER}


def test_a_full_queue_is_reported(opened, program, slow):
    jobs = fill_places(program, slow)
    more = [
        program.submit("tiny-gpt2", SHOWN, api_name="/attention")
        for _ in range(MAX_WAITING_RUNS + 1)
    ]
    # One of the programs finds the queue full.
    refused = next(as_completed([job.future for job in more], timeout=30))
    with pytest.raises(AppError):
        refused.result()
    run(opened)
    expect_error(opened, "^The queue is full: 32 runs are waiting. Wait a minute and try again.$")
    expect_tokens(view(opened, "head"), ["[CLS]", *SHOWN.split(), "[SEP]"])
    expect(opened.locator(".toast-body")).to_have_count(0)
    slow.let_go.set()
    for job in [*jobs, *more]:
        if job.future is not refused:
            job.result(30)
    text_field(opened).fill(NEWER + " once more")
    run(opened)
    expect_outcome(opened, "^tiny-gpt2 .* tokens$")
