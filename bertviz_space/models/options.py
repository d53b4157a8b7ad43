"""What a model takes beside the text, known from its configuration and tokenizer alone."""

from dataclasses import dataclass
from typing import Literal

from transformers import GenerationConfig, PreTrainedConfig, PreTrainedTokenizerBase

from ..texts.chat import has_chat_template
from ..texts.languages import default_languages, language_ids
from ..texts.tokens import lacks_its_start_token, takes_pairs

# What stands beside the text: the second text of a pair, or the decoder's text.
SecondText = Literal["pair", "target"]


@dataclass(frozen=True)
class ModelOptions:
    """What a model takes beside the text.

    Attributes:
        second_text: the second text of a pair, the decoder's text, or ``None`` for neither.
        languages: codes of the languages to choose a source and a target from, often none.
        source_language: the source's where nobody chooses, ``None`` without a default.
        target_language: the target's, likewise.
        chat_template: True if the text can be wrapped as a user's message.
        start_token: the token that can be put first, ``None`` where there is none or where the
            tokenizer puts it there by itself.
    """

    second_text: SecondText | None
    languages: tuple[str, ...] = ()
    source_language: str | None = None
    target_language: str | None = None
    chat_template: bool = False
    start_token: str | None = None


def model_options(
    config: PreTrainedConfig,
    tokenizer: PreTrainedTokenizerBase,
    generation_config: GenerationConfig | None,
) -> ModelOptions:
    """What a model takes, from its files without the weights.

    Args:
        config: the model's configuration.
        tokenizer: its tokenizer.
        generation_config: how it writes, ``None`` for a model that does not.
    """
    if not config.is_encoder_decoder:
        return ModelOptions(
            second_text="pair" if takes_pairs(tokenizer) else None,
            chat_template=has_chat_template(tokenizer),
            start_token=str(tokenizer.bos_token) if lacks_its_start_token(tokenizer) else None,
        )
    source, target = default_languages(tokenizer, config, generation_config)
    return ModelOptions(
        second_text="target",
        languages=tuple(sorted(language_ids(tokenizer))),
        source_language=source,
        target_language=target,
        chat_template=has_chat_template(tokenizer),
    )
