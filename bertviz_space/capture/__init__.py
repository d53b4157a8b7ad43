"""One forward pass of a model, with everything that makes its attention seen.

``forward`` runs the pass, of a model that ``setting`` has set for it, and ``checks`` holds what was
seen against the model's own. Two routes watch it: ``interface`` sees the models that call
transformers' attention function, ``products`` (and ``product_steps``) those that multiply query and
key in their own code. ``recorder`` notes where in the model it was, ``masks`` splits what is added
to scores, ``normalizers`` sees what their softmax was divided by, ``kept`` says what is kept,
``threads`` keeps what is done beside the pass from waiting for others, ``rotation`` measures which
dimensions turn with the position, and ``stopping`` ends a pass that nobody waits for or that takes
too long.
"""

from .forward import Capture, capture
from .memory import check_memory
from .rotation import with_rotations
from .setting import for_inference
from .stopping import stopping_between_layers

__all__ = [
    "Capture",
    "capture",
    "check_memory",
    "for_inference",
    "stopping_between_layers",
    "with_rotations",
]
