"""What readers and programs do: texts of many lengths, all models, and second thoughts."""

import io
import random
from collections.abc import Callable

import numpy as np
from gradio_client import Client
from gradio_client.exceptions import AppError

from bench.soak.outcome import Outcome, Unhandled, ended
from bench.soak.page import PageClient, Said
from tests.hub_cache import MINILM

MODELS = ("tiny-bert", "tiny-gpt2", MINILM)
_WORDS = (
    "the", "cat", "dog", "sat", "lay", "ran", "on", "near", "mat", "rug", "door", "ship", "and",
    "then", "it", "was", "quick",
)  # fmt: skip
# words of a text; the longest takes a second or two of a processor.
_LENGTHS = (1, 5, 5, 12, 12, 30, 30, 120, 400)


def text_of(dice: random.Random) -> str:
    """A text of common words, one in four the same for all: it is answered from memory."""
    if dice.randrange(4) == 0:
        return "The cat sat on the mat"
    return " ".join(dice.choices(_WORDS, k=dice.choice(_LENGTHS)))


def _read(url: str, dice: random.Random) -> Outcome:
    """Run a text, and look at the files of one layer."""
    with PageClient(url) as page:
        said = page.run(dice.choice(MODELS), text_of(dice), dice.choice(("", "The dog ran.")))
        return _look(page, said)


def _look(page: PageClient, said: Said) -> Outcome:
    outcome = ended(said.text, said.kind == "error")
    if outcome is not Outcome.ANSWERED:
        return outcome
    if said.manifest is None:
        raise Unhandled(f"a result without a manifest: {said.text!r}")
    if not page.get(said.manifest).startswith(b'{"version"'):
        raise Unhandled("a manifest that is none")
    return outcome


def _change_mind(url: str, dice: random.Random) -> Outcome:
    """Run a long text, and go away."""
    with PageClient(url) as page:
        page.leave_while_running(MINILM, " ".join(dice.choices(_WORDS, k=400)))
    return Outcome.LEFT


def _ask(url: str, dice: random.Random) -> Outcome:
    """Ask for weights or vectors by a program."""
    name = dice.choice(("/attention", "/query_key"))
    try:
        client = Client(url, verbose=False)
        tokens, file = client.predict(
            dice.choice(MODELS), text_of(dice), layers=[dice.randrange(4)], api_name=name
        )
    except AppError as error:
        return ended(str(error), is_error=True)
    if not tokens or not file.endswith(".safetensors"):
        raise Unhandled(f"{name} answered {tokens!r} and {file!r}")
    return Outcome.ANSWERED


def _open_own(url: str, dice: random.Random) -> Outcome:
    """Open a file of tensors."""
    count = dice.choice((3, 30, 200))
    weights = np.random.default_rng(dice.randrange(10)).dirichlet(np.ones(count), (2, 2, count))
    file = io.BytesIO()
    np.savez(file, self=weights, tokens=np.array(dice.choices(_WORDS, k=count)))
    with PageClient(url) as page:
        return _look(page, page.open_file("own.npz", file.getvalue()))


READER_VISITS: dict[str, Callable[[str, random.Random], Outcome]] = {
    "page: a text": _read,
    "page: leaves": _change_mind,
    "program": _ask,
    "page: own tensors": _open_own,
}
