"""Turn a model id into a checked folder of files: shipped, downloaded, or in a cache.

This takes two steps. ``locate`` fetches the small files, which describe the model and its options;
``fetch_weights`` fetches the weights.
"""

import glob
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from huggingface_hub import constants, snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError
from huggingface_hub.utils import validate_repo_id

from ...errors import DiskFull, HubBusy, ModelUnavailable, UnknownModel
from ...machine import max_model_bytes
from .. import catalog
from ..precision import smallest_number_bytes
from . import requests
from .access import ANONYMOUS, Reader
from .admission import Listing, Room, admit, refusal
from .downloads import Commit, Downloads, NoRoom, has_file, has_weights
from .leases import Lease
from .progress import Progress, ignore_progress, reporting_bar
from .repository_files import UnreadableIndex, UnusableFiles, weights_in
from .requests import CONNECTION_ERRORS

_downloads = Downloads(Path(constants.HF_HOME) / "bertviz-space", Path(constants.HF_HUB_CACHE))

# The revision of a demo model, which has no commit on the Hub.
SHIPPED = "shipped"


@dataclass(frozen=True)
class Checkpoint:
    """The files of one model at one commit.

    Attributes:
        model_id: its own id on the Hub, whatever name the reader asked for; a demo model's name.
        folder: where the files are. ``fetch_weights`` adds the weights.
        revision: the Hub's commit hash, or ``SHIPPED`` for a demo model.
        files: bytes of each file to fetch into the folder, by name; empty if nothing will be
            fetched, for a demo model and without the Hub.
        is_restricted: True for a gated or private model that was fetched with a reader's own
            token. Call ``check_access`` each time before another reader gets it.
        lease: keeps the downloaded files on disk for as long as this object exists.
    """

    model_id: str
    folder: Path
    revision: str
    files: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)
    is_restricted: bool = False
    lease: Lease | None = field(default=None, compare=False, repr=False)

    @property
    def name(self) -> str:
        """The id and the commit in one name."""
        return f"{self.model_id}@{self.revision}"


def locate(
    model_id: str, check_model_type: Callable[[str], None], reader: Reader = ANONYMOUS
) -> Checkpoint:
    """Find a model, and fetch all its files except the weights if they are not on this machine.

    Args:
        model_id: an id of the Hub, or a demo model's name.
        check_model_type: raises for a type of model that is not supported. It is called before any
            file is fetched, if the Hub lists the type.
        reader: the reader whose token the requests carry.

    Raises:
        UnknownModel: the id is malformed, or names no model that the reader can see.
        SignInEnded: the Hub does not accept the reader's token.
        HubBusy: the Hub accepts no requests now, and the model is not on this machine.
        DiskFull: models in use leave no room for it on disk.
        ModelUnavailable: the model is gated, too large or without safetensors, or the Hub cannot be
            reached.
        SpaceError: what ``check_model_type`` raises.
    """
    demo = catalog.demo_folder(model_id)
    if demo is not None:
        return Checkpoint(model_id, demo, SHIPPED)
    _check_form(model_id)
    try:
        listing = requests.listing(model_id, reader)
    except (*CONNECTION_ERRORS, HubBusy) as error:
        return _from_cache(model_id, error)
    return _fetch_small_files(model_id, listing, check_model_type, reader)


def _check_form(model_id: str) -> None:
    try:
        validate_repo_id(model_id)
    except HFValidationError as error:
        raise UnknownModel(
            "This is not a model id. Example: google-bert/bert-base-uncased (owner/name)."
        ) from error


def _fetch_small_files(
    asked: str, listing: Listing, check_model_type: Callable[[str], None], reader: Reader
) -> Checkpoint:
    """Admit a model and fetch all its files except the weights.

    Args:
        asked: the name that the reader asked for.
        listing: the Hub's answer.
        check_model_type: see ``locate``.
        reader: the reader whose token the requests carry.
    """
    is_restricted = reader.token is not None and (listing.is_gated or listing.is_private)
    commit = Commit(listing.model_id, listing.commit or "", is_restricted, asked)
    admit(listing, _room(listing, commit), check_model_type)
    checkpoint = Checkpoint(
        listing.model_id,
        _downloads.snapshot(commit),
        commit.revision,
        listing.small_files,
        is_restricted,
        _lease(commit),
    )
    _downloads.link(commit, listing.small_files)
    _fetch(checkpoint, listing.small_files, reader)
    # The index is on this machine now: it names the files of the weights.
    listing = replace(listing, weights=_weights(checkpoint, listing.files))
    admit(listing, _room(listing, commit), check_model_type)
    _downloads.link(commit, listing.fetched)
    if not is_restricted:
        _downloads.aliases.remember(asked, listing.model_id)
    return replace(checkpoint, files=listing.fetched)


def check_access(model_id: str, reader: Reader, asked: str | None = None) -> None:
    """Check with one request to the Hub that a reader may read a restricted model now.

    Args:
        model_id: the model's own id. The request uses it, because another name may stand for
            another model by now.
        reader: the reader who asks for the model.
        asked: the name that the reader asked for; the own id by default. An error message contains
            only this name.

    Raises:
        UnknownModel, SignInEnded, ModelUnavailable: the reader may not read the model, or the Hub
            does not answer now.
    """
    asked = asked or model_id
    try:
        requests.check_readable(model_id, reader, asked)
    except CONNECTION_ERRORS as error:
        raise ModelUnavailable(
            f"Only some accounts may read {asked}, and the Hub cannot be asked now whether yours "
            "may. Try again later."
        ) from error


def fetch_weights(
    checkpoint: Checkpoint, on_progress: Progress = ignore_progress, reader: Reader = ANONYMOUS
) -> None:
    """Fetch the weights of a model that ``locate`` has found, unless they are on this machine.

    Args:
        checkpoint: the model.
        on_progress: called with the progress of the download.
        reader: the reader whose token the requests carry.

    Raises:
        HubBusy: the Hub accepts no requests now.
        DiskFull: models in use leave no room for the weights on disk.
        ModelUnavailable: the weights are not on this machine, and the Hub cannot be reached.
    """
    if has_weights(checkpoint.folder):
        return
    if checkpoint.files:
        _fetch(checkpoint, checkpoint.files, reader, on_progress)
    if not has_weights(checkpoint.folder):
        _check_index(checkpoint)
        raise ModelUnavailable(
            f"The weights of {checkpoint.model_id} are not stored here, and Hugging Face cannot be "
            "reached. Try again later, or choose a model from the list."
        )


def _weights(checkpoint: Checkpoint, names: Collection[str]) -> tuple[str, ...]:
    """Return the names of the files of a model's weights, which may not be fetched yet.

    Args:
        checkpoint: the model; its small files must be on this machine.
        names: all files of the root folder of its repository.

    Raises:
        ModelUnavailable: the model has no usable weights.
    """
    try:
        return weights_in(checkpoint.folder, names)
    except UnusableFiles as error:
        raise refusal(checkpoint.model_id, str(error)) from error


def _check_index(checkpoint: Checkpoint) -> None:
    """Raise ``ModelUnavailable`` if the index of the weights is missing or malformed."""
    try:
        weights_in(checkpoint.folder)
    except UnreadableIndex as error:
        raise refusal(checkpoint.model_id, str(error)) from error
    except UnusableFiles:  # some files of the weights are missing
        return


def _lease(commit: Commit) -> Lease:
    try:
        return Lease(_downloads.folder(commit))
    except OSError as error:  # the disk cannot be written
        raise _download_failed(commit.model_id) from error


def _fetch(
    checkpoint: Checkpoint,
    names: Collection[str],
    reader: Reader,
    on_progress: Progress = ignore_progress,
) -> None:
    """Fetch some of a checkpoint's files, unless they are on this machine."""
    model_id, revision = checkpoint.model_id, checkpoint.revision
    missing = [name for name in names if not has_file(checkpoint.folder, name)]
    if not missing:
        return
    folder = _downloads.folder(Commit(model_id, revision, checkpoint.is_restricted))

    def download(token: str | bool | None) -> None:
        snapshot_download(
            model_id,
            revision=revision,
            cache_dir=folder,
            allow_patterns=[glob.escape(name) for name in missing],
            tqdm_class=reporting_bar(on_progress),
            token=token,
        )

    try:
        with _downloads.room_for(folder, sum(checkpoint.files[name] for name in missing)):
            requests.ask(model_id, reader, download)
    except NoRoom as error:
        raise DiskFull(model_id) from error
    except (*CONNECTION_ERRORS, OSError) as error:  # also a full disk, or a file of the wrong size
        raise _download_failed(model_id) from error


def _download_failed(model_id: str) -> ModelUnavailable:
    return refusal(model_id, "could not be downloaded completely. Try again.")


def _room(listing: Listing, commit: Commit) -> Room:
    return Room(
        max_model_bytes(), _downloads.room(commit, listing.fetched), smallest_number_bytes()
    )


def _from_cache(model_id: str, cause: Exception) -> Checkpoint:
    """Return an unrestricted model whose files are on this machine, for use without the Hub.

    Args:
        model_id: the model.
        cause: why the Hub did not answer.

    Raises:
        HubBusy, ModelUnavailable: the files are not on this machine.
    """
    found = _downloads.found(model_id)
    if found:
        best = found[0]
        lease = _lease(Commit(best.model_id, best.revision)) if best.is_own else None
        own_id = _downloads.aliases.model_id_of(best.model_id)
        return Checkpoint(own_id, best.path, best.revision, lease=lease)
    if isinstance(cause, HubBusy):
        raise cause
    if isinstance(cause, HfHubHTTPError):
        reason = f"Hugging Face answered with an error ({cause.response.status_code})"
    else:
        reason = "Hugging Face cannot be reached"
    raise ModelUnavailable(
        f"{reason}, and {model_id} is not stored here. "
        "Try again later, or choose a model from the list."
    ) from cause


def hub_answers() -> bool:
    """Return whether models can be fetched from the Hub now."""
    return requests.hub_answers(catalog.HUB_MODELS[0].model_id)


def cached_ids() -> frozenset[str]:
    """Return the ids of the unrestricted models whose weights are on this machine."""
    found = {each.model_id for each in _downloads.found() if has_weights(each.path)}
    return frozenset(_downloads.aliases.model_id_of(each) for each in found)
