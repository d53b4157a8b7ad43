"""Operates one of our views, in the running Space."""

import re

from playwright.sync_api import Locator, Playwright, expect

from bench.models import BERT
from bench.view import View, centers
from bench.window import Presented, TooSlow, Window
from tests.browser import reader
from tests.browser.ink import Point

_SIGNS = {"expand": "Show query and key vectors", "collapse": "Hide query and key vectors"}

# Returns the centers of the elements that the pointer can reach: nothing lies over them.
_REACHABLE = """(elements) => elements.flatMap((element) => {
  const { left, top, width, height } = element.getBoundingClientRect();
  const [x, y] = [left + width / 2, top + height / 2];
  return element.contains(document.elementFromPoint(x, y)) ? [[x, y]] : [];
})"""


class CutShort(Exception):
    """The Space refused a text or cut it; the message is the Space's own."""


class OurView(View):
    """One of our views, on a fresh page of the Space.

    Args:
        playwright: starts the browser.
        url: the URL of the Space.
        model_id: the model to choose.
        name: ``head``, ``model`` or ``neuron``.
    """

    def __init__(self, playwright: Playwright, url: str, model_id: str, name: str) -> None:
        super().__init__(Window(playwright))
        page = self.window.page
        reader.open_page(page, url)
        reader.choose_model(page, model_id)
        second = reader.second_text_field(page)
        if model_id == BERT:
            second.fill("")
        else:
            expect(second).to_be_hidden()
        self._selector = f".bertviz-host:has(.bertviz-{name})"
        self.host = reader.show(page, name)
        reader.expect_kept(self.host)  # the first picture, which the fields no longer describe

    def run(self, text: str, num_tokens: int) -> Presented:
        """Enter a text, press Run, and wait until the picture is presented.

        Raises:
            CutShort: if the text is too long for the Space.
        """
        page = self.window.page
        reader.text_field(page).fill(text)
        ready = {"done": "ready", "host": self._selector, "file": "manifest.json"}
        try:
            drawn = self.window.follow(lambda: reader.run(page), "click", **ready)
        except TooSlow as error:
            raise CutShort(reader.outcome(page).inner_text()) from error
        message = reader.outcome(page)
        expect(message).to_have_text(re.compile("token"))
        if f"{num_tokens:,} tokens" not in message.inner_text():
            raise CutShort(message.inner_text())
        return drawn

    def outcome(self, action: str) -> dict[str, str]:
        """Wait for the canvas after a hover or scroll, and for ``data-ready`` after a choice."""
        match action.removesuffix(" expanded"):
            case "hover":
                return {"done": "painted"}
            case "leave":
                return {"done": "frame"}
            case "scroll":
                return {"done": "painted", "after": "scroll"}
            case _:
                return {"done": "ready", "host": self._selector}

    def tokens(self) -> list[Point]:
        """Return the centers of the query tokens that the pointer can reach."""
        tokens = self._figure.locator(".bertviz-queries .bertviz-token")
        return [(x, y) for x, y in tokens.evaluate_all(_REACHABLE)]

    def squares(self) -> list[Point]:
        """Return the centers of the buttons above the figure."""
        return centers(self.host.locator(".bertviz-square"))

    def cells(self) -> list[Point]:
        """Return the centers of the cells of the grid."""
        return centers(self.host.locator(".bertviz-cell"))

    def sign(self, action: str) -> Point:
        """Return the center of the button above the figure."""
        return centers(self.host.get_by_role("button", name=_SIGNS[action]).first)[0]

    def layers(self) -> Locator:
        """Return the layer picker above the figure."""
        return reader.picker(self.host, "Layer")

    def scrolled(self) -> tuple[Point, float]:
        """Return the center of the figure, and its hidden height; the figure itself scrolls."""
        hidden = self._figure.evaluate("(each) => each.scrollHeight - each.clientHeight")
        return centers(self._figure)[0], hidden

    @property
    def _figure(self) -> Locator:
        return reader.figure(self.host)
