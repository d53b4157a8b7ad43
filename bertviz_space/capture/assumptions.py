"""What a pass assumes about a model to save time, and whether it turned out to be true.

Two assumptions are checked when the pass has ended:

* The model does not change its queries and keys after it has passed them to its attention. Then
  they need no copies. torch counts the in-place operations on each tensor (``_version``).
* On a GPU, whatever the caller of ``is_true`` expects. To know it at once, the processor would wait
  for the GPU in every layer, and the GPU for the processor afterwards.

If an assumption is false, the pass runs again without any (see ``forward``).
"""

import torch
from torch import Tensor, nn

from .copies import float32_copy
from .gpu_memory import max_kept_bytes


class Assumptions:
    """The assumptions of one pass, and the tensors that it keeps because of them."""

    def __init__(self, model: nn.Module, device: torch.device, *, careful: bool = False) -> None:
        """Prepare for one pass.

        Args:
            model: the model that runs.
            device: the device on which it runs.
            careful: assume nothing: copy all tensors, and wait for the GPU in every layer.
        """
        self._careful = careful
        self._device = device
        self._bytes_left = max_kept_bytes(device)
        self._weights = {
            each.untyped_storage().data_ptr()
            for module in model.modules()
            for each in (*module._parameters.values(), *module._buffers.values())
            if each is not None
        }
        self._unchanged: list[tuple[Tensor, int]] = []
        self._flags: list[Tensor] = []

    def device_for(self, *tensors: Tensor) -> torch.device:
        """Return where to keep tensors of one layer: on their GPU as long as its memory allows."""
        num_bytes = sum(4 * each.numel() for each in tensors)
        if self._careful or num_bytes > self._bytes_left:
            return torch.device("cpu")
        self._bytes_left -= num_bytes
        return self._device

    def keep(self, tensor: Tensor, device: torch.device) -> Tensor:
        """Return a tensor in float32 on a device, without a copy if possible.

        The result shares its memory with the model's own tensor if all of that memory is part of
        the result. A view of a fused query-key-value tensor would keep all of that tensor in
        memory, and a view of a weight would change with it.
        """
        storage = tensor.untyped_storage()
        if (
            self._careful
            or tensor.dtype != torch.float32
            or tensor.device != device
            or tensor.is_inference()
            or storage.nbytes() > tensor.nbytes
            or storage.data_ptr() in self._weights
        ):
            return float32_copy(tensor, device)
        self._unchanged.append((tensor, tensor._version))
        return tensor.detach()

    def is_true(self, flag: Tensor) -> bool:
        """Return whether a flag is true: bool ``[]``. On a GPU, assume that it is."""
        if self._careful or _is_immediate(flag.device):
            return bool(flag)
        self._flags.append(flag)
        return True

    def hold(self) -> bool:
        """Return whether all assumptions are true, after the pass."""
        are_unchanged = all(tensor._version == version for tensor, version in self._unchanged)
        return are_unchanged and (not self._flags or bool(torch.stack(self._flags).all()))


def _is_immediate(device: torch.device) -> bool:
    """Return whether a number on a device can be read without waiting."""
    return device.type == "cpu"
