"""A text as a user's message in the chat template of a model that has one."""

from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase

from ..errors import OptionNotSupported

# Stands for the text in a first rendering, to find where the template puts it. A template cannot
# hold it: it is of Unicode's private use area.
_PLACEHOLDER = "\ue000"


@dataclass(frozen=True)
class Message:
    """A text inside its template.

    Attributes:
        text: the whole, as the model reads it.
        start: where the reader's text begins in it.
        end: where it ends; a template may have taken blanks off.
        offset: the character of the reader's own text that stands at ``start``.
    """

    text: str
    start: int
    end: int
    offset: int


def has_chat_template(tokenizer: PreTrainedTokenizerBase) -> bool:
    """True if the model was trained on conversations and says how they are written."""
    return bool(tokenizer.chat_template)


def as_message(tokenizer: PreTrainedTokenizerBase, text: str) -> Message:
    """Wrap a text as a user's message, up to where the model would answer.

    Raises:
        OptionNotSupported: the model has no template, or one that does not take this message.
    """
    if not has_chat_template(tokenizer):
        raise OptionNotSupported("This model has no chat template: give it the text as it is.")
    whole = _render(tokenizer, text)
    start = _render(tokenizer, _PLACEHOLDER).find(_PLACEHOLDER)
    stripped = text.strip()  # Llama 3's and Gemma's templates take the blanks around a text off
    kept = text if whole.startswith(text, start) else stripped
    if start < 0 or not whole.startswith(kept, start):
        raise OptionNotSupported(
            "This model's chat template changes the text of the message: give the text as it is."
        )
    return Message(whole, start, start + len(kept), text.index(kept))


def _render(tokenizer: PreTrainedTokenizerBase, text: str) -> str:
    messages = [{"role": "user", "content": text}]
    try:
        return str(
            tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        )
    except Exception as error:  # a template is a program of the model's authors
        raise OptionNotSupported(
            "This model's chat template does not take one message of a user: "
            "give the text as it is."
        ) from error
