"""Lists what is measured: the lengths of text, and the actions of a reader in each view."""

from dataclasses import dataclass, field, replace

from bench.models import BERT, LLAMA

VIEWS = ("head", "model", "neuron")


@dataclass(frozen=True)
class Round:
    """Actions that are repeated in a fixed order.

    Attributes:
        actions: the actions of one repetition, in order.
        setup: an action before the first repetition, which is not measured.
        pause: seconds before each repetition, in which a reader looks at the view.
    """

    actions: tuple[str, ...]
    setup: str | None = None
    pause: float = 0


# No reader looks at a layer for less. The page can fetch the next layer meanwhile.
_LAYERS = Round(("layer",), pause=0.5)

# The actions in each view, in this order.
ROUNDS = {
    "head": (Round(("hover", "leave")), Round(("toggle",)), _LAYERS, Round(("scroll",))),
    "model": (
        Round(("open", "close")),
        Round(("hover", "leave"), setup="open"),
        Round(("scroll",)),
    ),
    "neuron": (
        Round(("hover", "leave")),
        _LAYERS,
        Round(("scroll",)),
        Round(("expand", "collapse")),
        Round(("hover expanded", "leave expanded"), setup="expand"),
        Round(("scroll expanded",)),
    ),
}

# The input event that each action starts with.
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
class Counts:
    """How often a view is opened, and how often each action is repeated in it."""

    opened: int
    repeats: int


@dataclass(frozen=True)
class Case:
    """One length of text.

    Attributes:
        tokens: number of tokens of the text, including special tokens.
        model_id: a model of ``models``.
        ours: counts for each of our views.
        bertviz: counts for BertViz's views, by name. 0 repeats measure the first picture only,
            where that picture alone takes a minute.
    """

    tokens: int
    model_id: str
    ours: Counts
    bertviz: dict[str, Counts] = field(default_factory=dict)


def _every_view(opened: int, repeats: int) -> dict[str, Counts]:
    return dict.fromkeys(VIEWS, Counts(opened, repeats))


# BertViz's model view takes a minute or two at 128 tokens; its other two views take most of a
# minute at 256 tokens.
FULL = (
    Case(16, BERT, Counts(3, 10), _every_view(3, 6)),
    Case(32, BERT, Counts(3, 10), _every_view(3, 4)),
    Case(64, BERT, Counts(3, 10), _every_view(3, 3)),
    Case(128, BERT, Counts(3, 10), {**_every_view(3, 2), "model": Counts(1, 0)}),
    Case(256, BERT, Counts(1, 10), _every_view(1, 0)),
    Case(512, BERT, Counts(3, 10)),
    Case(1024, LLAMA, Counts(1, 10)),
    Case(4096, LLAMA, Counts(2, 10)),
)

# The lengths of ``--quick``, tokens.
QUICK = (16, 64)


def quick_case(case: Case) -> Case:
    """Return the case with each view opened once and each action repeated at most three times."""
    bertviz = {view: Counts(1, min(counts.repeats, 1)) for view, counts in case.bertviz.items()}
    return replace(case, ours=Counts(1, 3), bertviz=bertviz)
