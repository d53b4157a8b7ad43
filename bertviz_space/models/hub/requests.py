"""What is asked of the Hub, in a reader's name, and what its answers mean."""

import re
from collections.abc import Callable
from typing import TypeVar

import httpx2
from huggingface_hub import HfApi, ModelInfo, constants, get_token, set_client_factory
from huggingface_hub.errors import (
    DisabledRepoError,
    GatedRepoError,
    HfHubHTTPError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
)
from huggingface_hub.utils import (
    build_hf_headers,
    get_session,
    hf_raise_for_status,
    parse_ratelimit_headers,
    validate_repo_id,
)
from huggingface_hub.utils._http import default_client_factory

from ...errors import HubBusy, ModelUnavailable, SignInEnded, UnknownModel
from ...limits import HUB_TIMEOUT
from .access import ANONYMOUS, Reader, can_sign_in, gated, unseen
from .admission import Listing, refusal

CONNECTION_ERRORS = (httpx2.HTTPError, OfflineModeIsEnabled)

_Answer = TypeVar("_Answer")


def _refuse_if_busy(response: httpx2.Response) -> None:
    if response.status_code != httpx2.codes.TOO_MANY_REQUESTS:
        return
    limit, said = parse_ratelimit_headers(response.headers), response.headers.get("Retry-After", "")
    if limit is not None and limit.remaining == 0:
        raise HubBusy(limit.reset_in_seconds)
    raise HubBusy(int(said) if said.isdecimal() else None)


def _client() -> httpx2.Client:
    client = default_client_factory()
    client.event_hooks = {**client.event_hooks, "response": [_refuse_if_busy]}
    return client


# huggingface_hub 2.4 itself waits as long as a busy Hub says, minutes and up to five times, while
# every other reader's load would wait for it: the reader is told instead
# (test_a_busy_hub_says_how_long_to_wait).
set_client_factory(_client)


def token_of(reader: Reader) -> str | bool | None:
    """What huggingface_hub takes as a token: none is ``False``, the Space's own is ``None``.

    Raises:
        SignInEnded: for a token of a form that no header takes, before any message repeats it.
    """
    if reader.token is None:
        return False if can_sign_in() else None
    if not re.fullmatch("[!-~]+", reader.token):
        raise SignInEnded
    return reader.token


def ask(model_id: str, reader: Reader, question: Callable[[str | bool | None], _Answer]) -> _Answer:
    """The answer to a question about a model, or the sentence on why there is none.

    Args:
        model_id: the model.
        reader: in whose name it is asked.
        question: is handed the token.

    Raises:
        UnknownModel: there is no such model, or the reader may not see it.
        SignInEnded: the reader's token is not accepted.
        ModelUnavailable: it is gated and the reader may not read it, or it is disabled.
    """
    try:
        return question(token_of(reader))
    except GatedRepoError as error:  # a subclass of RepositoryNotFoundError: first
        raise _not_granted(model_id, reader) from error
    except DisabledRepoError as error:
        raise refusal(model_id, "is disabled by the Hub. Choose another model.") from error
    except RepositoryNotFoundError as error:
        raise UnknownModel(unseen(model_id, reader)) from error
    except HfHubHTTPError as error:
        if error.response.status_code == httpx2.codes.UNAUTHORIZED and reader.token is not None:
            raise SignInEnded from error
        raise


def listing(model_id: str, reader: Reader) -> Listing:
    """What the Hub lists of a model: one question, before any download; for a gated one two.

    The listing has the model's own id, to which the Hub leads from another name.

    Raises:
        UnknownModel, ModelUnavailable: see ``ask``; also for an answer that makes no sense.
    """

    def question(token: str | bool | None) -> Listing:
        info = HfApi().model_info(model_id, files_metadata=True, timeout=HUB_TIMEOUT, token=token)
        if not isinstance(info.id, str):
            raise TypeError("no id")
        validate_repo_id(info.id)
        return listing_of(info.id, info)

    try:
        found = ask(model_id, reader, question)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise ModelUnavailable(
            f"What the Hub says of {model_id} cannot be understood. Try again later."
        ) from error
    if found.is_gated:
        # Everyone may list a gated model, and few may read it.
        if reader.token is None and not _lends_token():
            raise _not_granted(found.model_id, reader)
        see_that_it_may_be_read(found.model_id, reader)
    return found


def see_that_it_may_be_read(model_id: str, reader: Reader, asked: str | None = None) -> None:
    """Ask the Hub whether a reader may read a model at this moment.

    Args:
        model_id: the model's own id.
        reader: who wants it.
        asked: the name for the sentences; its own id by default.

    Raises:
        UnknownModel, ModelUnavailable: they may not; see ``ask``.
    """

    def question(token: str | bool | None) -> None:
        # HfApi.auth_check of huggingface_hub 2.4 asks the same, and waits without end.
        address = f"{constants.ENDPOINT}/api/models/{model_id}/auth-check"
        headers = build_hf_headers(token=token)
        hf_raise_for_status(get_session().get(address, headers=headers, timeout=HUB_TIMEOUT))

    ask(asked or model_id, reader, question)


def listing_of(model_id: str, info: ModelInfo) -> Listing:
    """What is asked of the Hub's answer: the files of the root folder alone.

    Raises:
        TypeError: if the answer holds values of other types than the Hub's.
    """
    files = [file for file in info.siblings or [] if "/" not in file.rfilename]
    sizes = {file.rfilename: file.size or 0 for file in files}
    total = info.safetensors.total if info.safetensors else 0
    config: object = info.config or {}
    if not isinstance(config, dict) or any(
        type(each) is not int for each in (*sizes.values(), total)
    ):
        raise TypeError("no listing")
    return Listing(
        model_id,
        info.sha,
        config,
        sizes,
        num_parameters=total,
        is_gated=bool(info.gated),
        is_private=bool(info.private),
        is_disabled=bool(info.disabled),
    )


def hub_answers(model_id: str) -> bool:
    """True if the Hub can be asked now about a model; a 'no' comes within ``HUB_TIMEOUT``."""
    try:
        HfApi().model_info(model_id, timeout=HUB_TIMEOUT, token=token_of(ANONYMOUS))
    except HubBusy:  # it is there, and will answer later
        return True
    except CONNECTION_ERRORS:
        return False
    return True


def _lends_token() -> bool:
    return get_token() is not None and not can_sign_in()


def _not_granted(model_id: str, reader: Reader) -> ModelUnavailable:
    return refusal(model_id, gated(reader, _lends_token()))
