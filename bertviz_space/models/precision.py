"""The data type in which models are loaded: float32, or half precision if only that fits a GPU."""

import torch

from ..machine import device, max_model_bytes


def smallest_number_bytes() -> int:
    """Return the bytes that a number of a loaded model takes at least.

    Only GPUs load models in half precision: a CPU has more memory, and computes faster in float32.
    """
    return (torch.bfloat16 if device().type == "cuda" else torch.float32).itemsize


def loaded_dtype(num_weights: int, saved: torch.dtype | str | None = None) -> torch.dtype:
    """Return the data type in which this machine loads a model: float32 if its weights fit.

    Args:
        num_weights: the number of its weights.
        saved: the data type that its configuration names.

    Returns:
        float16 for a model that was saved in it, otherwise bfloat16, which has the range of
        float32: most models were trained in it.
    """
    fits = num_weights * torch.float32.itemsize <= max_model_bytes()
    if fits or device().type != "cuda":
        return torch.float32
    is_float16 = str(saved).removeprefix("torch.") == "float16"
    return torch.float16 if is_float16 else torch.bfloat16
