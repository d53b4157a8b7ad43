"""The files of one pass: its layers and its predictions (``wire`` describes the format)."""

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any

import torch
from torch import Tensor

from ..trace import Component, LayerAttention, Predictions, Trace
from ..trace.overview import bin_size
from ..trace.words import word_starts, word_tokens
from .compact_terms import CompactTerms

# The page refuses a manifest of another version, which it might draw wrongly.
VERSION = 4

# The end of the name of a file of predictions.
PREDICTIONS = "predictions.safetensors"


class PassFiles:
    """The tensors and the manifest of one pass.

    Attributes:
        layers: returns the tensors of a layer's file, by the file's name.
        predictions: returns the tensors of the file of predictions, by its name; empty without one.
    """

    def __init__(self, trace: Trace, model_id: str, revision: str, prefix: str = "") -> None:
        """Name the files.

        Args:
            trace: the pass.
            model_id: the model's id.
            revision: the model's commit.
            prefix: the first characters of each name.
        """
        self._trace = trace
        self._model = {"model_id": model_id, "revision": revision}
        self._prefix = prefix
        self._compact_terms = CompactTerms()
        self.layers: dict[str, Callable[[], dict[str, Tensor]]] = {
            self._layer_file(layer): partial(self._layer_tensors, layer)
            for layers in trace.layers.values()
            for layer in layers
        }
        self.predictions: dict[str, Callable[[], dict[str, Tensor]]] = {}
        if isinstance(trace.predictions, Predictions):
            write = partial(_prediction_tensors, trace.predictions)
            self.predictions[prefix + PREDICTIONS] = write

    def manifest(self) -> dict[str, Any]:
        """Return the manifest of the pass alone, without overviews and scores."""
        trace = self._trace
        return {
            "version": VERSION,
            "model": self._model,
            "source": [asdict(token) for token in trace.source],
            "target": None if trace.target is None else [asdict(token) for token in trace.target],
            "source_words": word_starts(trace.source),
            "target_words": None if trace.target is None else word_starts(trace.target),
            "components": [self._component(component) for component in trace.components],
            "scores": [],
            "predictions": self._predictions(),
            "written_from": trace.written_from,
            "intervened": None,
            "compared": None,
            "mask_token": trace.has_mask_token,
            "ready": [],
        }

    def _component(self, component: Component) -> dict[str, object]:
        trace = self._trace
        query_tokens, key_tokens = trace.query_tokens(component), trace.key_tokens(component)
        return {
            "component": component,
            "query_tokens": "target" if query_tokens is trace.target else "source",
            "key_tokens": "target" if key_tokens is trace.target else "source",
            "query_bin": bin_size(query_tokens),
            "key_bin": bin_size(key_tokens),
            "query_word_bin": bin_size(word_tokens(query_tokens)),
            "key_word_bin": bin_size(word_tokens(key_tokens)),
            "overviews": [],
            "scores": [],
            "layers": [
                {
                    "layer": layer.layer,
                    "file": self._layer_file(layer),
                    "num_heads": layer.num_heads,
                    "num_key_value_heads": layer.num_key_value_heads,
                    "head_dim": layer.head_dim,
                    "scaling": layer.scaling,
                    "softcap": layer.softcap,
                    "reach": self._compact_terms.mask(layer)[0],
                    "rotation": None if layer.rotation is None else asdict(layer.rotation),
                }
                for layer in trace.layers[component]
            ],
        }

    def _predictions(self) -> dict[str, object]:
        predictions = self._trace.predictions
        if not isinstance(predictions, Predictions):
            return {"reason": predictions.reason}
        [file] = self.predictions
        tokens = "source" if self._trace.target is None else "target"
        return {"file": file, "tokens": tokens, "offset": predictions.offset}

    def _layer_file(self, layer: LayerAttention) -> str:
        return f"{self._prefix}{layer.component}-{layer.layer}.safetensors"

    def _layer_tensors(self, layer: LayerAttention) -> dict[str, Tensor]:
        # A query that sees no key gets 0, so that exp(-inf - 0) is its weight of 0.
        logsumexp = layer.log_normalizers().nan_to_num(neginf=0.0)
        tensors = {
            "query": layer.query.contiguous(),
            "key": layer.key.contiguous(),
            "logsumexp": logsumexp,
        }
        _, allowed = self._compact_terms.mask(layer)
        if allowed is not None:
            tensors["allowed"] = allowed.to(torch.uint8).contiguous()
        if layer.bias is not None:
            name, bias = self._compact_terms.bias(layer)
            tensors[name] = bias.contiguous()
        if layer.sink is not None:
            tensors["sink"] = layer.sink
        if layer.model_weights is not None:
            tensors["model_queries"] = layer.model_weights.queries.int()
            tensors["model_weights"] = layer.model_weights.weights.contiguous()
        return tensors


def _prediction_tensors(predictions: Predictions) -> dict[str, Tensor]:
    ids, places = predictions.token_ids.unique(return_inverse=True)
    vocabulary = json.dumps([predictions.vocabulary[each] for each in ids.tolist()])
    return {
        "tokens": places.int(),
        "probabilities": predictions.probabilities.contiguous(),
        "ranks": predictions.ranks,
        "log_probabilities": predictions.log_probabilities,
        "vocabulary": torch.frombuffer(bytearray(vocabulary.encode()), dtype=torch.uint8),
    }
