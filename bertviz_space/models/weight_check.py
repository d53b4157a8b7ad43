"""Check that a model's files contain the weights that the model needs.

transformers initializes a weight that the files lack at random, or copies it from another weight,
and skips a weight that the model does not have. A picture of such a model would show attention that
was never trained.
"""

import copy
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import torch
from transformers import PreTrainedConfig
from transformers.conversion_mapping import get_model_conversion_mapping
from transformers.core_model_loading import convert_and_load_state_dict_in_model
from transformers.modeling_utils import LoadStateDictConfig

from .config_check import read_settings
from .hub.checkpoints import Checkpoint
from .language_class import model_classes
from .load_errors import cannot_load, reporting_errors
from .outline import build_empty_model
from .weight_files import weight_shapes

WEIGHTS_UNREADABLE = "its weights cannot be read"


def class_with_all_weights(checkpoint: Checkpoint, config: PreTrainedConfig) -> Any:
    """Return the class that loads a model: the first one for which its files have all weights.

    Compare the names and shapes of the weights with the model, before loading them. Tensors on the
    meta device stand for the weights, so the check takes no memory.

    Raises:
        ModelUnavailable: weights are missing, or have other names or shapes than the model's.
    """
    problem: str | None = None
    for model_class in model_classes(config):
        problem = _problem_of_class(checkpoint, copy.deepcopy(config), model_class)
        if problem is None:
            return model_class
    raise cannot_load(checkpoint, str(problem))


def _problem_of_class(
    checkpoint: Checkpoint, config: PreTrainedConfig, model_class: Any
) -> str | None:
    """Return what is wrong with the weights of a class, as a clause, or ``None``."""
    model = build_empty_model(checkpoint, config, model_class)
    with reporting_errors(checkpoint, WEIGHTS_UNREADABLE):
        shapes = weight_shapes(checkpoint.folder)
        weights = {name: torch.empty(shapes[name], device="meta") for name in shapes}
        conversions: Any = get_model_conversion_mapping(model)
        info, _ = convert_and_load_state_dict_in_model(
            model,
            weights,
            LoadStateDictConfig(
                device_map={"": "meta"},
                dtype=torch.float32,
                ignore_mismatched_sizes=True,
                weight_mapping=conversions,
            ),
        )
        model._adjust_missing_and_unexpected_keys(info)
        return _problem(model, info, shapes, read_settings(checkpoint.folder))


def _problem(
    model: Any, info: Any, names: Collection[str], settings: Mapping[str, object]
) -> str | None:
    """Return what is wrong with the weights, as a clause, or ``None`` if nothing is wrong.

    Args:
        model: the model without weights.
        info: transformers' report on loading the files, before it copies any weight from another:
            ``missing_keys``, ``unexpected_keys``, ``mismatched_keys`` and ``conversion_errors``.
        names: the names of all weights in the files.
        settings: the content of ``config.json``.
    """
    if len(info.unexpected_keys) >= len(names):
        return f"its files contain weights of another type of model, such as {_first(names)}"
    if info.mismatched_keys:
        name, in_files, in_model = sorted(info.mismatched_keys)[0]
        return (
            f"its files contain {len(info.mismatched_keys)} weights of a different shape than its "
            f"config.json describes, such as {name[:80]}: {list(in_files)} instead of "
            f"{list(in_model)}"
        )
    if info.conversion_errors:
        return f"its weights cannot be converted, such as {_first(info.conversion_errors)}"
    missing = _without_tied(info.missing_keys, _tied_pairs(model, settings))
    # A pooler follows the last attention layer, and many checkpoints lack it.
    missing = {name for name in missing if "pooler" not in name}
    if missing:
        half = _only_half(missing) if model.config.is_encoder_decoder else ""
        return f"its files lack {len(missing)} weights, such as {_first(missing)}{half}"
    return None


def _tied_pairs(model: Any, settings: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return the pairs of weights that the model's class and its configuration tie.

    transformers 5.23 ties the head of a T5 even if ``config.json`` says that it is not tied.
    """
    pairs = list(model.all_tied_weights_keys.items())
    if not _has_untied_head(settings):
        return pairs
    head = model.get_output_embeddings()
    of_head = {f"{name}.weight" for name, module in model.named_modules() if module is head}
    return [pair for pair in pairs if not of_head & set(pair)] if head is not None else pairs


def _has_untied_head(settings: Mapping[str, object]) -> bool:
    configs = [settings, settings.get("text_config"), settings.get("decoder")]
    return any(
        isinstance(each, Mapping) and each.get("tie_word_embeddings") is False for each in configs
    )


def _without_tied(missing: Iterable[str], pairs: list[tuple[str, str]]) -> set[str]:
    """Return the missing weights that are not tied to a weight in the files."""
    groups: list[set[str]] = []
    for pair in pairs:
        joined = set(pair).union(*(each for each in groups if each & set(pair)))
        groups = [each for each in groups if not each & joined] + [joined]
    remaining = set(missing)
    for group in groups:
        if group - remaining:  # the files contain a weight of this group
            remaining -= group
    return remaining


def _only_half(missing: Collection[str]) -> str:
    """Return a clause if all missing weights belong to one half of an encoder-decoder."""
    for half, other in (("decoder", "encoder"), ("encoder", "decoder")):
        if all(half in name or "lm_head" in name for name in missing) and len(missing) > 1:
            return f": they may contain only the {other}"
    return ""


def _first(names: Iterable[str]) -> str:
    """Return the first name in alphabetical order, shortened to 80 characters."""
    return min(names)[:80]
