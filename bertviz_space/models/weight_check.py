"""Whether the weights of a model's files are those that the model needs: each of them, and its own.

transformers draws a weight at random that the files lack, or fills it from another one, and leaves
out a weight that it does not know. A picture of such a model shows what nobody has learnt.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from torch import nn


def problem_of_weights(
    model: Any, info: Any, names: Collection[str], settings: Mapping[str, object]
) -> str | None:
    """Return what is wrong with the weights of a model's files, as a clause, or ``None``.

    Args:
        model: the model without numbers.
        info: what transformers says of loading the files: ``missing_keys``, ``unexpected_keys``,
            ``mismatched_keys`` and ``conversion_errors``, before it fills any weight from another.
        names: the names of all weights of the files.
        settings: the content of ``config.json``.
    """
    if len(info.unexpected_keys) >= len(names):
        return f"its files hold weights of another kind of model, such as {_shown(names)}"
    if info.mismatched_keys:
        name, in_files, in_model = sorted(info.mismatched_keys)[0]
        return (
            f"the shape of {len(info.mismatched_keys)} weights is not that of its config.json, "
            f"such as {name[:80]}: {list(in_files)} and not {list(in_model)}"
        )
    if info.conversion_errors:
        return f"its weights cannot be converted, such as {_shown(info.conversion_errors)}"
    missing = _unfilled(info.missing_keys, _ties(model, settings))
    # A pooler comes after all attention, and many checkpoints are without.
    missing = {name for name in missing if "pooler" not in name}
    if missing:
        half = _half(missing) if model.config.is_encoder_decoder else ""
        return f"its files lack {len(missing)} weights, such as {_shown(missing)}{half}"
    return None


def _ties(model: Any, settings: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return the pairs of weights that the model's class and its configuration tie.

    transformers 5.23 ties the head of a T5 also where ``config.json`` says that it is not tied.
    """
    pairs = list(model.all_tied_weights_keys.items())
    if not _says_untied(settings):
        return pairs
    head = model.get_output_embeddings()
    of_head = {f"{name}.weight" for name, module in model.named_modules() if module is head}
    return [pair for pair in pairs if not of_head & set(pair)] if head is not None else pairs


def _says_untied(settings: Mapping[str, object]) -> bool:
    texts = [settings, settings.get("text_config"), settings.get("decoder")]
    return any(
        isinstance(each, Mapping) and each.get("tie_word_embeddings") is False for each in texts
    )


def _unfilled(missing: Iterable[str], pairs: list[tuple[str, str]]) -> set[str]:
    """Return the missing weights that are tied to no weight of the files."""
    left, groups = set(missing), list[set[str]]()
    for pair in pairs:
        joined = set(pair).union(*(each for each in groups if each & set(pair)))
        groups = [each for each in groups if not each & joined] + [joined]
    for group in groups:
        if group - left:
            left -= group
    return left


def _half(missing: Collection[str]) -> str:
    """Return a clause on the half of an encoder-decoder that all missing weights belong to."""
    for half, other in (("decoder", "encoder"), ("encoder", "decoder")):
        if all(half in name or "lm_head" in name for name in missing) and len(missing) > 1:
            return f": they may hold the {other} alone"
    return ""


def _shown(names: Iterable[str]) -> str:
    return min(names)[:80]


def lone_half(class_name: str) -> str | None:
    """Return ``"an encoder"`` or ``"a decoder"`` for a class of transformers that is a half alone.

    Args:
        class_name: of a type of model that has both.
    """
    if re.search(r"Encoder(Model|Wrapper|Only\w*)?$|ForTokenClassification$", class_name):
        return "an encoder"
    if re.search(r"(?<!Encoder)Decoder(Model|Wrapper|Only\w*)?$|ForCausalLM$", class_name):
        return "a decoder"
    return None


def lacks_package(error: ImportError) -> str:
    """Return a clause that names the Python package which a tokenizer needs."""
    said = r"(?:pip install|need to install|requires the) ([\w.-]*\w)"
    found = re.search(said, str(error))
    named = error.name or (found.group(1) if found else None)
    package = "a Python package" if named is None else f"the Python package {named}"
    return f"its tokenizer needs {package}, which this Space does not have"


def unique_bytes(model: nn.Module) -> int:
    """Return the bytes of all parameters and buffers of a model, each counted once."""
    tensors = {id(each): each for each in (*model.parameters(), *model.buffers())}
    return sum(each.numel() * each.element_size() for each in tensors.values())
