"""Hostile visits. The Space has to refuse each of them, with a message if a page shows it."""

import random
import secrets
from collections.abc import Callable

import httpx
from gradio_client import Client
from gradio_client.exceptions import AppError

from bench.soak.outcome import Outcome, Unhandled, outcome_of
from bench.soak.page import PageClient

# seconds
_TIMEOUT = 120.0

_INVALID_MODELS = (
    "../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:22/x", "a/b/c",
    "nobody/nothing", "x" * 5000, "\u0000", "${1+1}", "<script>alert(1)</script>", "",
    "tiny-bert/..",
)  # fmt: skip
_INVALID_TEXTS = (
    "", "   ", "\u0000", "a\ud800b", "x" * 20_001, "<script>" * 1000, "\u202e" * 500,
    "{{7*7}}${7*7}", "\u0301" * 5000, "😀" * 3000, "\n" * 1000,
)  # fmt: skip
# Paths of files that the Space must not serve.
_SECRETS = ("/etc/passwd", "/proc/self/environ", "../app.py", "app.py", "/root/.bashrc")


def _invalid_model(url: str, dice: random.Random) -> Outcome:
    with PageClient(url) as page:
        ending = page.run(dice.choice(_INVALID_MODELS), "The cat sat")
    return outcome_of(ending.text, ending.kind == "error")


def _invalid_text(url: str, dice: random.Random) -> Outcome:
    text = dice.choice(_INVALID_TEXTS).encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    with PageClient(url) as page:
        ending = page.run(dice.choice(("tiny-bert", "tiny-gpt2")), text)
    return outcome_of(ending.text, ending.kind == "error")


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
        return outcome_of(str(error), is_error=True)
    raise Unhandled("the Space accepted values of wrong types")


def _files_of_others(url: str, dice: random.Random) -> Outcome:
    """Try to read files that are not results, to list all results, and to guess a result's URL."""
    with PageClient(url) as page:
        ending = page.run("tiny-bert", "The cat sat on the mat")
        if ending.manifest is None:
            return outcome_of(ending.text, ending.kind == "error")
        results = ending.manifest.rpartition("/")[0].rpartition("/")[0]
        guess = f"{results}/{secrets.token_urlsafe(24)}/manifest.json"
        of_all = (results, f"{results}/", f"{results}/..", f"{results}/../../log", guess)
        secret = f"/gradio_api/file={dice.choice(_SECRETS)}"
        for url_path in (*of_all, secret):
            status = page.http.get(url_path).status_code
            if status not in (403, 404):
                raise Unhandled(f"{url_path} was answered with status {status}")
    return Outcome.REFUSED


def _broken_upload(url: str, dice: random.Random) -> Outcome:
    content = dice.choice((b"", b"PK\x03\x04", dice.randbytes(100_000), b"\xff" * 8 + b"{}"))
    with PageClient(url) as page:
        ending = page.open_file("own.safetensors", content)
    return outcome_of(ending.text, ending.kind == "error")


def _server_functions(url: str, dice: random.Random) -> Outcome:
    """Call server functions, and ask them to create files that belong to no result."""
    body = {
        "data": dice.choice(("../../etc/passwd", None, 5, {"a": 1}, f"/x/{secrets.token_hex()}/y")),
        "component_id": dice.randrange(-1, 60),
        "fn_name": dice.choice(("prepare", "__init__", "os.system")),
        "session_hash": secrets.token_hex(8),
    }
    answer = httpx.post(f"{url}/gradio_api/component_server/", json=body, timeout=_TIMEOUT)
    if answer.status_code >= 500 or "root:" in answer.text:
        raise Unhandled(f"a server function returned {answer.status_code} {answer.text[:100]!r}")
    return Outcome.REFUSED


def _many_runs(url: str, dice: random.Random) -> Outcome:
    """Start many runs on one page without waiting for any of their results."""
    with PageClient(url) as page:
        for _ in range(dice.randrange(2, 6)):
            page.leave_while_running("tiny-bert", f"the cat {dice.random()}")
    return Outcome.LEFT


HOSTILE_VISITS: dict[str, Callable[[str, random.Random], Outcome]] = {
    "hostile: invalid model id": _invalid_model,
    "hostile: invalid text": _invalid_text,
    "hostile: wrong types": _wrong_types,
    "hostile: other people's files": _files_of_others,
    "hostile: broken upload": _broken_upload,
    "hostile: server functions": _server_functions,
    "hostile: abandoned runs": _many_runs,
}
