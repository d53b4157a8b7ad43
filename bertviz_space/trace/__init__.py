"""The attention of one forward pass, and what can be computed from it alone.

``token`` defines a token, ``attention`` the attention of one layer with the formula of its weights,
``known_weights`` a layer without vectors, ``rotation`` the dimensions that rotate with the
position, ``predictions`` what the model predicts, ``interventions`` what a pass changes,
``comparison`` another pass that a pass is compared with, and ``trace`` all attention of a pass.
``words`` joins tokens, ``filter`` hides weights, and ``shown_weights`` returns what is left,
between tokens or words. ``overview`` reduces the weights of a layer to a thumbnail, ``head_scores``
measures how much each head follows a pattern, ``divergence`` how much it differs between two
passes, and ``repeated_tokens`` how it attends to random tokens that are repeated. ``ranking`` finds
the largest weights and scores, and ``size`` returns the bytes of a trace. These modules depend only
on torch.
"""

from .attention import Component, LayerAttention, ModelWeights, query_chunks
from .predictions import NoPredictions, PredictedToken, Predictions
from .rotation import Rotation
from .token import Token, segment_b_start
from .trace import Trace

__all__ = [
    "Component",
    "LayerAttention",
    "ModelWeights",
    "NoPredictions",
    "PredictedToken",
    "Predictions",
    "Rotation",
    "Token",
    "Trace",
    "query_chunks",
    "segment_b_start",
]
