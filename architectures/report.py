"""``ARCHITECTURES.md``: what was compared, what cannot be shown, and what was not compared."""

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import transformers

from .builder import NUM_TARGET_TOKENS, NUM_TOKENS, PEAK
from .comparison import Compared, Failed, LeftOut, Result, Unavailable

REPORT = Path(__file__).parent.parent / "ARCHITECTURES.md"

_CLOSING = re.compile(r"^(\d+) of (\d+) model types reproduce their attention", re.MULTILINE)

_ROUTES = {"interface": "A", "products": "B"}


def num_right_before() -> int:
    """How many types the report on file says are right, 0 without one."""
    found = _CLOSING.search(REPORT.read_text(encoding="utf-8")) if REPORT.exists() else None
    return int(found[1]) if found else 0


def right_types(results: Sequence[Result]) -> set[str]:
    """The types all of whose classes were compared and are right."""
    fits: defaultdict[str, list[bool]] = defaultdict(list)
    for result in results:
        if isinstance(result, Compared | Failed):
            right = isinstance(result, Compared) and result.is_right
            fits[result.architecture.model_type].append(right)
    return {model_type for model_type, each in fits.items() if all(each)}


def text_types(results: Sequence[Result]) -> set[str]:
    """The text types that have an attention of every token to every token, as far as is known."""
    return {
        result.architecture.model_type
        for result in results
        if isinstance(result, Compared | Failed)
    }


def written(results: Sequence[Result]) -> str:
    """The report as Markdown. It is the same on every machine: differences are given as bounds."""
    compared = [result for result in results if isinstance(result, Compared)]
    sections = [
        _introduction(),
        _table(compared),
        _partly_shown(compared),
        _unavailable([result for result in results if isinstance(result, Unavailable)]),
        _not_compared(results),
        _how_far(compared),
        closing_line(results),
    ]
    return "\n\n".join(sections) + "\n"


def closing_line(results: Sequence[Result]) -> str:
    """How many of the text types with such an attention are right."""
    num_right, num_text = len(right_types(results)), len(text_types(results))
    return f"{num_right} of {num_text} model types reproduce their attention to 1e-5"


def _introduction() -> str:
    return f"""# Architectures

Every model type of transformers {transformers.__version__} that has a causal, masked or
sequence-to-sequence language model, built tiny with random weights, extracted as the Space does
it, and compared with a separate pass of transformers' own eager `output_attentions`: all layers,
heads, queries and keys. Written by `make architectures`.

Texts of {NUM_TOKENS} tokens, target texts of {NUM_TARGET_TOKENS}; windows of 8 tokens; weights
drawn so that attention is peaked.

- **Route** A: seen in transformers' attention interface. B: query and key are multiplied in the
  model's own code, and followed to their softmax.
- **Beside q · k**: what the formula carries beside `scaling · q · k`. `causal`; `window`: one run
  of keys around the query's own; `mask`: another mask; a bias that is one number a key, a distance
  or a pair of tokens; softcap; sink.
- **Rotary**: which dimensions of queries and keys turn with the position, in pairs of two halves or
  of neighbours, as measured on the model; they are in q and k already.
- **Max difference**: the largest difference of any weight, from transformers' pass and from the
  model's own rows in the extraction itself. It is rounding, and its last digit the machine's."""


def _table(compared: Sequence[Compared]) -> str:
    head = [
        "| type | class | layers | route | beside q · k | max difference |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    return "\n".join(head + [_row(each) for each in compared])


def _partly_shown(compared: Sequence[Compared]) -> str:
    notes = {each.architecture.model_type: each.notes for each in compared if each.notes}
    lines = [f"- `{model_type}`: {' '.join(each)}" for model_type, each in notes.items()]
    return "## Partly shown\n\nWhat the page says beside these, as they were built here:\n\n" + (
        "\n".join(lines)
    )


def _unavailable(unavailable: Sequence[Unavailable]) -> str:
    lines = dict.fromkeys(
        f"- `{each.architecture.model_type}`: {each.sentence}" for each in unavailable
    )
    return (
        "## Without an attention of every token to every token\n\n"
        "The page says, before anything is downloaded:\n\n"
    ) + "\n".join(lines)


def _not_compared(results: Sequence[Result]) -> str:
    lines = [
        f"- `{each.architecture.model_type}` {each.architecture.auto_class}: could not be built or "
        f"compared. `{each.reason}`"
        for each in results
        if isinstance(each, Failed)
    ]
    by_reason: defaultdict[str, list[str]] = defaultdict(list)
    for each in results:
        if isinstance(each, LeftOut):
            by_reason[each.reason].append(f"`{each.architecture.model_type}`")
    lines += [
        f"- Left out, because they take {reason} beside text: {', '.join(dict.fromkeys(types))}."
        for reason, types in sorted(by_reason.items())
    ]
    return "## Not compared\n\n" + "\n".join(lines)


def _how_far(compared: Sequence[Compared]) -> str:
    flat = sorted({each.architecture.model_type for each in compared if each.peak < PEAK / 2})
    text = """## How far this goes

A type counts where all of its classes are right. Counted are the text types that have an attention
of every token to every token: those of the table, and those that could not be built or compared."""
    if flat:
        text += (
            f" In the flattest layer of {', '.join(flat)} no query gives a key more than "
            f"{PEAK / 2:.0%} of its attention; a mistake would show less there."
        )
    return text


def _row(result: Compared) -> str:
    layers = ", ".join(f"{component} {number}" for component, number in result.num_layers.items())
    routes = "+".join(sorted(_ROUTES[route] for route in result.routes))
    difference = f"{max(result.difference, result.own_difference):.0e}"
    if not result.is_right:
        difference = f"**{difference}**"
    architecture = result.architecture
    return (
        f"| `{architecture.model_type}` | {architecture.auto_class} | {layers} | {routes} "
        f"| {', '.join(result.terms)} | {difference} |"
    )
