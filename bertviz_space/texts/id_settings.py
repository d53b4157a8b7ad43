"""Read token ids from a setting of a configuration."""


def ids_of(setting: object) -> tuple[int, ...]:
    """Return the ids in a setting such as ``eos_token_id``.

    Args:
        setting: an int, a list of int, or ``None``. Values of other types contribute no ids.
    """
    values = setting if isinstance(setting, list | tuple) else [setting]
    return tuple(value for value in values if type(value) is int)
