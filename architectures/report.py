"""Writes ``ARCHITECTURES.md`` from the results of the comparison."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import transformers

from .builder import NUM_TARGET_TOKENS, NUM_TOKENS, PEAK
from .comparison import POSITIONS_AT_ONCE, Compared, Failed, LeftOut, Result, Unavailable
from .interventions import Exactness

REPORT = Path(__file__).parent.parent / "ARCHITECTURES.md"

_CLOSING = re.compile(r"^(\d+) of (\d+) model types reproduce their attention", re.MULTILINE)

_ROUTES = {"interface": "A", "products": "B"}


def num_right_before() -> int:
    """Return how many types are right according to the existing report, 0 without one."""
    found = _CLOSING.search(REPORT.read_text(encoding="utf-8")) if REPORT.exists() else None
    return int(found[1]) if found else 0


def right_types(results: Sequence[Result]) -> set[str]:
    """Return the types of which all classes were compared and are right."""
    verdicts: defaultdict[str, list[bool]] = defaultdict(list)
    for result in results:
        if isinstance(result, Compared | Failed):
            right = isinstance(result, Compared) and result.is_right
            verdicts[result.architecture.model_type].append(right)
    return {model_type for model_type, each in verdicts.items() if all(each)}


def text_types(results: Sequence[Result]) -> set[str]:
    """Return the text types with attention from every token to every token.

    Types that could not be built or compared are included.
    """
    return {
        result.architecture.model_type
        for result in results
        if isinstance(result, Compared | Failed)
    }


def report(results: Sequence[Result]) -> str:
    """Return the report as Markdown."""
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
    """Return the last line of the report: how many of the text types are right."""
    num_right, num_text = len(right_types(results)), len(text_types(results))
    return f"{num_right} of {num_text} model types reproduce their attention to 1e-5"


def _introduction() -> str:
    return f"""# Architectures

This report covers every model type of transformers {transformers.__version__} with a causal,
masked or sequence-to-sequence language model. Each model is tiny and has random weights. Its
attention is captured as in the Space, and compared with a separate pass of transformers' own eager
attention (`output_attentions`): all layers, heads, queries and keys. `make architectures` writes
this file.

Texts have {NUM_TOKENS} tokens, target texts {NUM_TARGET_TOKENS}, windows 8 tokens. The random
weights make attention peaked.

- **Route** A: the attention is recorded in transformers' attention interface. B: query and key are
  multiplied in the model's own code, and the product is traced to its softmax.
- **Other terms**: the terms of the formula in addition to `scaling · q · k`. `causal`; `window`:
  adjacent keys around the query; `mask`: any other mask; a bias that depends on the key, on the
  distance or on the pair of tokens; softcap; sink.
- **Rotary**: the number of dimensions of queries and keys that rotate with the position, and
  whether a pair is two neighbors or one dimension of each half, as measured on the model. q and k
  are already rotated.
- **Max difference**: the largest difference of a weight, from transformers' pass and from the rows
  that the model computed during the capture. It is rounding; its last digit depends on the
  machine.
- **Logits**: the largest difference between the logits of {POSITIONS_AT_ONCE} positions at a time,
  as the Space computes its predictions, and the logits of transformers' pass, relative to the
  largest logit.
- **Interventions** that are exact where the attention enters the projection. `zero` and `mean`: the
  output of a head that is off is 0 there, or its mean over the positions, and that of all other
  heads is unchanged. `cut`: a cut edge has no weight, the other weights of its query grow in
  proportion, and only its head's output changes. Without `mean`, a gate multiplies the output
  before the projection, and the mean is that of the output before the gate. `not exact`: a norm, a
  difference or a sum with other values comes before the projection, or experts share it; the
  head's output is replaced before that."""


def _table(compared: Sequence[Compared]) -> str:
    head = [
        "| type | class | layers | route | other terms | max difference | logits | interventions |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    return "\n".join(head + [_row(each) for each in compared])


def _partly_shown(compared: Sequence[Compared]) -> str:
    notes = {each.architecture.model_type: each.notes for each in compared if each.notes}
    lines = [f"- `{model_type}`: {' '.join(each)}" for model_type, each in notes.items()]
    return (
        "## Partly shown\n\nThe page shows these notes for the models that were built here:\n\n"
        + ("\n".join(lines))
    )


def _unavailable(unavailable: Sequence[Unavailable]) -> str:
    lines = dict.fromkeys(
        f"- `{each.architecture.model_type}`: {each.message}" for each in unavailable
    )
    return (
        "## Without attention from every token to every token\n\n"
        "The page shows these messages before it downloads a model:\n\n"
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
        f"- Left out, because they take {reason} in addition to text: "
        f"{', '.join(dict.fromkeys(types))}."
        for reason, types in sorted(by_reason.items())
    ]
    return "## Not compared\n\n" + "\n".join(lines)


def _how_far(compared: Sequence[Compared]) -> str:
    flat = sorted({each.architecture.model_type for each in compared if each.peak < PEAK / 2})
    text = """## Limits of this comparison

A type counts as right if all of its classes are right. The total includes all text types with
attention from every token to every token: those of the table, and those that could not be built or
compared."""
    if flat:
        text += (
            f" In one layer of {', '.join(flat)}, no query gives a key more than {PEAK / 2:.0%} of "
            "its attention; an error would be less visible there."
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
        f"| {', '.join(result.terms)} | {difference} | {result.logits_difference:.0e} "
        f"| {_interventions(result.interventions)} |"
    )


def _interventions(exact: Exactness) -> str:
    names = [field.name for field in fields(exact) if getattr(exact, field.name)]
    return ", ".join(names) or "not exact"
