"""What a reader does on the page, and where they look."""

import re
from collections.abc import Sequence

from playwright.sync_api import Locator, Page, expect

from bertviz_space import Token

# Whatever a view says when it has drawn.
DRAWN = re.compile(".")


def open_page(page: Page, url: str, query: str = "") -> None:
    """Open the Space and wait until its first view is there."""
    page.goto(f"{url}{query}")
    expect(view(page, "head").locator(".bertviz-message")).to_be_visible(timeout=20_000)


def view(page: Page, name: str) -> Locator:
    """The host element of a view: ``head``, ``model`` or ``neuron``."""
    return page.locator(f".bertviz-host:has(.bertviz-{name})")


def show(page: Page, name: str) -> Locator:
    """Open the tab of a view."""
    page.get_by_role("tab", name=f"{name.title()} view").click()
    return view(page, name)


def text_field(page: Page) -> Locator:
    """Where the text is written."""
    return page.get_by_label("Text", exact=True)


def second_text_field(page: Page) -> Locator:
    """Where the second text of a pair is written."""
    return page.get_by_label("Second text")


def target_text_field(page: Page) -> Locator:
    """Where the decoder's text is written."""
    return page.get_by_label("Target text")


def language_field(page: Page, side: str) -> Locator:
    """Where a language is chosen; ``side`` is ``Source`` or ``Target``."""
    return page.get_by_role("combobox", name=f"{side} language", exact=True)


def choose_language(page: Page, side: str, code: str) -> None:
    """Search a language by typing, and click on what is found."""
    field = language_field(page, side)
    field.click()
    field.press_sequentially(code)
    page.get_by_role("option", name=code, exact=True).click()
    field.blur()
    expect(field).to_have_value(code)


def option(page: Page, label: str) -> Locator:
    """One of the boxes to tick above Run."""
    return page.get_by_role("checkbox", name=label)


def choose_model(page: Page, model_id: str) -> None:
    """Type the id of a model, of the list or not, and press Enter."""
    field = model_field(page)
    field.click()
    field.fill(model_id)
    field.press("Enter")


def model_field(page: Page) -> Locator:
    """Where a model is chosen or its id typed."""
    return page.get_by_role("combobox", name="Model", exact=True)


def run(page: Page) -> None:
    """Press Run."""
    page.get_by_role("button", name="Run", exact=True).click()


def outcome(page: Page) -> Locator:
    """The line under Run."""
    return page.locator(".bertviz-outcome")


def expect_outcome(page: Page, what: str) -> None:
    """Wait until the line under Run says that a run is done, with these words."""
    expect(outcome(page)).to_have_text(re.compile(what), timeout=15_000)


def expect_error(page: Page, sentence: str) -> None:
    """Wait until the line under Run says what went wrong."""
    expect(outcome(page)).to_have_text(re.compile(sentence), timeout=15_000)
    expect(outcome(page)).to_have_attribute("data-kind", "error")


def expect_drawn(host: Locator, what: str | re.Pattern[str] = DRAWN) -> None:
    """Wait until a view has drawn, and what it says is on its stage."""
    expect(host).to_have_attribute("data-ready", what, timeout=15_000)


def pick(host: Locator, label: str, choice: str) -> None:
    """Choose from one of a view's lists."""
    picker(host, label).select_option(label=choice)


def picker(host: Locator, label: str) -> Locator:
    """One of a view's lists, by the word before it."""
    return host.get_by_role("combobox", name=label, exact=True)


def choices(host: Locator, label: str) -> list[str]:
    """What one of a view's lists offers."""
    return picker(host, label).locator("option").all_text_contents()


def parts_of(host: Locator) -> list[str]:
    """What a view's Attention picker offers, nothing if it is not there."""
    return choices(host, "Attention") if picker(host, "Attention").is_visible() else []


def figure(host: Locator) -> Locator:
    """The picture of tokens on the stage."""
    return host.locator(".bertviz-figure:visible")


def token(figure: Locator, side: str, row: int) -> Locator:
    """A token of a column, if it is in sight; ``side`` is ``queries`` or ``keys``."""
    return figure.locator(f".bertviz-{side} .bertviz-token[aria-posinset='{row + 1}']")


def labels(figure: Locator, side: str) -> list[str]:
    """What a column of tokens reads now."""
    return _texts(figure, side).all_text_contents()


def labels_of(tokens: Sequence[Token]) -> list[str]:
    """What a column should read: the reader's own text, signs for blanks, k/n for a part."""
    texts = [each.text.strip() or ("⏎" if "\n" in each.text else "␣") for each in tokens]
    parts = [f" {k}/{n}" if n > 1 else "" for k, n in (each.part for each in tokens)]
    return [text + part for text, part in zip(texts, parts, strict=True)]


def expect_tokens(
    host: Locator, expected: Sequence[str | re.Pattern[str]], side: str = "queries"
) -> None:
    """Wait until a column of tokens reads so; of a long text, as far as it is in sight."""
    column = figure(host).locator(f".bertviz-{side} .bertviz-token")
    expect(column.first).to_have_attribute("aria-setsize", str(len(expected)))
    expect(_texts(figure(host), side)).to_have_text(expected[: column.count()])


def _texts(figure: Locator, side: str) -> Locator:
    return figure.locator(f".bertviz-{side} .bertviz-token text")


def readout(host: Locator) -> Locator:
    """What is said above a figure of the token that the reader points at."""
    return host.locator(".bertviz-readout [role=status]")


def leave(page: Page) -> None:
    """Point at nothing."""
    page.mouse.move(0, 0)
