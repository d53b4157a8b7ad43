"""Send requests to the Hub with a reader's token, and turn its answers into results or errors."""

import re
from collections.abc import Callable
from functools import cache
from threading import Lock
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
from .access import ANONYMOUS, Reader, can_sign_in, gated_message, not_found_message
from .admission import Listing, refusal

CONNECTION_ERRORS = (httpx2.HTTPError, OfflineModeIsEnabled)

_Answer = TypeVar("_Answer")

_client_lock = Lock()


def token_of(reader: Reader) -> str | bool | None:
    """Return the ``token`` argument for huggingface_hub.

    ``False`` sends no token, ``None`` sends the shared token if there is one.

    Raises:
        SignInEnded: the token has characters that a header cannot contain. The error is raised
            here so that no other error message repeats the token.
    """
    if reader.token is None:
        return False if can_sign_in() else None
    if not re.fullmatch("[!-~]+", reader.token):
        raise SignInEnded
    return reader.token


def ask(model_id: str, reader: Reader, question: Callable[[str | bool | None], _Answer]) -> _Answer:
    """Return the Hub's answer to a request about a model.

    Args:
        model_id: the model.
        reader: the reader whose token the request carries.
        question: sends the request; its argument is the token for huggingface_hub.

    Raises:
        UnknownModel: there is no such model, or the reader may not see it.
        SignInEnded: the Hub does not accept the reader's token.
        HubBusy: the Hub accepts no requests from this machine for some time.
        ModelUnavailable: the model is gated and the reader may not read it, or it is disabled.
    """
    _report_busy_hub()
    try:
        return question(token_of(reader))
    except GatedRepoError as error:  # a subclass of RepositoryNotFoundError, so it comes first
        raise _gated_error(model_id, reader) from error
    except DisabledRepoError as error:
        raise refusal(model_id, "is disabled by the Hub. Choose another model.") from error
    except RepositoryNotFoundError as error:
        raise UnknownModel(not_found_message(model_id, reader)) from error
    except HfHubHTTPError as error:
        if error.response.status_code == httpx2.codes.UNAUTHORIZED and reader.token is not None:
            raise SignInEnded from error
        raise


def listing(model_id: str, reader: Reader) -> Listing:
    """Return what the Hub lists for a model: one request, two for a gated model.

    The listing contains the model's own id, even if ``model_id`` is another name.

    Raises:
        UnknownModel, ModelUnavailable: see ``ask``; also for an answer that cannot be understood.
    """

    def question(token: str | bool | None) -> Listing:
        info = HfApi().model_info(model_id, files_metadata=True, timeout=HUB_TIMEOUT, token=token)
        if not isinstance(info.id, str):
            raise TypeError("no model id")
        validate_repo_id(info.id)
        return listing_of(info.id, info)

    try:
        found = ask(model_id, reader, question)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise ModelUnavailable(
            f"The Hub's answer about {model_id} cannot be understood. Try again later."
        ) from error
    if found.is_gated:
        # Everyone may list a gated model, but only some readers may read its files.
        if reader.token is None and not _has_shared_token():
            raise _gated_error(found.model_id, reader)
        check_readable(found.model_id, reader)
    return found


def check_readable(model_id: str, reader: Reader, asked: str | None = None) -> None:
    """Ask the Hub whether a reader may read a model now.

    Args:
        model_id: the model's own id.
        reader: the reader who asks for the model.
        asked: the name of the model in error messages; its own id by default.

    Raises:
        UnknownModel, ModelUnavailable: the reader may not read it; see ``ask``.
    """

    def question(token: str | bool | None) -> None:
        # HfApi.auth_check of huggingface_hub 2.4 sends the same request without a timeout.
        url = f"{constants.ENDPOINT}/api/models/{model_id}/auth-check"
        headers = build_hf_headers(token=token)
        hf_raise_for_status(get_session().get(url, headers=headers, timeout=HUB_TIMEOUT))

    ask(asked or model_id, reader, question)


def listing_of(model_id: str, info: ModelInfo) -> Listing:
    """Convert the Hub's answer, keeping only the files of the root folder.

    Raises:
        TypeError: the answer contains values of unexpected types.
    """
    files = [file for file in info.siblings or [] if "/" not in file.rfilename]
    sizes = {file.rfilename: file.size or 0 for file in files}
    total = info.safetensors.total if info.safetensors else 0
    config: object = info.config or {}
    if not isinstance(config, dict) or any(
        type(each) is not int for each in (*sizes.values(), total)
    ):
        raise TypeError("unexpected types")
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
    """Return whether the Hub answers a request about a model, within ``HUB_TIMEOUT``."""
    _report_busy_hub()
    try:
        HfApi().model_info(model_id, timeout=HUB_TIMEOUT, token=token_of(ANONYMOUS))
    except HubBusy:  # it is reachable and will answer later
        return True
    except CONNECTION_ERRORS:
        return False
    return True


def _has_shared_token() -> bool:
    return get_token() is not None and not can_sign_in()


def _gated_error(model_id: str, reader: Reader) -> ModelUnavailable:
    return refusal(model_id, gated_message(reader, _has_shared_token()))


def _report_busy_hub() -> None:
    """Make huggingface_hub raise ``HubBusy`` if the Hub answers "too many requests".

    huggingface_hub 2.4 itself waits as long as the Hub asks, up to five times and for minutes, and
    the loads of all other readers would wait for it (test_a_busy_hub_says_how_long_to_wait).
    """
    with _client_lock:
        _set_client()


@cache
def _set_client() -> None:
    """Set huggingface_hub's HTTP client. This closes the previous one, so do it once."""
    set_client_factory(_client)


def _client() -> httpx2.Client:
    client = default_client_factory()
    client.event_hooks = {**client.event_hooks, "response": [_raise_if_busy]}
    return client


def _raise_if_busy(response: httpx2.Response) -> None:
    if response.status_code != httpx2.codes.TOO_MANY_REQUESTS:
        return
    limit, wait = parse_ratelimit_headers(response.headers), response.headers.get("Retry-After", "")
    if limit is not None and limit.remaining == 0:
        raise HubBusy(limit.reset_in_seconds)
    raise HubBusy(int(wait) if wait.isdecimal() else None)
