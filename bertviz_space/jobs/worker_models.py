"""The models that a process keeps loaded if it runs models for the process of the page."""

from dataclasses import replace
from threading import Lock

from ..errors import ModelUnavailable
from ..models.catalog import demo_folder
from ..models.hub.checkpoints import SHIPPED, Checkpoint
from ..models.loaded_models import LoadedModels
from ..models.loading import LoadedModel, load
from ..models.weight_files import loaded_bytes


class WorkerModels:
    """Loads models one at a time, and keeps them within a number of bytes (``LoadedModels``)."""

    def __init__(self) -> None:
        self._models = LoadedModels()
        self._loading = Lock()

    def get(self, checkpoint: Checkpoint) -> LoadedModel:
        """Return a model, from memory or from its files.

        Raises:
            ModelUnavailable: if the files are not on this machine, or cannot be loaded.
        """
        with self._loading:
            loaded = self._models.get(checkpoint.name)
            if loaded is None:
                checkpoint = _on_this_machine(checkpoint)
                if not checkpoint.folder.is_dir():
                    raise ModelUnavailable(
                        f"The files of {checkpoint.model_id} are not on the machine of the "
                        "cluster that was to run it. Run again, or choose another model. For the "
                        "Space's owner: all machines must share the folder of the downloads."
                    )
                self._models.make_room(loaded_bytes(checkpoint.folder))
                loaded = load(checkpoint)
                self._models.add(loaded.checkpoint.name, loaded)
            return loaded


def _on_this_machine(checkpoint: Checkpoint) -> Checkpoint:
    """Return a checkpoint with the folder of this machine, if each machine has its own."""
    folder = demo_folder(checkpoint.model_id) if checkpoint.revision == SHIPPED else None
    return checkpoint if folder is None else replace(checkpoint, folder=folder)
