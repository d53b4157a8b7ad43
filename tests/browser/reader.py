"""The reader's actions on the page, and the elements that a reader looks at."""

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager

from playwright.sync_api import Locator, Page, expect

from bertviz_space import Token

# Matches any state of a view that has drawn.
DRAWN = re.compile(".")

# Resolves when a button has a text.
_NOTICE = """(button, text) => ({
  promise: new Promise((resolve, reject) => {
    new MutationObserver(() => {
      if (button.textContent === text) resolve();
    }).observe(button, { characterData: true, childList: true, subtree: true });
    setTimeout(() => reject(new Error(`no notice: ${text}`)), 30_000);
  }),
})"""


def open_page(page: Page, url: str, query: str = "") -> None:
    """Open the Space without a link to a text, and wait for its first picture."""
    page.goto(f"{url}{query}")
    expect_drawn(view(page, "head"))


def view(page: Page, name: str) -> Locator:
    """Return the host element of a view: ``head``, ``model``, ``neuron`` or ``matrix``."""
    return page.locator(f".bertviz-host:has(.bertviz-{name})")


def show(page: Page, name: str) -> Locator:
    """Open the tab of a view and return its host element."""
    page.get_by_role("tab", name=f"{name.title()} view").click()
    return view(page, name)


def text_field(page: Page) -> Locator:
    """Return the field of the text."""
    return page.get_by_label("Text", exact=True)


def second_text_field(page: Page) -> Locator:
    """Return the field of the second text of a pair."""
    return page.get_by_label("Second text")


def target_text_field(page: Page) -> Locator:
    """Return the field of the decoder's text."""
    return page.get_by_label("Target text")


def language_field(page: Page, side: str) -> Locator:
    """Return the field of a language; ``side`` is ``Source`` or ``Target``."""
    return page.get_by_role("combobox", name=f"{side} language", exact=True)


def choose_language(page: Page, side: str, code: str) -> None:
    """Type the code of a language and click on the option that appears."""
    field = language_field(page, side)
    field.click()
    field.press_sequentially(code)
    page.get_by_role("option", name=code, exact=True).click()
    field.blur()
    expect(field).to_have_value(code)


def option(page: Page, label: str) -> Locator:
    """Return one of the checkboxes of the form."""
    return page.get_by_role("checkbox", name=label)


def choose_model(page: Page, model_id: str) -> None:
    """Type the id of a model, in the list or not, and press Enter."""
    field = model_field(page)
    field.click()
    field.fill(model_id)
    field.press("Enter")


def model_field(page: Page) -> Locator:
    """Return the field of the model."""
    return page.get_by_role("combobox", name="Model", exact=True)


def run(page: Page) -> None:
    """Press Run."""
    page.get_by_role("button", name="Run", exact=True).click()


def run_example(page: Page, name: str) -> None:
    """Open the list of examples and choose one by the beginning of its label."""
    page.get_by_role("button", name="Examples").click()
    page.locator("#bertviz-examples .gallery-item", has_text=re.compile(f"^{name}")).click()


def outcome(page: Page) -> Locator:
    """Return the message line below the form."""
    return page.locator(".bertviz-outcome")


def expect_outcome(page: Page, what: str) -> None:
    """Wait until the message line shows a message that matches."""
    expect(outcome(page)).to_have_text(re.compile(what))


def expect_error(page: Page, sentence: str) -> None:
    """Wait until the message line shows an error message that matches."""
    expect(outcome(page)).to_have_text(re.compile(sentence))
    expect(outcome(page)).to_have_attribute("data-kind", "error")


def arrival_of(page: Page, file: str) -> AbstractContextManager[object]:
    """Wait at the end of a ``with`` block until a file of a result has arrived."""
    return page.expect_event("requestfinished", lambda request: request.url.endswith(file))


def expect_drawn(host: Locator, what: str | re.Pattern[str] = DRAWN) -> None:
    """Wait until a view has drawn what the fields contain, and reports what matches."""
    # A view removes its earlier report before the note that its picture is out of date.
    expect(host.locator(".bertviz-change:not(:empty)")).to_have_count(0)
    try:
        expect(host).to_have_attribute("data-ready", what)
    except AssertionError as error:
        message = outcome(host.page).inner_text()
        raise AssertionError(f"{error}\nThe page says: {message!r}") from error


def expect_kept(host: Locator) -> None:
    """Wait until a view shows a picture, of what the fields contain or contained before."""
    expect(host).to_have_attribute("data-ready", DRAWN)


def copy_link(page: Page, notice: str) -> None:
    """Press Copy link, and wait for the notice that its button shows for three seconds."""
    button = page.locator("#bertviz-link")
    noticed = button.evaluate_handle(_NOTICE, notice)
    button.press("Enter")  # Playwright does not click a button that is disabled for screen readers
    noticed.evaluate("({ promise }) => promise")


def pick(host: Locator, label: str, choice: str) -> None:
    """Choose an option in one of a view's pickers."""
    picker(host, label).select_option(label=choice)


def picker(host: Locator, label: str) -> Locator:
    """Return one of a view's pickers by its label."""
    return host.get_by_role("combobox", name=label, exact=True)


def choices(host: Locator, label: str) -> list[str]:
    """Return the options of one of a view's pickers."""
    return picker(host, label).locator("option").all_text_contents()


def parts_of(host: Locator) -> list[str]:
    """Return the options of a view's Attention picker, none if it is hidden."""
    return choices(host, "Attention") if picker(host, "Attention").is_visible() else []


def figure(host: Locator) -> Locator:
    """Return the picture of tokens in a view."""
    return host.locator(".bertviz-figure:visible")


def token(figure: Locator, side: str, row: int) -> Locator:
    """Return a visible token of a column; ``side`` is ``queries`` or ``keys``."""
    return figure.locator(f".bertviz-{side} .bertviz-token[aria-posinset='{row + 1}']")


def labels(figure: Locator, side: str) -> list[str]:
    """Return the texts of a column of tokens."""
    return _texts(figure, side).all_text_contents()


def labels_of(tokens: Sequence[Token]) -> list[str]:
    """Return the expected texts of tokens: the reader's text, signs for blanks, k/n for a part."""
    texts = [each.text.strip() or ("⏎" if "\n" in each.text else "␣") for each in tokens]
    parts = [f" {k}/{n}" if n > 1 else "" for k, n in (each.part for each in tokens)]
    return [text + part for text, part in zip(texts, parts, strict=True)]


def expect_tokens(
    host: Locator, expected: Sequence[str | re.Pattern[str]], side: str = "queries"
) -> None:
    """Wait until the visible tokens of a column have these texts."""
    column = figure(host).locator(f".bertviz-{side} .bertviz-token")
    expect(column.first).to_have_attribute("aria-setsize", str(len(expected)))
    expect(_texts(figure(host), side)).to_have_text(expected[: column.count()])


def _texts(figure: Locator, side: str) -> Locator:
    return figure.locator(f".bertviz-{side} .bertviz-token text")


def readout(host: Locator) -> Locator:
    """Return the sentence of the inspector about the highlighted token."""
    return host.locator(".bertviz-readout")


def scroll_to(element: Locator) -> None:
    """Scroll to an element, and wait until the page has handled the scroll event."""
    element.scroll_into_view_if_needed()
    # A frame handles its scroll events before its animation callbacks.
    element.page.evaluate("() => new Promise(requestAnimationFrame)")


def leave(page: Page) -> None:
    """Move the mouse away from the view."""
    page.mouse.move(0, 0)
