"""From a model id to a checked folder of files: shipped, fetched at its commit, or in the cache.

In two steps: first the small files, which say what the model is and takes, then the weights.
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
from . import requests
from .access import ANONYMOUS, Reader
from .admission import Listing, Room, admit, refusal
from .downloads import Commit, Downloads, NoRoom, has_file, has_weights
from .leases import Lease
from .progress import Progress, bar_that_tells, ignore_progress
from .repository_files import UnreadableIndex, UnusableFiles, weights_in
from .requests import CONNECTION_ERRORS

_downloads = Downloads(Path(constants.HF_HOME) / "bertviz-space", Path(constants.HF_HUB_CACHE))

# The revision of a demo model: it has no commit of its own on the Hub.
SHIPPED = "shipped"


@dataclass(frozen=True)
class Checkpoint:
    """The files of one model at one commit.

    Attributes:
        model_id: its own id on the Hub, whatever name the reader asked for; a demo model's name.
        folder: where the files are; the weights once they were fetched.
        revision: the Hub's commit hash, or ``SHIPPED`` for a demo model.
        files: bytes of each file that is fetched into the folder, by name; none where all are here
            that will be.
        is_restricted: True for a gated or private model that came in a reader's own name. Whoever
            else wants it has to pass ``check_access`` first, each time.
        lease: keeps what was fetched on disk, for as long as anybody has this.
    """

    model_id: str
    folder: Path
    revision: str
    files: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)
    is_restricted: bool = False
    lease: Lease | None = field(default=None, compare=False, repr=False)


def locate(
    model_id: str, check_model_type: Callable[[str], None], reader: Reader = ANONYMOUS
) -> Checkpoint:
    """Find a model, and fetch its files from the Hub where they are not here; not yet its weights.

    Args:
        model_id: an id of the Hub, or a demo model's name.
        check_model_type: refuses a type of model by raising. It is asked before anything is
            fetched, where the Hub names the type.
        reader: in whose name the Hub is asked.

    Raises:
        UnknownModel: the id has no right form, or names no model that the reader can see.
        SignInEnded: the Hub does not accept the reader's token.
        HubBusy: the Hub takes no questions just now, and the model is not here.
        DiskFull: models in use leave no room for it.
        ModelUnavailable: the model is gated, too large, without safetensors, or out of reach.
        SpaceError: what ``check_model_type`` raises.
    """
    demo = catalog.demo_folder(model_id)
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
        listing = requests.listing(model_id, reader)
    except (*CONNECTION_ERRORS, HubBusy) as error:
        return _from_cache(model_id, error)
    is_restricted = reader.token is not None and (listing.is_gated or listing.is_private)
    commit = Commit(listing.model_id, listing.commit or "", is_restricted, asked=model_id)
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
    # The index, which names the files of the weights, is here now.
    listing = replace(listing, weights=_weights(checkpoint, listing.files))
    admit(listing, _room(listing, commit), check_model_type)
    _downloads.link(commit, listing.fetched)
    if not is_restricted:
        _downloads.aliases.remember(model_id, listing.model_id)
    return replace(checkpoint, files=listing.fetched)


def check_access(model_id: str, reader: Reader, asked: str | None = None) -> None:
    """See that a reader may read a restricted model at this moment: one question to the Hub.

    Args:
        model_id: the model's own id, about which the Hub is asked. Another name may stand for
            another model by now.
        reader: who wants it.
        asked: the name that the reader asked for, which alone is named to one who may not read the
            model; its own id by default.

    Raises:
        UnknownModel, SignInEnded, ModelUnavailable: they may not, or the Hub cannot say so now.
    """
    asked = asked or model_id
    try:
        requests.see_that_it_may_be_read(model_id, reader, asked)
    except CONNECTION_ERRORS as error:
        raise ModelUnavailable(
            f"{asked} is for those alone who may read it, and the Hub cannot be asked now who "
            "they are. Try again later."
        ) from error


def fetch_weights(
    checkpoint: Checkpoint, on_progress: Progress = ignore_progress, reader: Reader = ANONYMOUS
) -> None:
    """Fetch the weights of a model whose other files are here; nothing for one that has them.

    Args:
        checkpoint: the model.
        on_progress: told how far it is.
        reader: in whose name they are fetched.

    Raises:
        HubBusy: the Hub takes no questions just now.
        DiskFull: models in use leave no room for them.
        ModelUnavailable: they are not here, and the Hub cannot be reached.
    """
    if has_weights(checkpoint.folder):
        return
    if checkpoint.files:
        _fetch(checkpoint, checkpoint.files, reader, on_progress)
    if not has_weights(checkpoint.folder):
        _check_index(checkpoint)
        raise ModelUnavailable(
            f"The weights of {checkpoint.model_id} are not on this machine, and the Hub cannot be "
            "reached from here. Try again later, or choose a model of the list."
        )


def _weights(checkpoint: Checkpoint, names: Collection[str]) -> tuple[str, ...]:
    """The files of a checkpoint's weights, of which only the small files need to be here.

    Args:
        checkpoint: the model.
        names: all files of the root folder of its repository.

    Raises:
        ModelUnavailable: if they cannot be told.
    """
    try:
        return weights_in(checkpoint.folder, names)
    except UnusableFiles as error:
        raise refusal(checkpoint.model_id, str(error)) from error


def _check_index(checkpoint: Checkpoint) -> None:
    try:
        weights_in(checkpoint.folder)
    except UnreadableIndex as error:
        raise refusal(checkpoint.model_id, str(error)) from error
    except UnusableFiles:  # some are not here
        return


def _lease(commit: Commit) -> Lease:
    try:
        return Lease(_downloads.folder(commit))
    except OSError as error:  # a disk that cannot be written
        raise _unfinished(commit.model_id) from error


def _fetch(
    checkpoint: Checkpoint,
    names: Collection[str],
    reader: Reader,
    on_progress: Progress = ignore_progress,
) -> None:
    """Fetch some of a checkpoint's files; those that are here stay."""
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
            tqdm_class=bar_that_tells(on_progress),
            token=token,
        )

    try:
        with _downloads.room_for(folder, sum(checkpoint.files[name] for name in missing)):
            requests.ask(model_id, reader, download)
    except NoRoom as error:
        raise DiskFull(model_id) from error
    except (*CONNECTION_ERRORS, OSError) as error:  # also a full disk, and a file of a wrong size
        raise _unfinished(model_id) from error


def _unfinished(model_id: str) -> ModelUnavailable:
    return refusal(model_id, "could not be fetched to its end. Try again.")


def _room(listing: Listing, commit: Commit) -> Room:
    return Room(max_model_bytes(), _downloads.room(commit, listing.fetched))


def _from_cache(model_id: str, cause: Exception) -> Checkpoint:
    """The model as it lies on this machine, for use without the Hub; no restricted one."""
    found = _downloads.found(model_id)
    if found:
        best = found[0]
        lease = _lease(Commit(best.model_id, best.revision)) if best.is_own else None
        own_id = _downloads.aliases.model_id_of(best.model_id)
        return Checkpoint(own_id, best.path, best.revision, lease=lease)
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
    """True if models can be fetched from the Hub now."""
    return requests.hub_answers(catalog.HUB_MODELS[0].model_id)


def cached_ids() -> frozenset[str]:
    """Ids of the models with safetensors that lie on this machine, for everyone."""
    found = {each.model_id for each in _downloads.found() if has_weights(each.path)}
    return frozenset(_downloads.aliases.model_id_of(each) for each in found)
