"""The options that a model supports besides the text, from its configuration and tokenizer."""

from dataclasses import dataclass
from typing import Literal

from transformers import GenerationConfig, PreTrainedConfig, PreTrainedTokenizerBase

from ..texts.chat_template import has_chat_template
from ..texts.languages import default_languages, language_ids
from ..texts.tokenization import omits_start_token, takes_pairs
from .language_class import is_causal_class, model_classes

# The second text of a pair, or the text of the decoder.
SecondText = Literal["pair", "target"]


@dataclass(frozen=True)
class ModelOptions:
    """The options that a model supports besides the text.

    Attributes:
        second_text: ``"pair"`` if the model reads two texts as a pair, ``"target"`` if its decoder
            reads a text, ``None`` if it reads only one text.
        languages: codes of the source and target languages to choose from; often empty.
        source_language: code of the default source language, ``None`` if there is no default.
        target_language: code of the default target language, ``None`` if there is no default.
        chat_template: True if the text can be wrapped as a user's message.
        start_token: the token that can be put first; ``None`` if there is no such token, or if the
            tokenizer always puts it first.
        continues: True if the model can continue the text.
    """

    second_text: SecondText | None
    languages: tuple[str, ...] = ()
    source_language: str | None = None
    target_language: str | None = None
    chat_template: bool = False
    start_token: str | None = None
    continues: bool = False


def model_options(
    config: PreTrainedConfig,
    tokenizer: PreTrainedTokenizerBase,
    generation_config: GenerationConfig | None,
) -> ModelOptions:
    """Return the options that a model supports.

    Args:
        config: the model's configuration.
        tokenizer: its tokenizer.
        generation_config: how it generates text, ``None`` for a model that is not an
            encoder-decoder.
    """
    if not config.is_encoder_decoder:
        return ModelOptions(
            second_text="pair" if takes_pairs(tokenizer) else None,
            chat_template=has_chat_template(tokenizer),
            start_token=str(tokenizer.bos_token) if omits_start_token(tokenizer) else None,
            continues=is_causal_class(model_classes(config)[0]),
        )
    source, target = default_languages(tokenizer, config, generation_config)
    return ModelOptions(
        second_text="target",
        languages=tuple(sorted(language_ids(tokenizer))),
        source_language=source,
        target_language=target,
        chat_template=has_chat_template(tokenizer),
    )
