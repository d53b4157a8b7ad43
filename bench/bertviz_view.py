"""Operates one of BertViz's views, on a page of its own."""

from playwright.sync_api import Locator, Playwright

from bench.view import View, centers
from bench.window import HEIGHT, PATIENCE, Window
from tests.browser.ink import Point

_STATE_BEFORE = {"expand": "#collapsed", "collapse": "#expanded"}


class BertVizView(View):
    """One of BertViz's views, on a page of its own.

    Args:
        playwright: starts the browser.
        name: ``head``, ``model`` or ``neuron``.
    """

    def __init__(self, playwright: Playwright, name: str) -> None:
        # BertViz draws the whole picture before this element is in the page.
        super().__init__(Window(playwright, picture="#vis > svg"))
        self.window.page.set_default_timeout(PATIENCE * 1000)
        self._name = name
        self._expanded = False

    def outcome(self, action: str) -> dict[str, str]:
        """Wait for the next frame: BertViz's event handlers return when the picture is complete."""
        return {"done": "frame", **({"after": "scroll"} if action.startswith("scroll") else {})}

    def tokens(self) -> list[Point]:
        """Return the centers of the visible tokens of the left column, or of the panel."""
        page = self.window.page
        if self._name == "head":
            return _visible(page.locator("#left .background"))
        if self._name == "model":
            return _visible(page.locator("g.detail").first.locator(".token"))
        state = "#expanded" if self._expanded else "#collapsed"
        return _visible(page.locator(f"{state} #leftText .highlight"))

    def squares(self) -> list[Point]:
        """Return the centers of the squares above the columns."""
        return _visible(self.window.page.locator("#vis > svg > g:last-child > rect"))

    def cells(self) -> list[Point]:
        """Return the centers of the visible cells of the grid."""
        return _visible(self.window.page.locator("#vis > svg > g:not(.detail) > rect:last-child"))

    def sign(self, action: str) -> Point:
        """Point at a token, and return the center of the sign that appears on it."""
        page = self.window.page
        column = page.locator(f"{_STATE_BEFORE[action]} #leftText > g")
        page.mouse.move(*_visible(column.locator(".highlight"))[2])
        self._expanded = action == "expand"
        return _visible(column.locator("> rect:last-child"))[2]

    def layers(self) -> Locator:
        """Return the layer picker above the picture."""
        return self.window.page.locator("#layer")

    def scrolled(self) -> tuple[Point, float]:
        """Return a point in the window, and the hidden height; the whole page scrolls."""
        height = self.window.page.evaluate("document.documentElement.scrollHeight")
        return (600, HEIGHT / 2), height - HEIGHT


def _visible(elements: Locator) -> list[Point]:
    return [(x, y) for x, y in centers(elements) if 0 < y < HEIGHT]
