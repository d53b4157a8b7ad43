"""One forward pass of a model, with its attention recorded.

``forward`` runs the pass. ``model_state`` prepares the model and restores it, ``checks`` compares
the recording with the model's own weights.

Two routes observe the pass. ``interface`` records models that call transformers' attention function
(``attention_call`` is one such call, ``normalizers`` reads the divisors of its softmax).
``product_tracer`` records models that multiply query and key in their own code (``product`` knows
the functions of torch that they use, ``product_attention`` the terms of the formula).
``language_head`` computes the logits of some positions, and ``predicting`` what they predict.
``recorder`` collects the attentions and knows which modules are running; ``recording`` assigns the
attentions to layers. ``changes`` defines what interventions change in a layer, and ``intervening``
runs a model with them.

``assumptions`` keeps tensors without a copy and without waiting for a GPU, and checks afterwards
that it could. ``transfer`` moves what was recorded from a GPU to the CPU, and ``gpu_memory`` limits
how much stays there until then.

``mask`` splits a mask from a bias, ``sampling`` chooses the queries to check, ``copies`` copies
tensors, and ``single_thread`` runs small operations in one thread. ``memory`` estimates the memory
of a pass, ``rotation`` measures which dimensions rotate with the position, and ``stopping`` ends a
pass that is canceled or takes too long.
"""

from .forward import Capture, capture
from .intervening import capture_with
from .language_head import Logits, logits_of
from .memory import check_memory
from .model_state import for_inference
from .predicting import changes_of_predictions, offset_of, predict
from .rotation import with_rotations
from .stopping import stopping_between_layers, stopping_check

__all__ = [
    "Capture",
    "Logits",
    "capture",
    "capture_with",
    "changes_of_predictions",
    "check_memory",
    "for_inference",
    "logits_of",
    "offset_of",
    "predict",
    "stopping_between_layers",
    "stopping_check",
    "with_rotations",
]
