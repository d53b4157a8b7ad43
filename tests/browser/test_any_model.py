"""A reader types the id of a model on the Hub that is not in the list."""

import re
from threading import Event

from playwright.sync_api import Page

from bertviz_space.models import cache
from tests.browser.reader import (
    choose_model,
    expect_drawn,
    expect_error,
    expect_outcome,
    figure,
    labels,
    open_page,
    run,
    text_field,
    view,
)


def test_a_model_is_downloaded_and_drawn(page: Page, url, hub, hub_model):
    open_page(page, url)
    text_field(page).fill("the cat sat")
    choose_model(page, hub_model)
    run(page)
    expect_outcome(page, "^someone/.* 3 layers .* tokens$")
    expect_drawn(view(page, "head"))
    assert hub.asked.count("model.safetensors") == 1


def test_a_download_reports_its_progress(page: Page, url, hub, hub_model, monkeypatch):
    monkeypatch.setattr("bertviz_space.models.hub.progress._REPORT_INTERVAL", -1.0)  # all reports
    is_shown, fetch = Event(), cache.fetch_weights

    def fetch_and_wait(*args):
        fetch(*args)
        assert is_shown.wait(30)

    monkeypatch.setattr(cache, "fetch_weights", fetch_and_wait)
    open_page(page, url)
    page.evaluate("""() => {
      window.lines = [];
      const line = document.querySelector(".bertviz-outcome");
      new MutationObserver(() => window.lines.push(line.textContent))
        .observe(line, { childList: true, characterData: true, subtree: true });
    }""")
    text_field(page).fill("the cat sat")
    choose_model(page, hub_model)
    run(page)
    # Of messages that follow each other fast, the page shows only the last one.
    expect_outcome(page, "^Fetching")
    is_shown.set()
    expect_outcome(page, "^someone/.* tokens$")
    fetching = [line for line in page.evaluate("window.lines") if line.startswith("Fetching")]
    assert all(
        re.fullmatch(rf"Fetching {hub_model}: [\d.]+ of [\d.]+ MB …", line) for line in fetching
    )


def test_the_picture_stays_if_the_next_model_cannot_be_downloaded(page: Page, url, hub, hub_model):
    open_page(page, url)
    text_field(page).fill("the cat sat")
    choose_model(page, "tiny-gpt2")
    run(page)
    expect_outcome(page, "^tiny-gpt2 .* tokens$")
    expect_drawn(view(page, "head"))
    drawn = labels(figure(view(page, "head")), "queries")
    hub.troubles[hub_model] = "cut"
    choose_model(page, hub_model)
    run(page)
    expect_error(
        page, "could not be downloaded completely. Try again. Its page: https://huggingface"
    )
    assert labels(figure(view(page, "head")), "queries") == drawn
    # The next run completes the download.
    del hub.troubles[hub_model]
    run(page)
    expect_outcome(page, "^someone/.* tokens$")


def test_a_gated_model_is_rejected_as_soon_as_it_is_typed(page: Page, url, hub, hub_model):
    hub.readers[hub_model] = set()
    open_page(page, url)
    choose_model(page, hub_model)
    expect_error(page, "is gated: its authors ask for a sign-in, and this Space has none")
    assert set(hub.asked) == {"?"}
