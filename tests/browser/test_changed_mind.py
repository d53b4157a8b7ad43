"""If a reader presses Run again during a run, the newest press wins."""

import re
from queue import SimpleQueue

import pytest
from gradio_client import Client
from playwright.sync_api import Page, Request, expect

from bertviz_space.jobs.job import ActiveJobs
from tests.browser.reader import (
    choose_model,
    expect_outcome,
    expect_tokens,
    open_page,
    outcome,
    run,
    run_example,
    second_text_field,
    text_field,
    view,
)
from tests.paused_runs import PausedRuns

# No other test has these texts: a text that was run before is shown without a run.
FIRST = "The sailor asked the doctor"
SECOND = "The doctor asked the sailor"

# The page reads each end of a stream of messages a second after it has arrived, like a busy page.
READ_LATE = """
  const fetchNow = window.fetch;
  window.fetch = async (resource, options) => {
    const response = await fetchNow(resource, options);
    const url = resource instanceof Request ? resource.url : String(resource);
    if (!url.includes("/queue/data")) return response;
    const read = new TransformStream({
      async transform(chunk, controller) {
        const isEnd = new TextDecoder().decode(chunk).includes("close_stream");
        if (isEnd) await new Promise((resolve) => setTimeout(resolve, 1000));
        controller.enqueue(chunk);
      },
    });
    return new Response(response.body.pipeThrough(read), response);
  };
"""


@pytest.fixture
def lines_kept(page: Page, url: str) -> None:
    """Open the page and record every message."""
    open_page(page, url)
    page.evaluate(
        """() => {
          window.lines = [];
          const line = document.querySelector(".bertviz-outcome");
          new MutationObserver(() => window.lines.push(line.textContent))
            .observe(line, { childList: true, characterData: true, subtree: true });
        }"""
    )


def press_run(page: Page, model_id: str, text: str) -> None:
    choose_model(page, model_id)
    expect(second_text_field(page)).to_be_visible(visible=model_id == "tiny-bert")
    if model_id == "tiny-bert":
        second_text_field(page).fill("")
    text_field(page).fill(text)
    run(page)


def lines_of(page: Page) -> list[str]:
    return page.evaluate("window.lines")


def is_request_to_run(request: Request, text: str) -> bool:
    return "queue/join" in request.url and text in (request.post_data or "")


def words(text: str) -> list[str]:
    return text.split()


def test_a_second_press_with_another_text_stops_the_first_run(page, lines_kept, slow: PausedRuns):
    press_run(page, "tiny-gpt2", FIRST)
    assert slow.entered.wait(30)
    text_field(page).fill(SECOND)
    run(page)
    # The newer run starts before the older one has ended.
    assert [slow.begun.get(timeout=30) for _ in range(2)] == [FIRST, SECOND]
    expect(outcome(page)).to_have_text("Running tiny-gpt2 on the text …")
    slow.let_go.set()
    expect_outcome(page, "^tiny-gpt2 .* tokens$")
    expect_tokens(view(page, "head"), words(SECOND))
    assert slow.stopped.get(timeout=30) == FIRST
    assert slow.stopped.empty()
    expect(page.locator(".toast-body")).to_have_count(0)


def test_an_older_run_that_ends_later_shows_nothing(page, lines_kept, slow: PausedRuns):
    press_run(page, "tiny-gpt2", FIRST + " a question")
    assert slow.entered.wait(30)
    press_run(page, "tiny-bert", SECOND)
    expect_outcome(page, "^tiny-bert .* tokens$")
    expect_tokens(view(page, "head"), ["[CLS]", *words(SECOND), "[SEP]"])
    slow.let_go.set()
    assert slow.ended.wait(30)
    assert slow.num_layers == 1
    assert slow.stopped.get(timeout=30) == FIRST + " a question"
    # The messages of a third run arrive after any message of the first.
    press_run(page, "tiny-bert", "The nurse")
    expect_tokens(view(page, "head"), ["[CLS]", "The", "nurse", "[SEP]"])
    expect_outcome(page, "^tiny-bert .* 4 tokens$")
    lines = lines_of(page)
    done = next(line for line in lines if re.match("tiny-bert .* 7 tokens$", line))
    assert not [line for line in lines[lines.index(done) :] if "gpt2" in line]


def test_the_picture_stays_until_the_newer_run_has_ended(page, lines_kept, slow: PausedRuns):
    press_run(page, "tiny-bert", FIRST)
    expect_tokens(view(page, "head"), ["[CLS]", *words(FIRST), "[SEP]"])
    press_run(page, "tiny-gpt2", FIRST + " twice")
    assert slow.entered.wait(30)
    text_field(page).fill(SECOND + " twice")
    run(page)
    assert slow.begun.get(timeout=30) == FIRST
    assert slow.begun.get(timeout=30) == FIRST + " twice"
    assert slow.begun.get(timeout=30) == SECOND + " twice"
    expect_tokens(view(page, "head"), ["[CLS]", *words(FIRST), "[SEP]"])
    slow.let_go.set()
    expect_tokens(view(page, "head"), words(SECOND + " twice"))


def test_a_press_is_not_lost_while_the_page_has_yet_to_read_the_end_of_the_last_event(page, url):
    page.add_init_script(READ_LATE)
    open_page(page, url)
    # The answer about the chosen model ends the stream.
    press_run(page, "tiny-gpt2", "The nurse read late")
    expect_outcome(page, "^tiny-gpt2 .* tokens$")
    expect_tokens(view(page, "head"), words("The nurse read late"))


def test_a_click_on_an_example_stops_a_run(page, lines_kept, slow: PausedRuns):
    press_run(page, "tiny-gpt2", FIRST + " an example")
    assert slow.entered.wait(30)
    # The message of the page's first result matches the one of the example.
    expect_outcome(page, "^Running tiny-gpt2")
    run_example(page, "Two different sentences")
    expect_outcome(page, "^tiny-bert .* tokens$")
    slow.let_go.set()
    assert slow.ended.wait(30)
    assert slow.stopped.get(timeout=30) == FIRST + " an example"


def test_a_newer_press_removes_an_older_one_from_the_queue(page, url, lines_kept, slow):
    client = Client(url, verbose=False)
    programs = [
        client.submit("tiny-gpt2", f"{FIRST} {number}", api_name="/attention") for number in (1, 2)
    ]
    assert {slow.begun.get(timeout=30) for _ in programs} == {f"{FIRST} 1", f"{FIRST} 2"}
    press_run(page, "tiny-gpt2", "Never to be run")
    expect(outcome(page)).to_have_text("Waiting: 2 runs before yours …")
    # The server has removed the first run from the queue when it answers the second request.
    with page.expect_response(lambda answer: is_request_to_run(answer.request, SECOND)):
        press_run(page, "tiny-gpt2", SECOND + " a question")
    slow.let_go.set()
    expect_outcome(page, "^tiny-gpt2 .* tokens$")
    for program in programs:
        program.result(30)
    expect_tokens(view(page, "head"), words(SECOND + " a question"))
    assert slow.begun.get(timeout=30) == SECOND + " a question"
    assert slow.begun.empty()
    assert slow.stopped.empty()


def test_closing_the_page_stops_its_run(page, lines_kept, slow: PausedRuns, monkeypatch):
    started, closed = SimpleQueue(), SimpleQueue()
    start, close = ActiveJobs.start, ActiveJobs.close

    def start_and_notify(self, session):
        started.put(session)
        return start(self, session)

    def close_and_notify(self, session):
        close(self, session)
        closed.put(session)

    monkeypatch.setattr(ActiveJobs, "start", start_and_notify)
    monkeypatch.setattr(ActiveJobs, "close", close_and_notify)
    press_run(page, "tiny-gpt2", FIRST + " and left")
    assert slow.entered.wait(30)
    page.close()
    session = started.get(timeout=30)
    # The page of an earlier test may close at the same time.
    while closed.get(timeout=30) != session:
        pass
    slow.let_go.set()
    assert slow.ended.wait(30)
    assert slow.stopped.get(timeout=30) == FIRST + " and left"
    assert slow.num_layers == 1
