"""Builds the two untrained networks."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from transformers import (
    BertConfig,
    BertForMaskedLM,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from training.settings import HIDDEN_SIZE, MAX_POSITIONS, NUM_HEADS, NUM_LAYERS
from training.tokenizer import special_id


def _sinusoids(num_positions: int, size: int, amplitude: float) -> Tensor:
    """Return sine and cosine waves over the positions, float32 ``[position, dimension]``."""
    steps = torch.arange(0, size, 2) / size
    angles = torch.arange(num_positions)[:, None] * torch.exp(-math.log(num_positions) * steps)
    return amplitude * torch.cat([angles.sin(), angles.cos()], dim=1)


def build_bert(tokenizer: PreTrainedTokenizerFast) -> BertForMaskedLM:
    """Return a small untrained BERT for masked-token prediction."""
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=HIDDEN_SIZE,
        num_hidden_layers=NUM_LAYERS,
        num_attention_heads=NUM_HEADS,
        intermediate_size=4 * HIDDEN_SIZE,
        max_position_embeddings=MAX_POSITIONS,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        initializer_range=0.05,
        pad_token_id=special_id(tokenizer, "pad"),
    )
    model = BertForMaskedLM(config)
    embeddings = model.bert.embeddings
    _start_from_sinusoids(embeddings.position_embeddings)
    with torch.no_grad():
        # Larger embeddings than those of words: heads can distinguish delimiters early, and attend
        # to them when no other key matters.
        delimiters = [special_id(tokenizer, "cls"), special_id(tokenizer, "sep")]
        embeddings.word_embeddings.weight[delimiters] *= 4
    return model


def build_gpt2(tokenizer: PreTrainedTokenizerFast) -> GPT2LMHeadModel:
    """Return a small untrained GPT-2 for next-token prediction."""
    config = GPT2Config(
        vocab_size=len(tokenizer),
        n_positions=MAX_POSITIONS,
        n_embd=HIDDEN_SIZE,
        n_layer=NUM_LAYERS,
        n_head=NUM_HEADS,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        initializer_range=0.06,
        bos_token_id=special_id(tokenizer, "bos"),
        eos_token_id=special_id(tokenizer, "eos"),
    )
    model = GPT2LMHeadModel(config)
    _start_from_sinusoids(model.transformer.wpe)
    return model


def _start_from_sinusoids(positions: torch.nn.Embedding) -> None:
    """Initialize the learned position embeddings with waves.

    With waves, heads that attend a fixed number of tokens back form sooner, and behave the same at
    the far positions, which few training rows reach.
    """
    with torch.no_grad():
        positions.weight.copy_(
            _sinusoids(positions.num_embeddings, positions.embedding_dim, amplitude=0.12)
        )


def selected_logits(model: PreTrainedModel, inputs: dict[str, Tensor], chosen: Tensor) -> Tensor:
    """Return the logits of the chosen positions only, float32 ``[chosen, vocabulary]``.

    The vocabulary layer takes a third of the computation, and most positions of a masked batch
    have nothing to predict.
    """
    hidden = model.base_model(**inputs).last_hidden_state[chosen]
    head = model.cls if isinstance(model, BertForMaskedLM) else model.lm_head
    return head(hidden)
