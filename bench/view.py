"""Performs the actions of a reader in a view of either side, with real input."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from playwright.sync_api import Locator

from bench.cases import INPUTS
from bench.visits import Timing
from bench.window import Window
from tests.browser import reader
from tests.browser.ink import Point, boxes

# Pixels that one step of the wheel scrolls.
_WHEEL = 120
# Steps down, if the view has that much to scroll; then as many steps up.
_STEPS = 5


class View(ABC):
    """One view on a page of its own.

    Args:
        window: the window with the page.
    """

    def __init__(self, window: Window) -> None:
        self.window = window
        self._mouse = window.page.mouse
        self._actions: dict[str, Callable[[int], Callable[[], None]]] = {
            "hover": self._hover,
            "leave": self._leave,
            "toggle": self._toggle,
            "layer": self._next_layer,
            "open": self._press_cell,
            "close": self._press_cell,
            "expand": lambda _: self._press(self.sign("expand")),
            "collapse": lambda _: self._press(self.sign("collapse")),
            "scroll": self._scroll,
        }

    def perform(self, action: str, number: int) -> Timing:
        """Perform an action, and wait until its outcome is presented.

        Args:
            action: a key of ``cases.INPUTS``.
            number: how often the action was performed before.
        """
        act = self._actions[action.removesuffix(" expanded")](number)
        return self.window.follow(act, INPUTS[action], **self.outcome(action)).timing

    @abstractmethod
    def outcome(self, action: str) -> dict[str, str]:
        """Return how the page shows that an action is done: the options of ``follow``."""

    @abstractmethod
    def tokens(self) -> list[Point]:
        """Return the centers of the visible query tokens."""

    @abstractmethod
    def squares(self) -> list[Point]:
        """Return the centers of the squares of the heads."""

    @abstractmethod
    def cells(self) -> list[Point]:
        """Return the centers of the cells of the model view."""

    @abstractmethod
    def sign(self, action: str) -> Point:
        """Return where to click to ``expand`` or ``collapse`` the neuron view."""

    @abstractmethod
    def layers(self) -> Locator:
        """Return the layer picker."""

    @abstractmethod
    def scrolled(self) -> tuple[Point, float]:
        """Return where to turn the wheel, and how many pixels are hidden there."""

    @property
    def scrolls(self) -> bool:
        """Whether at least one step of the wheel is hidden."""
        return self.scrolled()[1] >= _WHEEL

    def _hover(self, number: int) -> Callable[[], None]:
        tokens = self.tokens()
        x, y = tokens[(1 + 3 * number) % len(tokens)]
        return lambda: self._mouse.move(x, y)

    def _leave(self, _: int) -> Callable[[], None]:
        return lambda: reader.leave(self.window.page)

    def _toggle(self, number: int) -> Callable[[], None]:
        # Switch a head off and on again, then go on to the next head.
        squares = self.squares()
        return self._press(squares[number // 2 % len(squares)])

    def _next_layer(self, _: int) -> Callable[[], None]:
        # With the keyboard: a click would open a list of the operating system, outside the page.
        self.layers().focus()
        return lambda: self.window.page.keyboard.press("ArrowDown")

    def _press_cell(self, number: int) -> Callable[[], None]:
        # BertViz's panel covers neighboring cells; the cell that opened it closes it again.
        return self._press(self.cells()[number])

    def _press(self, point: Point) -> Callable[[], None]:
        self._mouse.move(*point)

        def press() -> None:
            self._mouse.down()
            self._mouse.up()

        return press

    def _scroll(self, number: int) -> Callable[[], None]:
        point, hidden = self.scrolled()
        self._mouse.move(*point)
        steps = min(_STEPS, int(hidden // _WHEEL))
        pixels = _WHEEL if number // steps % 2 == 0 else -_WHEEL
        return lambda: self._mouse.wheel(0, pixels)


def centers(elements: Locator) -> list[Point]:
    """Return the centers of elements, in pixels of the window."""
    return [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes(elements)]
