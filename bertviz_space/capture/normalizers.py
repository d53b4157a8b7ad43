"""The normalizers of the softmax that torch's own kernel computes and discards.

On the CPU, ``scaled_dot_product_attention`` runs a kernel that returns, beside its output, the
logarithm of the sum of exponentials of each query's scores (Dao et al. 2022, FlashAttention). A
``TorchDispatchMode`` receives the operators that torch functions call, including this kernel (torch
2.13; only in the same thread). Other kernels, such as those of a GPU, are not recognized.
"""

from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

_KERNEL = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu.default


class KernelNormalizers(TorchDispatchMode):
    """Inside a ``with`` block, stores the normalizers of the kernel's last call.

    Attributes:
        logsumexp: float32 ``[1, head, query]``, 0 for a query that may not attend to any key;
            ``None`` if the kernel did not run.
    """

    def __init__(self) -> None:
        super().__init__()
        self.logsumexp: Tensor | None = None

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Call an operator and return its result unchanged."""
        result = func(*args, **(kwargs or {}))
        if func is _KERNEL:
            self.logsumexp = result[1]
        return result
