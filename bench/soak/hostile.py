"""What strangers try who mean harm: each is refused, with a sentence where there is a reader."""

import random
import secrets
from collections.abc import Callable

import httpx
from gradio_client import Client
from gradio_client.exceptions import AppError

from bench.soak.outcome import Outcome, Unhandled, ended
from bench.soak.page import PageClient

# seconds
_PATIENCE = 120.0

_NO_MODELS = (
    "../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:22/x", "a/b/c",
    "nobody/nothing", "x" * 5000, "\u0000", "${1+1}", "<script>alert(1)</script>", "",
    "tiny-bert/..",
)  # fmt: skip
_NO_TEXTS = (
    "", "   ", "\u0000", "a\ud800b", "x" * 20_001, "<script>" * 1000, "\u202e" * 500,
    "{{7*7}}${7*7}", "\u0301" * 5000, "😀" * 3000, "\n" * 1000,
)  # fmt: skip
# Paths that nobody may read, and what would be in them.
_SECRETS = ("/etc/passwd", "/proc/self/environ", "../app.py", "app.py", "/root/.bashrc")


def _no_model(url: str, dice: random.Random) -> Outcome:
    with PageClient(url) as page:
        said = page.run(dice.choice(_NO_MODELS), "The cat sat")
    return ended(said.text, said.kind == "error")


def _no_text(url: str, dice: random.Random) -> Outcome:
    text = dice.choice(_NO_TEXTS).encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    with PageClient(url) as page:
        said = page.run(dice.choice(("tiny-bert", "tiny-gpt2")), text)
    return ended(said.text, said.kind == "error")


def _wrong_types(url: str, dice: random.Random) -> Outcome:
    values = (None, 5, [], {}, True, "tiny-bert", [[]] * 50, {"path": "/etc/passwd"})
    try:
        client = Client(url, verbose=False)
        client.predict(
            dice.choice(values),
            dice.choice(values),
            layers=dice.choice(values),
            api_name="/attention",
        )
    except AppError as error:
        return ended(str(error), is_error=True)
    raise Unhandled("values of wrong types were answered")


def _files_of_others(url: str, dice: random.Random) -> Outcome:
    """Read what is no result, list the results of all, and guess at one."""
    with PageClient(url) as page:
        said = page.run("tiny-bert", "The cat sat on the mat")
        if said.manifest is None:
            return ended(said.text, said.kind == "error")
        results = said.manifest.rpartition("/")[0].rpartition("/")[0]
        guess = f"{results}/{secrets.token_urlsafe(24)}/manifest.json"
        of_all = (results, f"{results}/", f"{results}/..", f"{results}/../../log", guess)
        secret = f"/gradio_api/file={dice.choice(_SECRETS)}"
        for address in (*of_all, secret):
            status = page.http.get(address).status_code
            if status not in (403, 404):
                raise Unhandled(f"{address} was answered with {status}")
    return Outcome.REFUSED


def _broken_upload(url: str, dice: random.Random) -> Outcome:
    content = dice.choice((b"", b"PK\x03\x04", dice.randbytes(100_000), b"\xff" * 8 + b"{}"))
    with PageClient(url) as page:
        said = page.open_file("own.safetensors", content)
    return ended(said.text, said.kind == "error")


def _files_that_are_none(url: str, dice: random.Random) -> Outcome:
    """Have a view's server function make what is no file of a result."""
    body = {
        "data": dice.choice(("../../etc/passwd", None, 5, {"a": 1}, f"/x/{secrets.token_hex()}/y")),
        "component_id": dice.randrange(-1, 60),
        "fn_name": dice.choice(("prepare", "__init__", "os.system")),
        "session_hash": secrets.token_hex(8),
    }
    answer = httpx.post(f"{url}/gradio_api/component_server/", json=body, timeout=_PATIENCE)
    if answer.status_code >= 500 or "root:" in answer.text:
        raise Unhandled(f"a server function told {answer.status_code} {answer.text[:100]!r}")
    return Outcome.REFUSED


def _floods(url: str, dice: random.Random) -> Outcome:
    """Ask for many runs at once on one page, and take none of the answers."""
    with PageClient(url) as page:
        for _ in range(dice.randrange(2, 6)):
            page.leave_while_running("tiny-bert", f"the cat {dice.random()}")
    return Outcome.LEFT


HOSTILE_VISITS: dict[str, Callable[[str, random.Random], Outcome]] = {
    "hostile: a model that is none": _no_model,
    "hostile: a text that is none": _no_text,
    "hostile: wrong types": _wrong_types,
    "hostile: files of others": _files_of_others,
    "hostile: a broken upload": _broken_upload,
    "hostile: server functions": _files_that_are_none,
    "hostile: many runs, left": _floods,
}
