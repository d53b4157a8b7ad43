"""The arguments that the views of a notebook have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from torch.nn import Module

from ..errors import InvalidInput
from ..extraction import extract
from ..files.tensor_export import LayersAndHeads
from ..trace import Trace
from .given_trace import GivenTokens, trace_of

# The name of attention whose model is not known.
_GIVEN = "Given attention"


@dataclass(frozen=True)
class NamedTrace:
    """A trace, and the model that its pictures name.

    Attributes:
        trace: the trace.
        model_id: the model's id.
        revision: the model's commit; empty if it is not known.
    """

    trace: Trace
    model_id: str
    revision: str


@dataclass(frozen=True)
class Arguments:
    """What a view shows: a model's attention on a text, or attention that a program has.

    The names are those of BertViz 1.4.1.

    Attributes:
        attention: a model of transformers; or its output; or attention in one of the forms of
            ``attention_forms.weights_of_layers``; or a trace.
        tokens: the tokenizer of a model; or the tokens of the attention; or the name of the model
            of a trace.
        sentence_b_start: the text for a model; or the index of the first token of the second text.
        prettify_tokens: the second text for a model; or whether tokens in the spelling of a
            vocabulary, such as ``Ġthe``, are shown as pieces of the text.
        encoder_attention: attention of the encoder.
        decoder_attention: attention of the decoder.
        cross_attention: attention of the decoder to the encoder.
        encoder_tokens: the tokens of the encoder.
        decoder_tokens: the tokens of the decoder.
        include_layers: the numbers of the layers to show; ``None`` for all.
        batch_index: the text of a batch; ``None`` if there is one text.
        text_options: further arguments of ``extract`` for a model.
    """

    attention: Any = None
    tokens: Any = None
    sentence_b_start: Any = None
    prettify_tokens: Any = True
    encoder_attention: Any = None
    decoder_attention: Any = None
    cross_attention: Any = None
    encoder_tokens: Any = None
    decoder_tokens: Any = None
    include_layers: Sequence[int] | None = None
    batch_index: int | None = None
    text_options: Mapping[str, Any] = field(default_factory=dict)

    def read(self) -> NamedTrace:
        """Run the model, or read the attention.

        Raises:
            InvalidInput: a ``ValueError``, if an argument is missing or does not fit.
            SpaceError: if the model or its text cannot be used, as ``extract`` raises it.
        """
        if isinstance(self.attention, Module):
            named = self._run(self.attention)
        elif self.text_options:
            names = " and ".join(self.text_options)
            raise InvalidInput(f"{names}: only a model that runs on a text has this option.")
        elif isinstance(self.attention, Trace):
            named = self._named(self.attention)
        else:
            named = NamedTrace(self._given(), _GIVEN, "")
        return replace(named, trace=_with_layers(named.trace, self.include_layers))

    def _run(self, model: Any) -> NamedTrace:
        text = self.sentence_b_start
        is_tokenizer = callable(self.tokens)
        if not (is_tokenizer and isinstance(text, str)):
            raise InvalidInput(
                "After a model, pass its tokenizer and a text: head_view(model, tokenizer, text)."
            )
        options = dict(self.text_options)
        if isinstance(self.prettify_tokens, str):
            options.setdefault("text_b", self.prettify_tokens)
        trace = extract(model, self.tokens, text, **options)
        return NamedTrace(trace, _name_of(model), getattr(model.config, "_commit_hash", None) or "")

    def _named(self, trace: Trace) -> NamedTrace:
        name = _GIVEN if self.tokens is None else self.tokens
        text_b = self.prettify_tokens if isinstance(self.prettify_tokens, str) else None
        others = (
            *(self.sentence_b_start, text_b, self.batch_index),
            *(self.encoder_attention, self.decoder_attention, self.cross_attention),
            *(self.encoder_tokens, self.decoder_tokens),
        )
        if not isinstance(name, str) or any(other is not None for other in others):
            raise InvalidInput(
                "A trace contains its tokens and its texts: pass only the trace and, if you like, "
                'the name of its model: head_view(trace, "my-model").'
            )
        return NamedTrace(trace, name, "")

    def _given(self) -> Trace:
        attention = {
            "attention": self.attention,
            "encoder_attention": self.encoder_attention,
            "decoder_attention": self.decoder_attention,
            "cross_attention": self.cross_attention,
        }
        tokens = GivenTokens(
            self.tokens,
            self.encoder_tokens,
            self.decoder_tokens,
            self.sentence_b_start,
            bool(self.prettify_tokens),
        )
        return trace_of(attention, tokens, self.batch_index)


def _name_of(model: Any) -> str:
    """Return the id with which a model was loaded, the name of its folder, or that of its class."""
    name = str(getattr(model.config, "name_or_path", "") or type(model).__name__)
    return Path(name).name if Path(name).is_dir() else name


def _with_layers(trace: Trace, numbers: Sequence[int] | None) -> Trace:
    """Return a trace that has only some of the layers.

    Raises:
        NoSuchHead: an ``InvalidInput``, if no component has a layer with one of the numbers.
        InvalidInput: if there are no numbers.
    """
    if numbers is None:
        return trace
    if not numbers:
        raise InvalidInput("include_layers is empty. Name a layer, or leave it out for all layers.")
    chosen = LayersAndHeads(tuple(numbers)).layers_of(trace)
    return replace(trace, layers={name: tuple(layers) for name, layers in chosen.items()})
