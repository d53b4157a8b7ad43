"""Build a trace of the attention and the tokens that a program has."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor

from ..errors import InvalidInput
from ..files.tensor_import.tokens import tokens_of_texts
from ..limits import MAX_TOKENS
from ..trace import Component, LayerAttention, Token, Trace
from ..trace.known_weights import layer_of_weights
from .attention_forms import NO_WEIGHTS, is_of_generation, weights_of_layers

_COMPONENTS: dict[str, Component] = {
    "attention": "self",
    "encoder_attention": "encoder",
    "decoder_attention": "decoder",
    "cross_attention": "cross",
}

# The fields of a model's output with the attention of a component.
_FIELDS: dict[str, Component] = {
    "attentions": "self",
    "encoder_attentions": "encoder",
    "decoder_attentions": "decoder",
    "cross_attentions": "cross",
}


@dataclass(frozen=True)
class GivenTokens:
    """The tokens of the attention, as a program passes them.

    Attributes:
        tokens: the texts of the tokens of a model with one stack of layers.
        encoder_tokens: those of an encoder.
        decoder_tokens: those of a decoder.
        sentence_b_start: the index of the first token of the second text; ``None`` for one text.
        are_prettified: whether spellings of a vocabulary are shown as pieces of the text.
    """

    tokens: Any
    encoder_tokens: Any
    decoder_tokens: Any
    sentence_b_start: Any
    are_prettified: bool


@dataclass(frozen=True)
class _Given:
    """The attention of one component.

    Attributes:
        name: the name that error messages use.
        weights: float32 ``[head, query, key]``, by the number of the layer.
        is_written: whether the model wrote the tokens, so that the last of them has no row.
    """

    name: str
    weights: dict[int, Tensor]
    is_written: bool

    @property
    def positions(self) -> tuple[int, int]:
        """The numbers of queries and keys, which all layers have in common.

        Raises:
            InvalidInput: if the layers differ.
        """
        shapes = {(each.shape[1], each.shape[2]) for each in self.weights.values()}
        if len(shapes) > 1:
            raise InvalidInput(
                f"The layers of {self.name} have different numbers of positions: "
                f"{', '.join(f'{queries} × {keys}' for queries, keys in sorted(shapes))}. Pass the "
                "attention of one text."
            )
        return shapes.pop()


def trace_of(attention: Mapping[str, Any], tokens: GivenTokens, batch_index: int | None) -> Trace:
    """Return the trace of attention, whose layers have weights and no vectors.

    Args:
        attention: BertViz's arguments for attention by their names; ``None`` for those that are
            missing. ``attention`` may be the output of a model or of its ``generate``.
        tokens: the tokens.
        batch_index: the text of a batch; ``None`` if there is one text.

    Raises:
        InvalidInput: if attention or tokens are missing or have another form, or if they do not
            fit each other.
    """
    given: dict[Component, _Given] = {
        component: _Given(
            name, weights_of_layers(name, value, batch_index), is_of_generation(value)
        )
        for component, (name, value) in _by_component(attention).items()
    }
    layers: dict[Component, tuple[LayerAttention, ...]] = {}
    source = _tokens(given, tokens, "source")
    target = _tokens(given, tokens, "target")
    for component, each in given.items():
        layers[component] = tuple(
            layer_of_weights(component, number, weights) for number, weights in each.weights.items()
        )
    return Trace(source or (), target, layers)


def _by_component(attention: Mapping[str, Any]) -> dict[Component, tuple[str, Any]]:
    """Return the name and the value of each component's attention.

    Raises:
        InvalidInput: if there is none, or if some do not belong to one model.
    """
    given = {name: value for name, value in attention.items() if value is not None}
    if not given:
        raise InvalidInput(NO_WEIGHTS.format(name="attention"))
    if "attention" not in given:
        return {_COMPONENTS[name]: (name, value) for name, value in given.items()}
    if len(given) > 1:
        raise InvalidInput(
            "attention belongs to a model with one stack of layers, and the other arguments to an "
            "encoder-decoder model. Leave out one of them."
        )
    output = given["attention"]
    fields: dict[str, Component] = {
        name: part for name, part in _FIELDS.items() if hasattr(output, name)
    }
    if not fields:
        return {"self": ("attention", output)}
    found: dict[Component, tuple[str, Any]] = {
        part: (f"attention.{name}", getattr(output, name))
        for name, part in fields.items()
        if getattr(output, name) is not None
    }
    # A decoder that can attend to an encoder has cross_attentions too, which nothing shows alone.
    if "self" in found:
        found = {"self": found["self"]}
    if not found:
        raise InvalidInput(NO_WEIGHTS.format(name=f"attention.{next(iter(fields))}"))
    return found


def _tokens(
    given: Mapping[Component, _Given], tokens: GivenTokens, side: str
) -> tuple[Token, ...] | None:
    """Return the tokens of the source or of the target; ``None`` if no attention has them.

    Raises:
        InvalidInput: if they are missing, or if there are more or fewer than positions.
    """
    is_source = side == "source"
    name = "tokens" if "self" in given else ("encoder_tokens" if is_source else "decoder_tokens")
    axes = _axes(given, is_source)
    if not axes:
        return None
    texts = _texts(name, getattr(tokens, name))
    for each, num_positions in axes:
        if each.is_written and not (is_source and each is given.get("cross")):
            texts = texts[: max(num_positions, len(texts) - 1)]
        if len(texts) != num_positions:
            raise InvalidInput(
                f"{each.name} has {num_positions:,} positions, but {name} has {len(texts):,} "
                "tokens. Pass one token for each position, including special tokens such as "
                f"[CLS]: {name}=tokenizer.convert_ids_to_tokens(input_ids[0])."
            )
    read = tokens_of_texts(texts, are_pieces=not tokens.are_prettified)
    return _with_segments(read, tokens.sentence_b_start) if is_source else read


def _axes(given: Mapping[Component, _Given], is_source: bool) -> list[tuple[_Given, int]]:
    """Return the attention that has the source or the target on an axis, and its positions there.

    Raises:
        InvalidInput: if self-attention has different numbers of queries and keys.
    """
    axes = []
    for component, each in given.items():
        queries, keys = each.positions
        if component == "cross":
            axes.append((each, keys if is_source else queries))
        elif is_source == (component != "decoder"):
            if queries != keys:
                raise InvalidInput(
                    f"{each.name} has {queries:,} queries and {keys:,} keys, but in self-attention "
                    "each token is both. If it comes from generate, pass the whole tuple, with "
                    "the attention of every step."
                )
            axes.append((each, queries))
    return axes


def _texts(name: str, tokens: Any) -> list[str]:
    """Return the texts of tokens.

    Raises:
        InvalidInput: if it is not a list of texts, or has more than ``MAX_TOKENS``.
    """
    if tokens is None:
        raise InvalidInput(f"{name} is missing: pass the tokens, one text for each position.")
    is_list = not isinstance(tokens, str) and hasattr(tokens, "__iter__")
    texts = list(tokens) if is_list else []
    if not texts or not all(isinstance(text, str) for text in texts):
        raise InvalidInput(
            f"{name} is not a list of texts, one for each position. For ids, write "
            f"{name}=tokenizer.convert_ids_to_tokens(input_ids[0])."
        )
    if len(texts) > MAX_TOKENS:
        raise InvalidInput(
            f"{name} has {len(texts):,} tokens, and at most {MAX_TOKENS:,} can be shown. Shorten "
            "the text."
        )
    return [str(text) for text in texts]


def _with_segments(tokens: tuple[Token, ...], sentence_b_start: Any) -> tuple[Token, ...]:
    """Return tokens in segment A up to the index of the second text's first token, and in B after.

    Raises:
        InvalidInput: if it is not an index of a token.
    """
    if sentence_b_start is None:
        return tokens
    is_number = hasattr(sentence_b_start, "__index__") and not isinstance(sentence_b_start, bool)
    if not is_number or not 0 < int(sentence_b_start) < len(tokens):
        raise InvalidInput(
            f"sentence_b_start is {sentence_b_start!r}, but the index of the first token of the "
            f"second text is from 1 to {len(tokens) - 1}."
        )
    begin = int(sentence_b_start)
    second = tuple(replace(token, segment="B") for token in tokens[begin:])
    return tokens[:begin] + second
