"""A request: a model and the texts to run it on."""

from dataclasses import dataclass, replace
from typing import Any

from ..models.options import ModelOptions


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
    """

    model_id: str
    text: str
    text_b: str = ""
    target_text: str = ""
    source_language: str = ""
    target_language: str = ""
    chat: bool = False
    start_token: bool = False

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
        )

    def arguments(self) -> dict[str, Any]:
        """Return the keyword arguments of ``extract`` and ``read_texts``, without the text."""
        return {
            "text_b": _if_not_blank(self.text_b) or None,
            "target_text": _if_not_blank(self.target_text) or None,
            "source_language": self.source_language.strip() or None,
            "target_language": self.target_language.strip() or None,
            "chat": self.chat,
            "start_token": self.start_token,
        }


def _if_not_blank(text: str) -> str:
    return text if text.strip() else ""
