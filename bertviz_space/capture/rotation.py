"""Which dimensions of queries and keys turn with the position, found by measuring.

Rotary models turn pairs of dimensions by an angle that grows with the position (Su et al. 2021,
RoFormer). Which dimensions, and which two are a pair, differs from model to model and from layer to
layer, and configurations do not say it in one way. So the model itself is asked: it runs on one
token alone, at a few positions. A token alone attends to itself with all its weight, whatever the
position, or with the same part of it where a sink takes the rest; its state is the same in every
layer, and what differs between its queries is the rotation and nothing else. (A model that does not
take positions runs on the token repeated: a mean of equal values is that value again.) A rotation
is believed only if the vectors show it: the length of every pair stays, the other dimensions stay,
and something turns.
"""

import inspect
from collections.abc import Mapping
from dataclasses import replace
from weakref import WeakKeyDictionary

import torch
from torch import Tensor
from transformers import PreTrainedModel

from ..errors import AttentionUnavailable
from ..texts.tables import num_positions, num_token_ids, sides, text_config
from ..trace import Component, LayerAttention, Rotation
from .forward import capture

Layers = Mapping[Component, tuple[LayerAttention, ...]]
_Rotations = dict[tuple[Component, int], Rotation]

# Far enough for the fast pairs to turn; slow pairs hardly turn, and need not.
_POSITIONS = (0, 3, 29)

# Any token but padding, whose vector is zero in many models.
_TOKEN_ID = 7

# A model's structure does not change while it is in memory.
_known: WeakKeyDictionary[PreTrainedModel, _Rotations] = WeakKeyDictionary()


def with_rotations(model: PreTrainedModel, layers: Layers) -> Layers:
    """The recorded layers of a model, each with its rotation where it has one.

    Costs three passes over one token the first time that a model is seen, if it says that it turns.

    Args:
        model: any that ``capture`` takes.
        layers: what was recorded of it.
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
    """How vectors of one state at several positions were turned.

    Args:
        vectors: ``[position, head, head_dim]``, queries or keys, equal before they were turned.
        sizes: how many dimensions may turn, the candidates; slow pairs hardly turn over a few
            positions, so it cannot be seen how many do.

    Returns:
        The first rotation that explains all differences, ``None`` if there are none or none does.
    """
    vectors = vectors.double()
    head_dim = vectors.shape[-1]
    # In float32 the rounding of angles, in half precision that of the vectors themselves.
    bound = 1e-4 * vectors.norm(dim=-1).max()
    if (vectors - vectors[0]).abs().max() <= bound:
        return None
    for size in sorted(size for size in sizes if size <= head_dim):
        for start in dict.fromkeys((0, head_dim - size)):
            for interleaved in (False, True):
                rotation = Rotation(start, size, interleaved)
                kept = _kept(vectors, rotation)
                if (kept - kept[0]).abs().max() <= bound:
                    return rotation
    return None


def _kept(vectors: Tensor, rotation: Rotation) -> Tensor:
    """What a rotation does not change: the length of each pair, and the other dimensions."""
    end = rotation.start + rotation.size
    turning = vectors[..., rotation.start : end]
    if rotation.interleaved:
        pairs = turning.unflatten(-1, (-1, 2))
    else:
        pairs = turning.unflatten(-1, (2, -1)).transpose(-1, -2)
    still = (vectors[..., : rotation.start], vectors[..., end:])
    return torch.cat([pairs.norm(dim=-1), *still], dim=-1)


def _measure(model: PreTrainedModel) -> _Rotations:
    """The rotations of all self-attentions of a model."""
    sizes = _candidate_sizes(model)
    if sizes is None:
        return {}
    try:
        probes = _probe(model)
    except AttentionUnavailable:  # of a text of one token: the reader's own text was shown
        return {}
    rotations: _Rotations = {}
    for component, layers in probes[0].items():
        if component == "cross":
            continue
        for number, layer in enumerate(layers):
            its = [probe[component][number] for probe in probes]
            vectors = torch.stack([torch.cat([each.query[:, -1], each.key[:, -1]]) for each in its])
            rotation = find_rotation(vectors, sizes or (layer.head_dim,))
            if rotation is not None:
                rotations[component, layer.layer] = rotation
    return rotations


def _candidate_sizes(model: PreTrainedModel) -> tuple[int, ...] | None:
    """How many dimensions the model says it turns: empty if it does not say, ``None`` if none."""
    fields: Mapping[str, object] = text_config(model).to_dict()
    # Two dimensions a frequency.
    sizes = {
        2 * buffer.numel() for name, buffer in model.named_buffers() if name.endswith("inv_freq")
    }
    if not sizes and not any("rotary" in name or "rope" in name for name in fields):
        return None
    if not sizes and isinstance(size := fields.get("rotary_dim"), int):
        sizes = {size}
    return tuple(sizes)


def _probe(model: PreTrainedModel) -> list[Layers]:
    """What is recorded of one token at each of the positions: the last query and the last key."""
    trunk = model.base_model
    taken = inspect.signature(trunk.forward).parameters
    last_id = min((num_token_ids(model, side) or _TOKEN_ID + 1) - 1 for side in sides(model))
    token = torch.tensor([[min(_TOKEN_ID, last_id)]], device=model.device)
    # A table of sines is as long as the longest text.
    last = min((num_positions(model, side) or _POSITIONS[-1] + 1) - 1 for side in sides(model))
    positions = [min(each, last) for each in _POSITIONS]
    probes = []
    for position in positions:
        place = torch.full_like(token, position)
        tokens = token if "position_ids" in taken else token.expand(1, position + 1)
        inputs = {
            "input_ids": tokens,
            "decoder_input_ids": tokens,
            "position_ids": place,
            "decoder_position_ids": place,
        }
        its = {name: each for name, each in inputs.items() if name in taken}
        probes.append(capture(model, its).layers)
    return probes
