"""The normalizers that torch's own kernel computes on its way, and throws away.

On the CPU ``scaled_dot_product_attention`` runs a kernel that makes, beside its output, the
logarithm of the sum of exponentials of each query's scores (Dao et al. 2022, FlashAttention). A
``TorchDispatchMode`` sees the calls below a torch function, this kernel's among them (torch 2.13,
in this thread only). Other kernels, such as those of a GPU, are not seen.
"""

from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

_KERNEL = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu.default


class KernelNormalizers(TorchDispatchMode):
    """While it is entered, keeps what the kernel that ran last made.

    Attributes:
        logsumexp: float32 ``[1, head, query]``, 0 for a query that may see no key; ``None`` where
            the kernel did not run.
    """

    def __init__(self) -> None:
        super().__init__()
        self.logsumexp: Tensor | None = None

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """See one call; its result is left as it is."""
        result = func(*args, **(kwargs or {}))
        if func is _KERNEL:
            self.logsumexp = result[1]
        return result
