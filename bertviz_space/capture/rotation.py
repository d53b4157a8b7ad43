"""Measures which dimensions of queries and keys rotate with the position.

Rotary models rotate pairs of dimensions by an angle that grows with the position (Su et al. 2021,
RoFormer). Which dimensions rotate, and which two are a pair, differs from model to model and from
layer to layer, and configurations do not describe it in a uniform way. Therefore the model runs on
a single token at a few positions. A single token gives itself all its weight, or the same part of
it if there is a sink, at every position. Its hidden state is therefore the same in every layer at
every position, and its queries differ only by the rotation. (A model that does not accept positions
runs on the token repeated: the mean of equal values is that value.) A rotation is accepted only if
the vectors confirm it: the length of every pair and all other dimensions stay the same, and some
dimension changes.
"""

import inspect
from collections.abc import Mapping
from dataclasses import replace
from weakref import WeakKeyDictionary

import torch
from torch import Tensor
from transformers import PreTrainedModel

from ..errors import AttentionUnavailable
from ..texts.model_sides import sides, text_config
from ..texts.table_sizes import num_positions, num_token_ids
from ..trace import Component, LayerAttention, Rotation
from .forward import capture

Layers = Mapping[Component, tuple[LayerAttention, ...]]
_Rotations = dict[tuple[Component, int], Rotation]

# Fast pairs rotate visibly between these positions. Slow pairs need not.
_POSITIONS = (0, 3, 29)

# Any token except padding, whose vector is zero in many models.
_TOKEN_ID = 7

# The rotations of each model. A model's structure does not change while it is in memory.
_known: WeakKeyDictionary[PreTrainedModel, _Rotations] = WeakKeyDictionary()


def with_rotations(model: PreTrainedModel, layers: Layers) -> Layers:
    """Return captured layers with their ``rotation``.

    The first call for a model runs three passes over one token, if its configuration or its buffers
    indicate a rotation.

    Args:
        model: the model, see ``capture``.
        layers: the layers of a capture of this model.
    """
    if model not in _known:
        _known[model] = _measure(model)
    rotations = _known[model]
    return {
        component: tuple(
            replace(each, rotation=rotations.get((component, each.layer))) for each in its
        )
        for component, its in layers.items()
    }


def find_rotation(vectors: Tensor, sizes: tuple[int, ...]) -> Rotation | None:
    """Find the rotation that distinguishes vectors at several positions.

    Args:
        vectors: ``[position, head, head_dim]``, queries or keys that were equal before the
            rotation.
        sizes: possible values of ``Rotation.size``. The vectors do not show the size, because slow
            pairs hardly rotate over a few positions.

    Returns:
        The first rotation that explains all differences; ``None`` if there are no differences or
        no rotation explains them.
    """
    vectors = vectors.double()
    head_dim = vectors.shape[-1]
    # Rounding: in float32 that of the angles, in half precision that of the vectors.
    bound = 1e-4 * vectors.norm(dim=-1).max()
    if (vectors - vectors[0]).abs().max() <= bound:
        return None
    for size in sorted(size for size in sizes if size <= head_dim):
        for start in dict.fromkeys((0, head_dim - size)):
            for interleaved in (False, True):
                rotation = Rotation(start, size, interleaved)
                invariants = _invariants(vectors, rotation)
                if (invariants - invariants[0]).abs().max() <= bound:
                    return rotation
    return None


def _invariants(vectors: Tensor, rotation: Rotation) -> Tensor:
    """Return what a rotation does not change: the length of each pair, and other dimensions."""
    end = rotation.start + rotation.size
    rotating = vectors[..., rotation.start : end]
    if rotation.interleaved:
        pairs = rotating.unflatten(-1, (-1, 2))
    else:
        pairs = rotating.unflatten(-1, (2, -1)).transpose(-1, -2)
    others = (vectors[..., : rotation.start], vectors[..., end:])
    return torch.cat([pairs.norm(dim=-1), *others], dim=-1)


def _measure(model: PreTrainedModel) -> _Rotations:
    """Find the rotation of each self-attention of a model."""
    sizes = _candidate_sizes(model)
    if sizes is None:
        return {}
    try:
        probes = _probe(model)
    except AttentionUnavailable:
        # A text of one token cannot be shown. The reader's text could, so only the rotation is
        # left out.
        return {}
    rotations: _Rotations = {}
    for component, layers in probes[0].items():
        if component == "cross":
            continue
        for index, layer in enumerate(layers):
            its = [probe[component][index] for probe in probes]
            vectors = torch.stack([torch.cat([each.query[:, -1], each.key[:, -1]]) for each in its])
            rotation = find_rotation(vectors, sizes or (layer.head_dim,))
            if rotation is not None:
                rotations[component, layer.layer] = rotation
    return rotations


def _candidate_sizes(model: PreTrainedModel) -> tuple[int, ...] | None:
    """Return how many dimensions may rotate, according to the model's buffers and configuration.

    Returns:
        Possible sizes; none if the model rotates an unknown number of dimensions; ``None`` if the
        model does not rotate any.
    """
    fields: Mapping[str, object] = text_config(model).to_dict()
    # Each frequency rotates two dimensions.
    sizes = {
        2 * buffer.numel() for name, buffer in model.named_buffers() if name.endswith("inv_freq")
    }
    if not sizes and not any("rotary" in name or "rope" in name for name in fields):
        return None
    if not sizes and isinstance(size := fields.get("rotary_dim"), int):
        sizes = {size}
    return tuple(sizes)


def _probe(model: PreTrainedModel) -> list[Layers]:
    """Capture one token at each of ``_POSITIONS``. Only the last query and key are meaningful."""
    trunk = model.base_model
    parameters = inspect.signature(trunk.forward).parameters
    last_id = min((num_token_ids(model, side) or _TOKEN_ID + 1) - 1 for side in sides(model))
    token = torch.tensor([[min(_TOKEN_ID, last_id)]], device=model.device)
    # A table of sines has as many positions as the longest text.
    last = min((num_positions(model, side) or _POSITIONS[-1] + 1) - 1 for side in sides(model))
    probes = []
    for position in (min(each, last) for each in _POSITIONS):
        position_ids = torch.full_like(token, position)
        tokens = token if "position_ids" in parameters else token.expand(1, position + 1)
        inputs = {
            "input_ids": tokens,
            "decoder_input_ids": tokens,
            "position_ids": position_ids,
            "decoder_position_ids": position_ids,
        }
        accepted = {name: each for name, each in inputs.items() if name in parameters}
        probes.append(capture(model, accepted).layers)
    return probes
