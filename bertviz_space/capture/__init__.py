"""One forward pass of a model, with everything that makes its attention seen.

``forward`` runs the pass and checks what was seen; two routes watch it: ``interface`` sees the
models that call transformers' attention function, ``products`` (and ``product_steps``) those that
multiply query and key in their own code. ``recorder`` notes where in the model it was, ``masks``
splits what is added to scores, ``kept`` says what is kept, and ``rotation`` measures which
dimensions turn with the position.
"""

from .forward import Capture, capture, for_inference
from .rotation import with_rotations

__all__ = ["Capture", "capture", "for_inference", "with_rotations"]
