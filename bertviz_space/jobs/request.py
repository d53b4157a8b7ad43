"""A request: a model and the texts to run it on."""

from dataclasses import dataclass, replace
from typing import Any

from ..errors import InvalidInput
from ..models.options import ModelOptions
from ..texts.continuation import Continuation


@dataclass(frozen=True)
class Request:
    """A model, texts and options, as the page or a program sends them.

    Attributes:
        model_id: the model's id.
        text: the text, or the source text of an encoder-decoder model.
        text_b: the second text of a pair; blank for none.
        target_text: the decoder's text; blank if the model is to write it.
        source_language: the code of the text's language; blank for the tokenizer's default.
        target_language: the code of the target text's language; blank for the default.
        chat: True to wrap the text in the model's chat template.
        start_token: True to put the start token first.
        continue_tokens: how many tokens a causal model writes after the text; 0 for none.
        temperature: how it draws them; ``None`` to take the most likely token each time.
        top_p: the probability of the tokens that it draws from.
        seed: the start of the random numbers.
    """

    model_id: str
    text: str
    text_b: str = ""
    target_text: str = ""
    source_language: str = ""
    target_language: str = ""
    chat: bool = False
    start_token: bool = False
    continue_tokens: int = 0
    temperature: float | None = None
    top_p: float = 1.0
    seed: int = 0

    def supported_by(self, options: ModelOptions) -> "Request":
        """Return the request without the options that a model does not support.

        A field of the page that is hidden for a model keeps the value for another model.
        """
        return replace(
            self,
            text_b=self.text_b if options.second_text == "pair" else "",
            target_text=self.target_text if options.second_text == "target" else "",
            source_language=self.source_language if options.languages else "",
            target_language=self.target_language if options.languages else "",
            chat=self.chat and options.chat_template,
            start_token=self.start_token and options.start_token is not None,
            continue_tokens=self.continue_tokens if options.continues else 0,
        )

    def normalized(self, model_id: str) -> "Request":
        """Return a request that is equal for all requests with the same result.

        Args:
            model_id: the model's own id; the request may use another name for it.
        """
        return replace(
            self,
            model_id=model_id,
            text_b=_if_not_blank(self.text_b),
            target_text=_if_not_blank(self.target_text),
            source_language=self.source_language.strip(),
            target_language=self.target_language.strip(),
            temperature=self.temperature if self.continue_tokens else None,
            top_p=self.top_p if self._draws else 1.0,
            seed=self.seed if self._draws else 0,
        )

    @property
    def _draws(self) -> bool:
        return bool(self.continue_tokens) and self.temperature is not None

    def check_continuation(self) -> None:
        """Check the numbers of the continuation, before the model is run.

        Raises:
            InvalidInput: if a number is out of its range.
        """
        if self.continue_tokens:
            Continuation(self.continue_tokens, self.temperature, self.top_p, self.seed)

    def extraction_arguments(self) -> dict[str, Any]:
        """Return the keyword arguments of ``extract``, without the text."""
        return {
            **self.arguments(),
            "continue_tokens": self.continue_tokens,
            "temperature": self.temperature,
            "top_p": self.top_p,
            "seed": self.seed,
        }

    def arguments(self) -> dict[str, Any]:
        """Return the keyword arguments of ``read_texts``, without the text."""
        return {
            "text_b": _if_not_blank(self.text_b) or None,
            "target_text": _if_not_blank(self.target_text) or None,
            "source_language": self.source_language.strip() or None,
            "target_language": self.target_language.strip() or None,
            "chat": self.chat,
            "start_token": self.start_token,
        }


def continuation_numbers(
    continue_tokens: object, temperature: object, top_p: object, seed: object
) -> tuple[int, float | None, float, int]:
    """Return the last four fields of a ``Request`` from values that a stranger has sent.

    Args:
        continue_tokens: a whole number.
        temperature: a number.
        top_p: a number.
        seed: a whole number. Each of them may be a text; ``None`` or a blank text is the default.

    Raises:
        InvalidInput: if a value has the wrong type.
    """
    values = [
        _number_in(value) if isinstance(value, str) else value
        for value in (continue_tokens, temperature, top_p, seed)
    ]
    continue_tokens, temperature, top_p, seed = values
    numbers = [value for value in values if value is not None]
    are_numbers = all(type(value) in (int, float) for value in numbers)
    whole = [value for value in (continue_tokens, seed) if isinstance(value, float)]
    if not are_numbers or not all(value.is_integer() for value in whole):
        raise InvalidInput(
            "The number of tokens to write and the seed must be whole numbers, and temperature and "
            "top-p must be numbers. Correct them, or leave them empty."
        )
    return (
        int(continue_tokens or 0),  # type: ignore[call-overload] # numbers, as checked above
        temperature,  # type: ignore[return-value]
        1.0 if top_p is None else top_p,  # type: ignore[return-value]
        int(seed or 0),  # type: ignore[call-overload]
    )


def _number_in(text: str) -> float | str | None:
    """Return the number that a text contains, ``None`` if it is blank, or the text itself."""
    try:
        return float(text) if text.strip() else None
    except ValueError:
        return text


def _if_not_blank(text: str) -> str:
    return text if text.strip() else ""
