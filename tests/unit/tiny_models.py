"""Tiny models of every kind of attention, with random weights and a tokenizer for each."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from transformers import (
    AlbertConfig,
    AlbertModel,
    BartConfig,
    BartForConditionalGeneration,
    BertConfig,
    BertModel,
    BloomModel,
    DebertaModel,
    DistilBertConfig,
    DistilBertModel,
    ElectraConfig,
    ElectraModel,
    Gemma2Config,
    Gemma2Model,
    GPT2Config,
    GPT2LMHeadModel,
    GPTNeoXConfig,
    GPTNeoXModel,
    GptOssConfig,
    GptOssModel,
    GraniteConfig,
    GraniteModel,
    LlamaConfig,
    LlamaModel,
    MarianConfig,
    MarianMTModel,
    MistralConfig,
    MistralModel,
    ModernBertConfig,
    ModernBertModel,
    OPTConfig,
    OPTModel,
    PhiConfig,
    PhiModel,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    Qwen3Config,
    Qwen3Model,
    RobertaConfig,
    RobertaModel,
    T5Config,
    T5ForConditionalGeneration,
)

from architectures.builder import config_of
from tests.unit import small_tokenizers as small

# Standard deviations of the weights that ``redraw`` draws. With transformers' default of 0.02 every
# attention is uniform, which hides mistakes. Large values in the other matrices make all tokens
# alike in the later layers, where attention is then uniform as well.
QUERY_AND_KEY_STD = 0.4
OTHER_STD = 0.2
SINK_STD = 1.5

_QUERY_OR_KEY = re.compile(
    r"(query|key|[qk]_(lin|proj)|c_attn|in_proj|query_key_value|\.[qk])\.weight$"
)


@dataclass(frozen=True)
class Kind:
    """A model class, with functions that return a tiny configuration and a tokenizer.

    ``config`` takes the size of the vocabulary.
    """

    model_class: type[PreTrainedModel]
    config: Callable[[int], PreTrainedConfig]
    tokenizer: Callable[[], PreTrainedTokenizerBase]
    query_and_key_std: float = QUERY_AND_KEY_STD

    def build(self, seed: int = 0, **options: Any) -> Any:
        """Return a model with random weights; ``options`` are passed to ``_from_config``."""
        config = self.config(len(self.tokenizer()))
        model = self.model_class._from_config(config, **{"attn_implementation": "eager"} | options)
        redraw(model, seed, self.query_and_key_std)
        return model.eval()


@torch.no_grad()
def redraw(model: PreTrainedModel, seed: int, query_and_key_std: float) -> None:
    """Draw all matrices, sinks and biases again, so that attention is not uniform."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        std = OTHER_STD
        if _QUERY_OR_KEY.search(name):
            std = query_and_key_std
        elif name.endswith("sinks"):
            std = SINK_STD
        elif parameter.ndim == 1 and name.endswith("weight"):  # the scale of a norm
            continue
        parameter.copy_(torch.randn(parameter.shape, generator=generator) * std)


KINDS = {
    "bert": Kind(
        BertModel,
        lambda vocab_size: BertConfig(
            vocab_size=vocab_size,
            hidden_size=32,
            num_hidden_layers=3,
            num_attention_heads=4,
            intermediate_size=32,
            max_position_embeddings=64,
        ),
        small.wordpiece,
    ),
    "distilbert": Kind(
        DistilBertModel,
        lambda vocab_size: DistilBertConfig(
            vocab_size=vocab_size,
            dim=32,
            n_layers=3,
            n_heads=4,
            hidden_dim=32,
            max_position_embeddings=64,
        ),
        small.wordpiece,
    ),
    "albert": Kind(
        AlbertModel,
        lambda vocab_size: AlbertConfig(
            vocab_size=vocab_size,
            embedding_size=16,
            hidden_size=32,
            num_hidden_layers=3,
            num_hidden_groups=1,
            num_attention_heads=4,
            intermediate_size=32,
            max_position_embeddings=64,
        ),
        small.wordpiece,
    ),
    "roberta": Kind(
        RobertaModel,
        lambda vocab_size: RobertaConfig(
            vocab_size=vocab_size,
            hidden_size=32,
            num_hidden_layers=3,
            num_attention_heads=4,
            intermediate_size=32,
            max_position_embeddings=66,
            type_vocab_size=1,
            pad_token_id=1,
        ),
        small.roberta_style,
    ),
    "gpt2": Kind(
        GPT2LMHeadModel,
        lambda vocab_size: GPT2Config(
            vocab_size=vocab_size,
            n_embd=32,
            n_layer=3,
            n_head=4,
            n_positions=64,
            bos_token_id=0,
            eos_token_id=0,
        ),
        small.gpt2_style,
    ),
    "llama": Kind(
        LlamaModel,
        lambda vocab_size: LlamaConfig(
            vocab_size=vocab_size,
            hidden_size=32,
            num_hidden_layers=3,
            num_attention_heads=4,
            num_key_value_heads=2,
            intermediate_size=32,
            max_position_embeddings=64,
        ),
        small.llama3_style,
    ),
    "gemma2": Kind(
        Gemma2Model,
        lambda vocab_size: Gemma2Config(
            vocab_size=vocab_size,
            hidden_size=32,
            num_hidden_layers=4,
            num_attention_heads=4,
            num_key_value_heads=2,
            head_dim=8,
            query_pre_attn_scalar=8,
            intermediate_size=32,
            max_position_embeddings=64,
            sliding_window=4,
            # Below the size of the scores, so that the cap changes them.
            attn_logit_softcapping=3.0,
        ),
        small.llama2_style,
    ),
    "gpt_oss": Kind(
        GptOssModel,
        lambda vocab_size: GptOssConfig(
            vocab_size=vocab_size,
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            head_dim=8,
            intermediate_size=16,
            num_local_experts=2,
            num_experts_per_tok=1,
            max_position_embeddings=64,
            sliding_window=4,
            rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
        ),
        small.llama3_style,
    ),
    "t5": Kind(
        T5ForConditionalGeneration,
        lambda vocab_size: T5Config(
            vocab_size=vocab_size,
            d_model=32,
            d_kv=8,
            d_ff=32,
            num_layers=2,
            num_decoder_layers=3,
            num_heads=4,
            decoder_start_token_id=0,  # type: ignore[call-arg]
        ),
        small.t5_style,
        query_and_key_std=0.25,  # T5 does not scale its scores down
    ),
    "bart": Kind(
        BartForConditionalGeneration,
        lambda vocab_size: BartConfig(
            vocab_size=vocab_size,
            d_model=32,
            encoder_layers=2,
            decoder_layers=3,
            encoder_attention_heads=4,
            decoder_attention_heads=4,
            encoder_ffn_dim=32,
            decoder_ffn_dim=32,
            max_position_embeddings=64,
            forced_eos_token_id=None,
        ),
        small.roberta_style,
    ),
}

_SIZES: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 32,
    "max_position_embeddings": 64,
}

# Models that only the tests of the law use. Their other behavior is that of the kinds above.
MORE_KINDS = {
    "bloom": Kind(  # multiplies query and key in its own code, with ALiBi
        BloomModel,
        lambda vocab_size: config_of("bloom", vocab_size=vocab_size),
        small.gpt2_style,
    ),
    "deberta": Kind(  # multiplies query and key in its own code, with a bias for every pair
        DebertaModel,
        lambda vocab_size: config_of("deberta", vocab_size=vocab_size),
        small.wordpiece,
    ),
    "electra": Kind(
        ElectraModel,
        lambda vocab_size: ElectraConfig(vocab_size=vocab_size, embedding_size=16, **_SIZES),
        small.wordpiece,
    ),
    "gpt_neox": Kind(  # rotates a part of each vector
        GPTNeoXModel,
        lambda vocab_size: GPTNeoXConfig(vocab_size=vocab_size, **_SIZES),
        small.gpt2_style,
    ),
    "granite": Kind(  # scaling is a setting
        GraniteModel,
        lambda vocab_size: GraniteConfig(
            vocab_size=vocab_size, attention_multiplier=0.2, num_key_value_heads=2, **_SIZES
        ),
        small.gpt2_style,
    ),
    "marian": Kind(  # different numbers of heads in encoder and decoder
        MarianMTModel,
        lambda vocab_size: MarianConfig(
            vocab_size=vocab_size,
            d_model=32,
            encoder_layers=2,
            decoder_layers=1,
            encoder_attention_heads=4,
            decoder_attention_heads=2,
            encoder_ffn_dim=32,
            decoder_ffn_dim=32,
            max_position_embeddings=64,
            pad_token_id=0,
            eos_token_id=1,
            decoder_start_token_id=0,
        ),
        small.t5_style,
        query_and_key_std=0.6,
    ),
    "mistral": Kind(  # a sliding window in every layer, one key head for all
        MistralModel,
        lambda vocab_size: MistralConfig(
            vocab_size=vocab_size, num_key_value_heads=1, sliding_window=4, **_SIZES
        ),
        small.llama2_style,
    ),
    "modernbert": Kind(  # a window in both directions in some layers
        ModernBertModel,
        lambda vocab_size: ModernBertConfig(
            vocab_size=vocab_size,
            local_attention=6,
            layer_types=["full_attention", "sliding_attention", "full_attention"],
            pad_token_id=1,
            bos_token_id=0,
            eos_token_id=2,
            cls_token_id=0,
            sep_token_id=2,
            **_SIZES,
        ),
        small.roberta_style,
    ),
    "opt": Kind(
        OPTModel,
        lambda vocab_size: OPTConfig(
            vocab_size=vocab_size,
            hidden_size=32,
            num_hidden_layers=3,
            num_attention_heads=4,
            ffn_dim=32,
            max_position_embeddings=64,
            word_embed_proj_dim=32,
        ),
        small.gpt2_style,
    ),
    "phi": Kind(
        PhiModel,
        lambda vocab_size: PhiConfig(vocab_size=vocab_size, **_SIZES),
        small.gpt2_style,
    ),
    "qwen3": Kind(  # normalizes queries and keys
        Qwen3Model,
        lambda vocab_size: Qwen3Config(
            vocab_size=vocab_size, num_key_value_heads=2, head_dim=8, **_SIZES
        ),
        small.gpt2_style,
    ),
}
