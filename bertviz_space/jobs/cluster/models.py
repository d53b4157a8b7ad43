"""The models that a replica keeps loaded."""

from threading import Lock

from ...errors import ModelUnavailable
from ...models.loaded_models import LoadedModels
from ...models.loading import LoadedModel, load
from ...models.weight_files import loaded_bytes
from .call import Call


class ReplicaModels:
    """Loads models one at a time, and keeps them within a number of bytes (``LoadedModels``)."""

    def __init__(self) -> None:
        self._models = LoadedModels()
        self._loading = Lock()

    def get(self, call: Call) -> LoadedModel:
        """Return the model of a call, from memory or from its files.

        Raises:
            ModelUnavailable: if the files are not on this machine, or cannot be loaded.
        """
        with self._loading:
            loaded = self._models.get(call.model_name)
            if loaded is None:
                folder = call.checkpoint.folder
                if not folder.is_dir():
                    raise ModelUnavailable(
                        f"The files of {call.checkpoint.model_id} are not on the machine of the "
                        "cluster that was to run it. Run again, or choose another model. For the "
                        "Space's owner: all machines must share the folder of the downloads."
                    )
                self._models.make_room(loaded_bytes(folder))
                loaded = load(call.checkpoint)
                self._models.add(call.model_name, loaded)
            return loaded
