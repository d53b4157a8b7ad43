"""Wrap a text as a user's message in a tokenizer's chat template."""

from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase

from ..errors import OptionNotSupported

# Rendered in place of the text to find where the template puts the text. The character is in
# Unicode's private use area, so no template contains it.
_PLACEHOLDER = "\ue000"


@dataclass(frozen=True)
class Message:
    """A text in a rendered chat template.

    Attributes:
        text: the rendered template, which the model reads.
        start: the first character of the reader's text in ``text``.
        end: one past the last character of the reader's text in ``text``.
        offset: the number of whitespace characters that the template removes from the start of the
            reader's text. The template can remove whitespace from its end as well.
    """

    text: str
    start: int
    end: int
    offset: int


def has_chat_template(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Return whether the tokenizer has a template for conversations."""
    return bool(tokenizer.chat_template)


def wrap_in_template(tokenizer: PreTrainedTokenizerBase, text: str) -> Message:
    """Wrap a text as a user's message, up to where the model's answer would begin.

    Raises:
        OptionNotSupported: if the tokenizer has no chat template, or if its template fails on a
            single user's message, or changes the text.
    """
    if not has_chat_template(tokenizer):
        raise OptionNotSupported("This model has no chat template. Leave the chat option off.")
    rendered = _render(tokenizer, text)
    start = _render(tokenizer, _PLACEHOLDER).find(_PLACEHOLDER)
    # The templates of Llama 3 and Gemma remove whitespace around a text.
    rendered_text = text if rendered.startswith(text, start) else text.strip()
    if start < 0 or not rendered.startswith(rendered_text, start):
        raise OptionNotSupported(
            "This model's chat template changes the text of the message, so the tokens cannot be "
            "matched with the text. Leave the chat option off."
        )
    return Message(rendered, start, start + len(rendered_text), text.index(rendered_text))


def _render(tokenizer: PreTrainedTokenizerBase, text: str) -> str:
    messages = [{"role": "user", "content": text}]
    try:
        return str(
            tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        )
    except Exception as error:  # a template is a program written by the model's authors
        raise OptionNotSupported(
            "This model's chat template does not take one message from a user. Leave the chat "
            "option off."
        ) from error
