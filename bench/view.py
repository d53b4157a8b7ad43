"""What a reader does in a view, by real input, whosever view it is."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from playwright.sync_api import Locator

from bench.cases import INPUTS
from bench.visits import Timing
from bench.window import Window
from tests.browser import reader
from tests.browser.ink import Point, boxes

# Pixels that a turn of the wheel scrolls; so many turns down where there is room, then as many up.
_WHEEL, _TURNS = 120, 5


class View(ABC):
    """One view on a page of its own.

    Args:
        window: where the page is.
    """

    def __init__(self, window: Window) -> None:
        self.window = window
        self._mouse = window.page.mouse
        self._ways: dict[str, Callable[[int], Callable[[], None]]] = {
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

    def do(self, action: str, turn: int) -> Timing:
        """Do one thing, for the ``turn``-th time, and wait until it is on the screen."""
        act = self._ways[action.removesuffix(" expanded")](turn)
        return self.window.follow(act, INPUTS[action], **self.outcome(action)).timing

    @abstractmethod
    def outcome(self, action: str) -> dict[str, str]:
        """How the page shows that an action is done: the options of presented.js."""

    @abstractmethod
    def tokens(self) -> list[Point]:
        """Where the query tokens in sight are."""

    @abstractmethod
    def squares(self) -> list[Point]:
        """Where the squares of the heads are."""

    @abstractmethod
    def cells(self) -> list[Point]:
        """Where the cells of the model view are."""

    @abstractmethod
    def sign(self, action: str) -> Point:
        """Where to press to ``expand`` or ``collapse`` the neuron view."""

    @abstractmethod
    def layers(self) -> Locator:
        """The list of layers."""

    @abstractmethod
    def scrolled(self) -> tuple[Point, float]:
        """Where to turn the wheel, and how many pixels are out of sight there."""

    @property
    def scrolls(self) -> bool:
        """Whether there is anything to scroll to."""
        return self.scrolled()[1] >= _WHEEL

    def _hover(self, turn: int) -> Callable[[], None]:
        tokens = self.tokens()
        x, y = tokens[(1 + 3 * turn) % len(tokens)]
        return lambda: self._mouse.move(x, y)

    def _leave(self, _: int) -> Callable[[], None]:
        return lambda: reader.leave(self.window.page)

    def _toggle(self, turn: int) -> Callable[[], None]:
        # Off, on again, then the next one.
        squares = self.squares()
        return self._press(squares[turn // 2 % len(squares)])

    def _next_layer(self, _: int) -> Callable[[], None]:
        # A key: what a click opens is a list of the system's, which is on no page.
        self.layers().focus()
        return lambda: self.window.page.keyboard.press("ArrowDown")

    def _press_cell(self, turn: int) -> Callable[[], None]:
        # A panel covers cells beside its own, and is closed by the cell that opened it.
        return self._press(self.cells()[turn])

    def _press(self, point: Point) -> Callable[[], None]:
        self._mouse.move(*point)

        def press() -> None:
            self._mouse.down()
            self._mouse.up()

        return press

    def _scroll(self, turn: int) -> Callable[[], None]:
        point, room = self.scrolled()
        self._mouse.move(*point)
        turns = min(_TURNS, int(room // _WHEEL))
        pixels = _WHEEL if turn // turns % 2 == 0 else -_WHEEL
        return lambda: self._mouse.wheel(0, pixels)


def middles(elements: Locator) -> list[Point]:
    """Of all these elements, in the window."""
    return [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes(elements)]
