"""BertViz's views, on pages of their own."""

from playwright.sync_api import Locator, Playwright

from bench.view import View, middles
from bench.window import HEIGHT, PATIENCE, Window
from tests.browser.ink import Point

_SIGNED = {"expand": "#collapsed", "collapse": "#expanded"}


class BertVizView(View):
    """One of BertViz's views, on a page of its own.

    Args:
        playwright: what starts browsers.
        name: ``head``, ``model`` or ``neuron``.
    """

    def __init__(self, playwright: Playwright, name: str) -> None:
        # All is drawn in one go, so that where this is, the picture is.
        super().__init__(Window(playwright, picture="#vis > svg"))
        self.window.page.set_default_timeout(PATIENCE * 1000)
        self._name = name
        self._expanded = False

    def outcome(self, action: str) -> dict[str, str]:
        """The next frame has all of it: a handler returns when all is changed."""
        return {"done": "frame", **({"after": "scroll"} if action.startswith("scroll") else {})}

    def tokens(self) -> list[Point]:
        """Of the left column, or of the panel."""
        page = self.window.page
        if self._name == "head":
            return _in_sight(page.locator("#left .background"))
        if self._name == "model":
            return _in_sight(page.locator("g.detail").first.locator(".token"))
        state = "#expanded" if self._expanded else "#collapsed"
        return _in_sight(page.locator(f"{state} #leftText .highlight"))

    def squares(self) -> list[Point]:
        """Squares above the columns."""
        return _in_sight(self.window.page.locator("#vis > svg > g:last-child > rect"))

    def cells(self) -> list[Point]:
        """Of the grid."""
        return _in_sight(self.window.page.locator("#vis > svg > g:not(.detail) > rect:last-child"))

    def sign(self, action: str) -> Point:
        """The sign on a token, which is there while the token is pointed at."""
        page = self.window.page
        column = page.locator(f"{_SIGNED[action]} #leftText > g")
        page.mouse.move(*_in_sight(column.locator(".highlight"))[2])
        self._expanded = action == "expand"
        return _in_sight(column.locator("> rect:last-child"))[2]

    def layers(self) -> Locator:
        """The list above the picture."""
        return self.window.page.locator("#layer")

    def scrolled(self) -> tuple[Point, float]:
        """Anywhere: the whole page scrolls."""
        height = self.window.page.evaluate("document.documentElement.scrollHeight")
        return (600, HEIGHT / 2), height - HEIGHT


def _in_sight(elements: Locator) -> list[Point]:
    return [(x, y) for x, y in middles(elements) if 0 < y < HEIGHT]
