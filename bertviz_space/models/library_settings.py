"""Settings of transformers and torch that apply to the whole process."""

from functools import cache

import torch
from transformers.utils import logging


@cache
def configure_libraries() -> None:
    """Silence transformers' progress bars and warnings, and compute float32 exactly on a GPU.

    The page shows the progress of a load itself. transformers warns that the weights of a task head
    are unexpected, because most models are loaded without their task head.

    Rounding products to TF32 would break the formula's bound: it reproduces the model's own
    weights to 1e-5.
    """
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
