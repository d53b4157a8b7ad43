"""What a program chooses about a picture: its colors, its width, and the texts around it."""

from dataclasses import dataclass
from typing import Literal

ThemeName = Literal["light", "dark", "transparent"]

# The width on paper; ``screen`` has no width on paper.
PictureWidth = Literal["screen", "84mm", "174mm"]


# Lines of all heads together that a file may contain, about 10 MB.
MAX_LINES = 200_000


@dataclass(frozen=True)
class PictureOptions:
    """What a program chooses about a picture.

    Attributes:
        theme: the colors; a transparent picture has those of a light page, without a background.
        width: the width on paper.
        title: whether the title is drawn; the file contains it in any case.
        caption: whether the caption is drawn; the file contains it in any case.
        scale: whether the scale of weights is drawn.
        max_lines: lines of all heads together; for more, neighboring tokens share a row.
    """

    theme: ThemeName = "light"
    width: PictureWidth = "screen"
    title: bool = True
    caption: bool = True
    scale: bool = False
    max_lines: int = MAX_LINES


@dataclass(frozen=True)
class Theme:
    """The colors of a picture, as in ``assets/styles/tokens.css``.

    Attributes:
        name: the name of the theme.
        text: the color of titles and tokens.
        muted: the color of captions and axes.
        written: the color of tokens that the model wrote.
        background: the color of the background; ``None`` for a transparent picture.
    """

    name: ThemeName
    text: str
    muted: str
    written: str
    background: str | None


_THEMES = (
    Theme("light", "#1f2937", "#6b7280", "#1e40af", "#ffffff"),
    Theme("dark", "#f3f4f6", "#9ca3af", "#93c5fd", "#111827"),
    Theme("transparent", "#1f2937", "#6b7280", "#1e40af", None),
)


def theme_of(options: PictureOptions) -> Theme:
    """Return the colors of the theme."""
    return next(theme for theme in _THEMES if theme.name == options.theme)
