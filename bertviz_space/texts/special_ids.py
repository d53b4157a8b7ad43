"""Ids that configurations name: one id, several in a list, or none."""

from collections.abc import Sequence

from transformers import PreTrainedModel

from ..errors import AttentionUnavailable

_CHOOSE = "Choose another model."


def ids_of(setting: object) -> tuple[int, ...]:
    """Return the ids of a setting such as ``eos_token_id``.

    Args:
        setting: an int, a list of int, or ``None``; anything else has no ids.
    """
    several = setting if isinstance(setting, list | tuple) else [setting]
    return tuple(each for each in several if type(each) is int)


def decoder_start_id(model: PreTrainedModel) -> int | None:
    """Return the token that a decoder starts with, ``None`` where none is named.

    Raises:
        AttentionUnavailable: if what is named is not one token.
    """
    settings = [getattr(each, "decoder_start_token_id", None) for each in _configurations(model)]
    return _one_id(settings)


def first_id(model: PreTrainedModel) -> int:
    """Return the token that a decoder without languages starts with.

    Where no start is named, the decoder starts with the token that begins a text, as in
    transformers' ``generate``.

    Raises:
        AttentionUnavailable: if no token is named, or several.
    """
    start_id = decoder_start_id(model)
    if start_id is None:
        # The last one is what ``generate`` asks.
        start_id = _one_id([getattr(_configurations(model)[-1], "bos_token_id", None)])
    if start_id is None:
        raise AttentionUnavailable(
            f"This model does not say which token its decoder starts with. {_CHOOSE}"
        )
    return start_id


def _configurations(model: PreTrainedModel) -> list[object]:
    return [model.config, *([model.generation_config] if model.can_generate() else [])]


def _one_id(settings: Sequence[object]) -> int | None:
    """Return the id of the first setting that there is; of a list, one for each text, its one."""
    setting = next((each for each in settings if each is not None), None)
    if setting is None:
        return None
    ids = ids_of(setting)
    if len(ids) != 1 or ids[0] < 0:
        raise AttentionUnavailable(
            f"This model says that its decoder starts with {str(setting)[:80]}, which is not one "
            f"token. {_CHOOSE}"
        )
    return ids[0]
