"""From a model id to a checked folder of files: shipped, fetched at its commit, or in the cache.

In two steps: first the small files, which say what the model is and takes, then the weights.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
from huggingface_hub import (
    HfApi,
    ModelInfo,
    constants,
    get_token,
    set_client_factory,
    snapshot_download,
)
from huggingface_hub.errors import (
    DisabledRepoError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
)
from huggingface_hub.utils import parse_ratelimit_headers, validate_repo_id
from huggingface_hub.utils._http import default_client_factory

from . import catalogue
from .admission import SMALL_FILES, WEIGHT_FILES, Listing, Room, admit, gated, refusal
from .downloads import Downloads, NoRoom, has_file, has_weights
from .errors import DiskFull, HubBusy, ModelUnavailable, UnknownModel
from .leases import Lease
from .limits import HUB_TIMEOUT
from .machine import model_bound
from .progress import Progress, bar_that_tells, untold

_downloads = Downloads(Path(constants.HF_HOME) / "bertviz-space", Path(constants.HF_HUB_CACHE))

# The revision of a demo model: it has no commit of its own on the Hub.
SHIPPED = "shipped"

_CONNECTION_ERRORS = (httpx2.HTTPError, OfflineModeIsEnabled)


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


@dataclass(frozen=True)
class Checkpoint:
    """The files of one model at one commit.

    Attributes:
        model_id: the id that the reader asked for.
        folder: where the files are; the weights once they were fetched.
        revision: the Hub's commit hash, or ``SHIPPED`` for a demo model.
        files: bytes of each file that is fetched into the folder, by name; none where all are here
            that will be.
        lease: keeps what was fetched on disk, for as long as anybody has this.
    """

    model_id: str
    folder: Path
    revision: str
    files: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)
    lease: Lease | None = field(default=None, compare=False, repr=False)


def locate(model_id: str, check_model_type: Callable[[str], None]) -> Checkpoint:
    """Find a model, and fetch its files from the Hub where they are not here; not yet its weights.

    Args:
        model_id: an id of the Hub, or a demo model's name.
        check_model_type: refuses a type of model by raising. It is asked before anything is
            fetched, where the Hub names the type.

    Raises:
        UnknownModel: the id has no right form, or names no model that can be seen.
        HubBusy: the Hub takes no questions just now, and the model is not here.
        DiskFull: models in use leave no room for it.
        ModelUnavailable: the model is gated, too large, without safetensors, or out of reach.
        SpaceError: what ``check_model_type`` raises.
    """
    demo = catalogue.demo_folder(model_id)
    if demo is not None:
        return Checkpoint(model_id, demo, SHIPPED)
    try:
        validate_repo_id(model_id)
    except HFValidationError as error:
        raise UnknownModel(
            "This is no model id. An id looks like google-bert/bert-base-uncased: "
            "an owner, a slash and a name."
        ) from error
    try:
        listing = _listing(model_id)
    except (*_CONNECTION_ERRORS, HubBusy) as error:
        return _from_cache(model_id, error)
    revision = admit(listing, _room(listing), check_model_type)
    return _checkpoint(model_id, revision, listing.fetched)


def fetch_weights(checkpoint: Checkpoint, on_progress: Progress = untold) -> None:
    """Fetch the weights of a model whose other files are here; nothing for one that has them.

    Args:
        checkpoint: the model.
        on_progress: told how far it is.

    Raises:
        HubBusy: the Hub takes no questions just now.
        DiskFull: models in use leave no room for them.
        ModelUnavailable: they are not here, and the Hub cannot be reached.
    """
    if has_weights(checkpoint.folder):
        return
    if checkpoint.files:
        _fetch(checkpoint, SMALL_FILES + WEIGHT_FILES, on_progress)
    if not has_weights(checkpoint.folder):
        raise ModelUnavailable(
            f"The weights of {checkpoint.model_id} are not on this machine, and the Hub cannot be "
            "reached from here. Try again later, or choose a model of the list."
        )


def _checkpoint(model_id: str, revision: str, files: Mapping[str, int]) -> Checkpoint:
    """The small files of a commit, fetched where they are not here."""
    folder, lease = _downloads.snapshot(model_id, revision), _lease(model_id, revision)
    checkpoint = Checkpoint(model_id, folder, revision, files, lease)
    _downloads.link(model_id, revision, files)
    _fetch(checkpoint, SMALL_FILES)
    return checkpoint


def _lease(model_id: str, revision: str) -> Lease:
    try:
        return Lease(_downloads.folder(model_id, revision))
    except OSError as error:  # a disk that cannot be written
        raise _unfinished(model_id) from error


def _fetch(checkpoint: Checkpoint, ends: tuple[str, ...], on_progress: Progress = untold) -> None:
    """Fetch the files whose names have one of some ends; those that are here stay."""
    model_id, revision = checkpoint.model_id, checkpoint.revision
    missing = [
        size
        for name, size in checkpoint.files.items()
        if name.endswith(ends) and not has_file(checkpoint.folder, name)
    ]
    if not missing:
        return
    folder = _downloads.folder(model_id, revision)
    try:
        with _downloads.room_for(folder, sum(missing)):
            snapshot_download(
                model_id,
                revision=revision,
                cache_dir=folder,
                allow_patterns=[f"*{end}" for end in ends],
                ignore_patterns=["*/*"],
                tqdm_class=bar_that_tells(on_progress),
            )
    except NoRoom as error:
        raise DiskFull(model_id) from error
    except GatedRepoError as error:
        raise refusal(model_id, gated(has_token=get_token() is not None)) from error
    except (*_CONNECTION_ERRORS, OSError) as error:  # also a full disk, and a file of a wrong size
        raise _unfinished(model_id) from error


def _unfinished(model_id: str) -> ModelUnavailable:
    return refusal(model_id, "could not be fetched to its end. Try again.")


def _room(listing: Listing) -> Room:
    disk = _downloads.room(listing.model_id, listing.commit or "", listing.fetched)
    return Room(model_bound(), disk, get_token() is not None)


def _listing(model_id: str) -> Listing:
    """What the Hub lists of a model: one question, before any download."""
    try:
        info = HfApi().model_info(model_id, files_metadata=True, timeout=HUB_TIMEOUT)
    except GatedRepoError as error:  # a subclass of RepositoryNotFoundError: first
        raise refusal(model_id, gated(has_token=get_token() is not None)) from error
    except DisabledRepoError as error:
        raise refusal(model_id, "is disabled by the Hub. Choose another model.") from error
    except RepositoryNotFoundError as error:
        raise UnknownModel(
            f"The Hub has no model {model_id}, or it is private. Check the spelling."
        ) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ModelUnavailable(
            f"What the Hub says of {model_id} cannot be understood. Try again later."
        ) from error
    return listing_of(model_id, info)


def listing_of(model_id: str, info: ModelInfo) -> Listing:
    """What is asked of the Hub's answer: the files of the root folder alone."""
    files = [file for file in info.siblings or [] if "/" not in file.rfilename]
    return Listing(
        model_id,
        info.sha,
        info.config or {},
        {file.rfilename: file.size or 0 for file in files},
        num_parameters=info.safetensors.total if info.safetensors else 0,
        needs_sign_in=bool(info.gated),
        is_disabled=bool(info.disabled),
    )


def _from_cache(model_id: str, cause: Exception) -> Checkpoint:
    """The model as it lies on this machine, for use without the Hub."""
    found = _downloads.found(model_id)
    if found:
        best = found[0]
        lease = _lease(model_id, best.revision) if best.is_own else None
        return Checkpoint(model_id, best.path, best.revision, lease=lease)
    if isinstance(cause, HubBusy):
        raise cause
    if isinstance(cause, HfHubHTTPError):
        reason = f"The Hub answered with an error ({cause.response.status_code})"
    else:
        reason = "The Hub cannot be reached from here"
    raise ModelUnavailable(
        f"{reason}, and {model_id} is not on this machine. "
        "Try again later, or choose a model of the list."
    ) from cause


def hub_answers() -> bool:
    """True if the Hub can be asked now; a 'no' comes within ``HUB_TIMEOUT``."""
    try:
        HfApi().model_info(catalogue.HUB_MODELS[0].model_id, timeout=HUB_TIMEOUT)
    except HubBusy:  # it is there, and will answer later
        return True
    except _CONNECTION_ERRORS:
        return False
    return True


def cached_ids() -> frozenset[str]:
    """Ids of the models with safetensors that lie on this machine."""
    return frozenset(each.model_id for each in _downloads.found() if has_weights(each.path))
