"""A request: a model and the texts to run it on."""

import math
from dataclasses import dataclass, replace
from typing import Any

from ..errors import InvalidInput
from ..models.options import ModelOptions
from ..texts.continuation import Continuation
from ..trace.interventions import parse_interventions, spelling_of


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
        interventions: what is changed in the pass, as ``trace.interventions`` spells it.
        other_text: a text to compare the text with; blank for the same text.
        other_model: the id of a model to compare the model with; blank for the same model.
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
    interventions: str = ""
    other_text: str = ""
    other_model: str = ""

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

    @property
    def is_comparison(self) -> bool:
        """Whether the result is compared with the run of another text or another model."""
        return bool(self.other_text.strip() or self.other_model.strip())

    def other(self) -> "Request":
        """Return the request of the other run of the comparison, which has no interventions."""
        return replace(
            self,
            model_id=self.other_model.strip() or self.model_id,
            text=_if_not_blank(self.other_text) or self.text,
            interventions="",
            other_text="",
            other_model="",
        )

    def normalized(self, model_id: str, other_model_id: str = "") -> "Request":
        """Return a request that is equal for all requests with the same result.

        Args:
            model_id: the model's own id; the request may use another name for it.
            other_model_id: the own id of the other model of a comparison.
        """
        return replace(
            self,
            model_id=model_id,
            other_text="" if self.other_text == self.text else _if_not_blank(self.other_text),
            other_model="" if other_model_id == model_id else other_model_id,
            text_b=_if_not_blank(self.text_b),
            target_text=_if_not_blank(self.target_text),
            source_language=self.source_language.strip(),
            target_language=self.target_language.strip(),
            temperature=self.temperature if self.continue_tokens else None,
            top_p=self.top_p if self._draws else 1.0,
            seed=self.seed if self._draws else 0,
            interventions=spelling_of(parse_interventions(self.interventions)),
        )

    @property
    def _draws(self) -> bool:
        return bool(self.continue_tokens) and self.temperature is not None

    def check(self) -> None:
        """Check the numbers of the continuation and the interventions, before the model is run.

        Raises:
            InvalidInput: if a number is out of its range, or if an intervention cannot be read.
        """
        parse_interventions(self.interventions)
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
            "interventions": parse_interventions(self.interventions),
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

    Each value is a number, or a text that contains one. ``None`` and a blank text stand for the
    default.

    Raises:
        InvalidInput: if a value is of another kind, or if ``continue_tokens`` or ``seed`` is not
            whole.
    """
    try:
        share = _number(top_p)
        return (
            _whole_number(continue_tokens),
            _number(temperature),
            1.0 if share is None else share,
            _whole_number(seed),
        )
    except (OverflowError, TypeError, ValueError) as error:
        raise InvalidInput(
            "The number of tokens to write and the seed must be whole numbers, and temperature and "
            "top-p must be numbers. Correct them, or leave them empty."
        ) from error


def _whole_number(value: object) -> int:
    number = _number(value) or 0.0
    if not number.is_integer():
        raise ValueError
    return int(number)


def _number(value: object) -> float | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError
    number = float(value)
    if math.isnan(number):
        raise ValueError
    return number


def _if_not_blank(text: str) -> str:
    return text if text.strip() else ""
