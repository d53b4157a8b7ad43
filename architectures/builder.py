"""Builds a tiny random model of any architecture, with attention that is not uniform."""

import dataclasses
import math
import re
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from transformers import CONFIG_MAPPING, PreTrainedConfig, PreTrainedModel

from bertviz_space.capture import capture
from bertviz_space.errors import AttentionUnavailable
from bertviz_space.trace import LayerAttention

from .settings import SETTINGS, SIZES, VOCAB_SIZE
from .types import AUTO_CLASSES, Architecture

# Number of tokens of the text and of the target text: longer than the window, different from each
# other, and not powers of two.
NUM_TOKENS = 27
NUM_TARGET_TOKENS = 15

# Factors for the matrices of queries and keys, to use the first one that makes attention peaked; if
# none does, the one with the highest peak.
GAINS = (1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0, 0.7, 0.5, 0.35, 0.25)
# The ``peak_of`` of peaked attention.
PEAK = 0.4
# The largest score. Scores of 15 result in weights near 1. Two kernels round differently, and each
# layer multiplies this difference by its gain: with scores of 30, a tenth of the models would
# differ by more than 1e-5 between two kernels.
MAX_SCORE = 15.0
# The other matrices make vectors shorter: they mix tokens, and in later layers all tokens would be
# similar. The embeddings are small too, because some models multiply them.
OTHER_GAIN = 0.5
EMBEDDING_STD = 0.3
BIAS_STD = 0.1

# A model that does not use the small sizes is not built, because it could fill the memory.
MAX_PARAMETERS = 20_000_000

_QUERY_OR_KEY = re.compile(
    r"(^|[._])(q|k|qk|qkv|kv|query|key|query_key_value|c_attn|wqkv|(q|k|kv|query|key)_?[ab]?_?(lin|proj)\w*|"
    r"(kv|q)_[ab]_proj\w*|qkv_proj|in_proj|wq|wk|project_[qk]|r)\.?(weight)?$",
    re.IGNORECASE,
)
_QUERY_OR_KEY_NORM = re.compile(
    r"(^|[._])(q|k|query|key)_?(layer_?)?norm\w*\.weight$|\.qk_norm\.temp$"
)
# Parameters of recurrent layers, which are stable only with their own initial values.
_RECURRENT = re.compile(r"A_log|dt_|conv1d|\.D$|rg_lru|rec_")


def config_of(model_type: str, **settings: Any) -> PreTrainedConfig:
    """Return the small configuration of a type. ``settings`` override those of ``SETTINGS``."""
    config_class = CONFIG_MAPPING[model_type]
    names = {each.name for each in dataclasses.fields(config_class)}
    values = {name: size for name, size in SIZES.items() if name in names}
    values |= SETTINGS.get(model_type, {}) | settings
    for side in ("encoder", "decoder"):  # a composite of two text models
        if isinstance(part := values.get(side), dict):
            values[side] = _part(config_class, side, part)
    return config_class(**values)


def _part(config_class: type[PreTrainedConfig], side: str, part: dict[str, Any]) -> dict[str, Any]:
    """Return the small configuration of one side of a composite model."""
    if "model_type" in part:
        return config_of(**part).to_dict()
    parts: Any = config_class.sub_configs
    part_class = parts[side]
    names = {each.name for each in dataclasses.fields(part_class)}
    return {name: size for name, size in SIZES.items() if name in names} | part


def build(architecture: Architecture, **options: Any) -> Any:
    """Build a model with random weights, in evaluation mode.

    Args:
        architecture: the type and the class.
        options: further arguments of ``from_config``.

    Raises:
        ValueError: if the model does not use the small sizes. transformers may raise any error.
    """
    auto_class, _ = AUTO_CLASSES[architecture.auto_class]
    config = config_of(architecture.model_type)
    with torch.device("meta"):
        size = sum(each.numel() for each in auto_class.from_config(config).parameters())
    if size > MAX_PARAMETERS:
        raise ValueError(f"{size:,} parameters are not tiny: its sizes have other names")
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = auto_class.from_config(config, **{"attn_implementation": "eager"} | options)
    model = model.float().eval()
    initial = {name: each.clone() for name, each in model.state_dict().items()}
    best_gain, best_peak = 0.0, -1.0
    for gain in GAINS:
        model.load_state_dict(initial)
        redraw(model, gain)
        size, peak = _size_and_peak(model)
        if best_peak < peak and (size <= MAX_SCORE or not best_gain):
            best_gain, best_peak = gain, peak
        if best_peak >= PEAK:
            break
    model.load_state_dict(initial)
    redraw(model, best_gain)
    return model


def peak_of(layers: Iterable[LayerAttention]) -> float:
    """Return the largest weight of each layer, and of these the smallest.

    Only the later half of the queries counts, because the first queries of a causal model may
    attend only to few keys.
    """
    return min(layer.weights()[:, layer.num_queries // 2 :].max().item() for layer in layers)


def _size_and_peak(model: PreTrainedModel) -> tuple[float, float]:
    """Return the largest score and ``peak_of`` of a model, zeros if it has no attention."""
    try:
        captured = capture(model, inputs_for(model))
    except AttentionUnavailable:
        return 0.0, 0.0
    layers = [layer for each in captured.layers.values() for layer in each]
    scores = [layer.scores() for layer in layers]
    return max(each[each.isfinite()].abs().max().item() for each in scores), peak_of(layers)


@torch.no_grad()
def redraw(model: nn.Module, gain: float) -> None:
    """Draw matrices, biases and sinks again.

    With the standard deviation of transformers, 0.02, attention would be uniform.

    Args:
        model: the model, changed in place.
        gain: how much longer the matrices of queries and keys make a vector.
    """
    generator = torch.Generator().manual_seed(0)
    embeddings = {id(each.weight) for each in model.modules() if isinstance(each, nn.Embedding)}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:  # a table of sines defines positions (RoFormer)
            continue
        if _QUERY_OR_KEY_NORM.search(name):
            parameter.add_(gain - 1.0)  # initially 1, or 0 in types that add 1 in their code
            continue
        if _RECURRENT.search(name) or (
            parameter.ndim == 1 and not name.endswith(("bias", "sinks"))
        ):
            continue
        std = OTHER_GAIN / math.sqrt(parameter.shape[-1])
        if name.endswith("sinks"):
            std = 1.0
        elif parameter.ndim == 1:
            std = BIAS_STD
        elif id(parameter) in embeddings:
            std = EMBEDDING_STD
        elif _QUERY_OR_KEY.search(name):
            std *= gain / OTHER_GAIN
        parameter.copy_(torch.randn(parameter.shape, generator=generator) * std)


def inputs_for(
    model: PreTrainedModel, num_tokens: int = NUM_TOKENS, num_target_tokens: int = NUM_TARGET_TOKENS
) -> dict[str, Tensor]:
    """Return random ids without special tokens: int64 ``[1, num_tokens]``."""
    generator = torch.Generator().manual_seed(0)
    inputs = {"input_ids": torch.randint(10, VOCAB_SIZE, (1, num_tokens), generator=generator)}
    if model.config.is_encoder_decoder:
        inputs["decoder_input_ids"] = torch.randint(
            10, VOCAB_SIZE, (1, num_target_tokens), generator=generator
        )
    return inputs
