"""Visits of readers and programs: texts of many lengths, all models, and abandoned runs."""

import io
import random
from collections.abc import Callable

import numpy as np
from gradio_client import Client
from gradio_client.exceptions import AppError

from bench.soak.outcome import Outcome, Unhandled, outcome_of
from bench.soak.page import Ending, PageClient
from tests.hub_cache import MINILM

MODELS = ("tiny-bert", "tiny-gpt2", MINILM)
_WORDS = (
    "the", "cat", "dog", "sat", "lay", "ran", "on", "near", "mat", "rug", "door", "ship", "and",
    "then", "it", "was", "quick",
)  # fmt: skip
# Numbers of words of a text. The longest takes one or two seconds of CPU time.
_LENGTHS = (1, 5, 5, 12, 12, 30, 30, 120, 400)


def text_of(dice: random.Random) -> str:
    """Return a text of common words; one in four is the same text, which the result cache has."""
    if dice.randrange(4) == 0:
        return "The cat sat on the mat"
    return " ".join(dice.choices(_WORDS, k=dice.choice(_LENGTHS)))


def _read(url: str, dice: random.Random) -> Outcome:
    """Run a text, and fetch the manifest of the result."""
    with PageClient(url) as page:
        ending = page.run(dice.choice(MODELS), text_of(dice), dice.choice(("", "The dog ran.")))
        return _fetch_manifest(page, ending)


def _fetch_manifest(page: PageClient, ending: Ending) -> Outcome:
    outcome = outcome_of(ending.text, ending.kind == "error")
    if outcome is not Outcome.ANSWERED:
        return outcome
    if ending.manifest is None:
        raise Unhandled(f"a result without a manifest: {ending.text!r}")
    if not page.get(ending.manifest).startswith(b'{"version"'):
        raise Unhandled("a manifest does not begin with its version")
    return outcome


def _leave(url: str, dice: random.Random) -> Outcome:
    """Run a long text, and leave the page during the run."""
    with PageClient(url) as page:
        page.leave_while_running(MINILM, " ".join(dice.choices(_WORDS, k=400)))
    return Outcome.LEFT


def _call_endpoint(url: str, dice: random.Random) -> Outcome:
    """Request weights or vectors as a program does."""
    name = dice.choice(("/attention", "/query_key"))
    try:
        client = Client(url, verbose=False)
        tokens, file = client.predict(
            dice.choice(MODELS), text_of(dice), layers=[dice.randrange(4)], api_name=name
        )
    except AppError as error:
        return outcome_of(str(error), is_error=True)
    if not tokens or not file.endswith(".safetensors"):
        raise Unhandled(f"{name} returned {tokens!r} and {file!r}")
    return Outcome.ANSWERED


def _open_own(url: str, dice: random.Random) -> Outcome:
    """Upload and open a file of tensors."""
    count = dice.choice((3, 30, 200))
    weights = np.random.default_rng(dice.randrange(10)).dirichlet(np.ones(count), (2, 2, count))
    file = io.BytesIO()
    np.savez(file, self=weights, tokens=np.array(dice.choices(_WORDS, k=count)))
    with PageClient(url) as page:
        return _fetch_manifest(page, page.open_file("own.npz", file.getvalue()))


READER_VISITS: dict[str, Callable[[str, random.Random], Outcome]] = {
    "page: a text": _read,
    "page: leaves": _leave,
    "program": _call_endpoint,
    "page: own tensors": _open_own,
}
