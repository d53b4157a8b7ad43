"""What can go wrong, each with the sentence that the reader sees."""


class SpaceError(Exception):
    """An error that is the reader's to mend; ``str(error)`` says what happened and what to do."""


class EmptyText(SpaceError):
    """There is nothing to tokenize."""

    def __init__(self) -> None:
        super().__init__("Enter some text: there is nothing to look at yet.")


class TextTooLong(SpaceError):
    """More characters or tokens than the model or this Space takes."""


class UnreadableText(SpaceError):
    """Characters that no tokenizer is made for."""

    def __init__(self) -> None:
        super().__init__(
            "The text holds a NUL character or half a character (an unpaired surrogate). "
            "Remove it and run again."
        )


class SecondTextNotTaken(SpaceError):
    """A second or target text for a model that takes none."""


class UnknownModel(SpaceError):
    """No model of this name can be found."""


class ModelUnavailable(SpaceError):
    """The model exists but cannot be fetched or loaded now."""


class AttentionUnavailable(SpaceError):
    """The model was run, but its attention cannot be shown."""
