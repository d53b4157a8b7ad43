"""What is measured: at which lengths, how often, and what a reader does in each view."""

from dataclasses import dataclass, field, replace

from bench.models import BERT, LLAMA

VIEWS = ("head", "model", "neuron")


@dataclass(frozen=True)
class Round:
    """Things that a reader does by turns.

    Attributes:
        actions: what is done, one after the other, each time round.
        after: what is done once before, and not measured.
        pause: seconds that a reader looks at one outcome before the next of these.
    """

    actions: tuple[str, ...]
    after: str | None = None
    pause: float = 0


# Nobody reads a layer in less; what is next may come meanwhile.
_LAYERS = Round(("layer",), pause=0.5)

# What a reader does in each view, in this order.
ROUNDS = {
    "head": (Round(("hover", "leave")), Round(("toggle",)), _LAYERS, Round(("scroll",))),
    "model": (
        Round(("open", "close")),
        Round(("hover", "leave"), after="open"),
        Round(("scroll",)),
    ),
    "neuron": (
        Round(("hover", "leave")),
        _LAYERS,
        Round(("scroll",)),
        Round(("expand", "collapse")),
        Round(("hover expanded", "leave expanded"), after="expand"),
        Round(("scroll expanded",)),
    ),
}

# The input that each of these is made of.
INPUTS = {
    "hover": "pointermove",
    "leave": "pointermove",
    "toggle": "click",
    "layer": "keydown",
    "scroll": "wheel",
    "open": "click",
    "close": "click",
    "expand": "click",
    "collapse": "click",
    "hover expanded": "pointermove",
    "leave expanded": "pointermove",
    "scroll expanded": "wheel",
}


@dataclass(frozen=True)
class Times:
    """How often one view is opened, and how often each thing is done in it then."""

    opened: int
    repeats: int


@dataclass(frozen=True)
class Case:
    """One length of text.

    Attributes:
        tokens: of the text, special tokens included.
        model_id: of ``models``.
        ours: each of our views.
        bertviz: BertViz's views, by name, each beside one of ours; no repeats where the picture
            alone takes so long that nothing else is asked of it.
    """

    tokens: int
    model_id: str
    ours: Times
    bertviz: dict[str, Times] = field(default_factory=dict)


def _all(opened: int, repeats: int) -> dict[str, Times]:
    return dict.fromkeys(VIEWS, Times(opened, repeats))


# BertViz's model view takes a minute or two at 128 tokens, and its other two most of one at 256.
FULL = (
    Case(16, BERT, Times(3, 10), _all(3, 6)),
    Case(32, BERT, Times(3, 10), _all(3, 4)),
    Case(64, BERT, Times(3, 10), _all(3, 3)),
    Case(128, BERT, Times(3, 10), {**_all(3, 2), "model": Times(1, 0)}),
    Case(256, BERT, Times(1, 10), _all(1, 0)),
    Case(512, BERT, Times(3, 10)),
    Case(1024, LLAMA, Times(1, 10)),
    Case(4096, LLAMA, Times(2, 10)),
)

# The lengths that show in a minute that all of it works.
QUICK = (16, 64)


def briefly(case: Case) -> Case:
    """The same with everything opened once, and done a few times."""
    bertviz = {view: Times(1, min(times.repeats, 1)) for view, times in case.bertviz.items()}
    return replace(case, ours=Times(1, 3), bertviz=bertviz)
