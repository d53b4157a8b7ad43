"""BertViz 1.4.1 itself: its own Python makes a page of a trace, its own scripts draw it.

Nothing of it is changed. Its three scripts come from node_modules in place of a CDN: require.js
and D3 in the versions that it asks for; of jQuery, which fills its lists, npm has no 2.0.0, so the
first one after it.
"""

import json
from pathlib import Path
from typing import Any

from bertviz import head_view, model_view
from bertviz.neuron_view import show
from playwright.sync_api import Browser, Locator, Route

from bertviz_space import Trace
from tests.browser.bertviz.marks import Box, Line
from tests.browser.ink import rgb

_NODE_MODULES = Path(__file__).parents[3] / "node_modules"
# Where BertViz looks for its scripts, and what lies there.
CDN = "https://cdnjs.cloudflare.com/ajax/libs/"
SCRIPTS = {
    f"{CDN}require.js/2.3.6/require.min.js": _NODE_MODULES / "requirejs/require.js",
    f"{CDN}jquery/2.0.0/jquery.min.js": _NODE_MODULES / "jquery/dist/jquery.min.js",
    f"{CDN}d3/5.7.0/d3.min.js": _NODE_MODULES / "bertviz-d3/dist/d3.min.js",
}

_ADDRESS = "http://bertviz.test/"

# The opacity of an element times that of all around it, 0 where it is hidden.
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

# A picture is a group of rows, a row a group of lines, one a key.
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

# The boxes of a column of tokens, head by head, as shares of the column.
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
  return elements.map((element) => painted(element, paint));
}}"""


def head_page(trace: Trace) -> str:
    """The HTML of BertViz's head view."""
    return _data(head_view(**_arguments(trace), html_action="return"))


def model_page(trace: Trace) -> str:
    """The HTML of BertViz's model view, on a light page."""
    return _data(model_view(**_arguments(trace), display_mode="light", html_action="return"))


def neuron_page(trace: Trace, model_type: str) -> str:
    """The HTML of BertViz's neuron view, on a light page.

    Args:
        trace: of a model with one stack.
        model_type: ``bert`` or ``gpt2``, as BertViz calls them.
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


def _data(html: Any) -> str:
    assert isinstance(html.data, str)
    return html.data


def document_of(html: str) -> str:
    """A whole document of what BertViz puts into a notebook."""
    return f"<!doctype html><title>BertViz</title><body style='margin: 0'>{html}"


def _arguments(trace: Trace) -> dict[str, Any]:
    """A trace as BertViz wants it: ``[1, head, query, key]`` a layer."""
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
    """Stands where BertViz has a model of its own, and gives it what a trace holds."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace

    def eval(self) -> None:
        """Nothing to prepare."""

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
    """Stands where BertViz has a tokenizer of its own: the tokens of a trace."""

    cls_token, sep_token = "[CLS]", "[SEP]"

    def __init__(self, trace: Trace) -> None:
        self._tokens = [token for token in trace.source if not token.special]

    def tokenize(self, sentence: str) -> list[str]:
        """The tokens of sentence ``A`` or ``B``."""
        return [token.vocabulary for token in self._tokens if token.segment in (sentence, None)]

    def convert_tokens_to_ids(self, tokens: list[str]) -> list[int]:
        """Nobody looks at them."""
        return [0] * len(tokens)


class Original:
    """A page with one of BertViz's views on it, in a window of its own.

    A page behind another one would get a frame a second.

    Args:
        chromium: where the page is opened.
        html: what BertViz made.
    """

    def __init__(self, chromium: Browser, html: str) -> None:
        self.page = chromium.new_page(viewport={"width": 1100, "height": 900})
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.route("**", self._serve)
        self._html = document_of(html)
        self.page.goto(_ADDRESS)
        self.page.locator("#vis svg").wait_for()

    def _serve(self, route: Route) -> None:
        address = route.request.url
        if address == _ADDRESS:
            route.fulfill(body=self._html, content_type="text/html")
        elif address in SCRIPTS:
            route.fulfill(path=SCRIPTS[address])
        else:
            self.errors.append(f"a request to {address}")
            route.abort()

    def close(self) -> None:
        """Leave nothing open."""
        self.page.context.close()

    def locator(self, selector: str) -> Locator:
        """Elements of the page."""
        return self.page.locator(selector)

    def pick(self, name: str, choice: str) -> None:
        """Choose from the list ``layer``, ``filter`` or ``att_head``."""
        self.page.locator(f"#{name}").select_option(label=choice)

    def point_at(self, element: Locator) -> None:
        """Move the pointer to the middle of an element."""
        element.scroll_into_view_if_needed()
        box = element.bounding_box()
        assert box is not None
        self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def lines(self, pictures: str, width: float, overlaid: bool = False) -> list[Line]:
        """All lines of some pictures, in the order of drawing.

        Args:
            pictures: the groups of rows of lines.
            width: of every line, in pixels.
            overlaid: whether the pictures lie over each other and make one.
        """
        read = json.loads(self.page.locator(pictures).evaluate_all(_READ_LINES))
        assert {each[-1] for each in read} == {f"{width}px"}
        return [
            Line(0 if overlaid else cell, query, key, rgb(color), opacity)
            for cell, query, key, color, opacity, _ in read
        ]

    def boxes(self, side: str) -> list[Box]:
        """The boxes behind the tokens of a column of the head view, ``left`` or ``right``."""
        read = self.page.locator(f"#{side}").evaluate(_READ_BOXES)
        return [
            Box(row, begin, width, rgb(color), opacity)
            for row, begin, width, color, opacity in read
        ]

    def painted(self, selector: str, paint: str = "fill") -> list[tuple[str, float]]:
        """Colour and opacity of elements; ``paint`` is ``fill`` or ``stroke``."""
        read = self.page.locator(selector).evaluate_all(_READ_PAINT, paint)
        return [(color, opacity) for color, opacity in read]
