"""BertViz 1.4.1 itself: its own Python code makes a page from a trace, and its own scripts draw it.

BertViz is unchanged, but its three scripts come from node_modules instead of a CDN: require.js and
D3 in the versions that BertViz requires, and the first jQuery after 2.0.0, which npm does not have.
jQuery fills BertViz's pickers.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bertviz import head_view, model_view
from bertviz.neuron_view import show
from playwright.sync_api import Error, Locator, Page, Request

from bertviz_space import Trace
from tests.browser.bertviz.marks import Box, Line, by_color
from tests.browser.ink import rgb

_NODE_MODULES = Path(__file__).parents[3] / "node_modules"
# The CDN that BertViz loads its scripts from, and the file for each URL.
CDN = "https://cdnjs.cloudflare.com/ajax/libs/"
SCRIPTS = {
    f"{CDN}require.js/2.3.6/require.min.js": _NODE_MODULES / "requirejs/require.js",
    f"{CDN}jquery/2.0.0/jquery.min.js": _NODE_MODULES / "jquery/dist/jquery.min.js",
    f"{CDN}d3/5.7.0/d3.min.js": _NODE_MODULES / "bertviz-d3/dist/d3.min.js",
}

# Defines painted(element, paint): the color of an element, and its opacity multiplied with that of
# the elements around it; 0 if it is hidden.
_OPACITY = """
  const opacities = new Map();
  const opacityOf = (element) => {
    if (element.localName === "svg") return 1;
    if (!opacities.has(element)) {
      const own = Number(getComputedStyle(element).opacity);
      opacities.set(element, own * opacityOf(element.parentElement));
    }
    return opacities.get(element);
  };
  const painted = (element, paint) => {
    const style = getComputedStyle(element);
    const seen = style.visibility === "visible" ? 1 : 0;
    return [style[paint], seen * Number(style[`${paint}Opacity`]) * opacityOf(element)];
  };
"""

# A picture is a group of rows, and a row is a group of lines, one for each key.
_READ_LINES = f"""(pictures) => {{
  {_OPACITY}
  return JSON.stringify(pictures.flatMap((picture, cell) =>
    [...picture.querySelectorAll(":scope > g")].flatMap((row, query) =>
      [...row.querySelectorAll(":scope > line")].map((line, key) => {{
        return [cell, query, key, ...painted(line, "stroke"), getComputedStyle(line).strokeWidth];
      }}),
    ),
  ));
}}"""

# The boxes of a column of tokens by head, relative to the width of the column.
_READ_BOXES = f"""(column) => {{
  {_OPACITY}
  const ground = column.querySelector(".background").getBBox();
  return [...column.querySelectorAll(".attentionBoxes > g")].flatMap((head) =>
    [...head.querySelectorAll("rect")].map((rect, row) => {{
      const {{ x, width }} = rect.getBBox();
      const place = [row, (x - ground.x) / ground.width, width / ground.width];
      return [...place, ...painted(rect, "fill")];
    }}),
  );
}}"""

_READ_PAINT = f"""(elements, paint) => {{
  {_OPACITY}
  return JSON.stringify(elements.map((element) => painted(element, paint)));
}}"""

# The visible elements of each group of a page: the size of the group's first part, then for each
# element its number, color and opacity.
_READ_GROUPS = f"""(groups) => {{
  {_OPACITY}
  return JSON.stringify(groups.map(([group, elements, paint]) => {{
    const size = document.querySelector(group)?.querySelectorAll(elements).length ?? 0;
    const all = [...document.querySelectorAll(`${{group}} ${{elements}}`)];
    const found = all.map((element, number) => [number, ...painted(element, paint)]);
    return [size, found.filter(([, , opacity]) => opacity > 0)];
  }}));
}}"""


def head_page(trace: Trace) -> str:
    """Return the HTML of BertViz's head view."""
    return _data(head_view(**_arguments(trace), html_action="return"))


def model_page(trace: Trace) -> str:
    """Return the HTML of BertViz's model view for a light page."""
    return _data(model_view(**_arguments(trace), display_mode="light", html_action="return"))


def neuron_page(trace: Trace, model_type: str) -> str:
    """Return the HTML of BertViz's neuron view for a light page.

    Args:
        trace: a trace with the component ``self``.
        model_type: ``bert`` or ``gpt2``, BertViz's names of the model types.
    """
    pair = any(token.segment == "B" for token in trace.source)
    html = show(
        _Computed(trace),
        model_type,
        _Tokenized(trace),
        sentence_a="A",
        sentence_b="B" if pair else None,
        display_mode="light",
        html_action="return",
    )
    return _data(html)


def lines_of(page: Page, pictures: str, width: float, overlaid: bool = False) -> list[Line]:
    """Return all lines of some pictures on BertViz's page, in the order of drawing.

    Args:
        page: BertViz's page.
        pictures: selector of the groups of rows of lines.
        width: the expected width of every line, in pixels.
        overlaid: whether the pictures are on top of each other and form one picture.
    """
    read = json.loads(page.locator(pictures).evaluate_all(_READ_LINES))
    assert {each[-1] for each in read} == {f"{width}px"}
    return [
        Line(0 if overlaid else cell, query, key, rgb(color), opacity)
        for cell, query, key, color, opacity, _ in read
    ]


def head_lines_of(page: Page) -> list[Line]:
    """Return the visible lines of BertViz's head view, those of one color together.

    Colors are in the order of their first head, as in our head view.
    """
    return by_color(lines_of(page, "#attention .headAttention", width=2, overlaid=True))


def _data(html: Any) -> str:
    assert isinstance(html.data, str)
    return html.data


def document_of(html: str) -> str:
    """Return a complete HTML document from what BertViz puts into a notebook."""
    return f"<!doctype html><title>BertViz</title><body style='margin: 0'>{html}"


def _arguments(trace: Trace) -> dict[str, Any]:
    """Return the arguments for BertViz: tokens, and weights ``[1, head, query, key]`` per layer."""
    weights = {
        component: [layer.weights()[None] for layer in layers]
        for component, layers in trace.layers.items()
    }
    source = [token.vocabulary for token in trace.source]
    if "self" in weights:
        starts = [place for place, token in enumerate(trace.source) if token.segment == "B"]
        start = starts[0] if starts else None
        return {"attention": weights["self"], "tokens": source, "sentence_b_start": start}
    return {
        **{f"{component}_attention": layers for component, layers in weights.items()},
        "encoder_tokens": source,
        "decoder_tokens": [token.vocabulary for token in trace.target or ()],
    }


class _Computed:
    """Takes the place of BertViz's own model, and returns the tensors of a trace."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace

    def eval(self) -> None:
        """Do nothing; BertViz calls it."""

    def __call__(self, *_: Any, **__: Any) -> tuple[list[dict[str, Any]]]:
        return (
            [
                {
                    "attn": layer.weights()[None],
                    "queries": layer.query[None],
                    "keys": layer.key[None],
                }
                for layer in self._trace.layers["self"]
            ],
        )


class _Tokenized:
    """Takes the place of BertViz's own tokenizer, and returns the tokens of a trace."""

    cls_token, sep_token = "[CLS]", "[SEP]"

    def __init__(self, trace: Trace) -> None:
        self._tokens = [token for token in trace.source if not token.special]

    def tokenize(self, sentence: str) -> list[str]:
        """Return the tokens of sentence ``A`` or ``B``."""
        return [token.vocabulary for token in self._tokens if token.segment in (sentence, None)]

    def convert_tokens_to_ids(self, tokens: list[str]) -> list[int]:
        """Return zeros; nothing uses the ids."""
        return [0] * len(tokens)


class Original:
    """A page with one of BertViz's views.

    Args:
        page: the tab that opens the page. It needs a window of its own: Chromium presents only one
            frame per second of a page that is behind another page.
        url: the URL of the HTML that BertViz made.

    Attributes:
        errors: script errors of the page, and requests that failed, for example to a CDN.
    """

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.errors: list[str] = []
        page.set_viewport_size({"width": 1100, "height": 900})
        page.mouse.move(0, 0)
        page.on("pageerror", self._on_error)
        page.on("requestfailed", self._on_failed_request)
        page.goto(url)
        page.locator("#vis svg").wait_for()

    def _on_error(self, error: Error) -> None:
        self.errors.append(str(error))

    def _on_failed_request(self, request: Request) -> None:
        self.errors.append(f"a request to {request.url}")

    def close(self) -> None:
        """Leave the page, so that the tab can open another one."""
        self.page.remove_listener("requestfailed", self._on_failed_request)
        self.page.remove_listener("pageerror", self._on_error)
        self.page.goto("about:blank")

    def locator(self, selector: str) -> Locator:
        """Return elements of the page."""
        return self.page.locator(selector)

    def pick(self, name: str, choice: str) -> None:
        """Choose in the picker ``layer``, ``filter`` or ``att_head``."""
        self.page.locator(f"#{name}").select_option(label=choice)

    def point_at(self, element: Locator) -> None:
        """Move the pointer to the center of an element."""
        element.scroll_into_view_if_needed()
        box = element.bounding_box()
        assert box is not None
        self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def lines(self, pictures: str, width: float, overlaid: bool = False) -> list[Line]:
        """Return all lines of some pictures; see ``lines_of``."""
        return lines_of(self.page, pictures, width, overlaid)

    def boxes(self, side: str) -> list[Box]:
        """Return the boxes behind the tokens of the head view's ``left`` or ``right`` column."""
        read = self.page.locator(f"#{side}").evaluate(_READ_BOXES)
        return [
            Box(row, begin, width, rgb(color), opacity)
            for row, begin, width, color, opacity in read
        ]

    def painted(self, selector: str, paint: str = "fill") -> list[tuple[str, float]]:
        """Return the color and opacity of elements; ``paint`` is ``fill`` or ``stroke``."""
        read = json.loads(self.page.locator(selector).evaluate_all(_READ_PAINT, paint))
        return [(color, opacity) for color, opacity in read]

    def painted_in(
        self, groups: Sequence[tuple[str, str, str]]
    ) -> list[tuple[int, list[tuple[int, str, float]]]]:
        """Return the visible elements in some groups of elements.

        Args:
            groups: for each, the selector of its parts, the selector of the elements in a part, and
                the painted property, ``fill`` or ``stroke``.

        Returns:
            For each group, the number of elements in its first part; and for each visible element
            its number among all elements of the group, its color and its opacity.
        """
        read = json.loads(self.page.evaluate(_READ_GROUPS, groups))
        return [
            (size, [(number, color, opacity) for number, color, opacity in found])
            for size, found in read
        ]
