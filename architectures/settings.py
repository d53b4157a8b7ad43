"""The configurations of the tiny models: small sizes for all, and settings of single types."""

from typing import Any

# Number of tokens in the vocabulary, and number of positions: more than the 300 tokens of the
# longest text in the tests.
VOCAB_SIZE = 128
POSITIONS = 512

# Values of the fields of transformers' configurations; each type uses the fields that it declares.
# Four layers, so that all kinds of alternating layers occur; two key heads for four query heads, if
# they are shared; a window of 8 tokens, so that the text is longer.
SIZES: dict[str, Any] = {
    **dict.fromkeys(("hidden_size", "d_model", "n_embd", "dim", "emb_dim", "embedding_dim"), 64),
    **dict.fromkeys(("num_hidden_layers", "n_layer", "n_layers", "num_layers"), 4),
    **dict.fromkeys(("encoder_layers", "num_encoder_layers"), 2),
    **dict.fromkeys(("decoder_layers", "num_decoder_layers"), 3),
    **dict.fromkeys(("num_attention_heads", "n_head", "n_heads", "num_heads"), 4),
    **dict.fromkeys(("encoder_attention_heads", "decoder_attention_heads"), 4),
    **dict.fromkeys(("num_encoder_attention_heads", "num_decoder_attention_heads"), 4),
    **dict.fromkeys(("num_key_value_heads", "swa_num_key_value_heads", "num_kv_heads"), 2),
    **dict.fromkeys(("swa_num_attention_heads", "attention_heads"), 4),
    **dict.fromkeys(("head_dim", "d_kv", "d_head", "swa_head_dim", "v_head_dim", "dim_head"), 16),
    **dict.fromkeys(("kv_channels", "attention_head_size", "qk_nope_head_dim"), 16),
    **dict.fromkeys(("qk_rope_head_dim", "rotary_dim"), 8),
    **dict.fromkeys(("intermediate_size", "ffn_dim", "encoder_ffn_dim", "decoder_ffn_dim"), 64),
    **dict.fromkeys(("hidden_dim", "d_ff", "dff", "dim_ff", "d_inner", "ffn_hidden_size"), 64),
    **dict.fromkeys(("moe_intermediate_size", "shared_expert_intermediate_size"), 32),
    **dict.fromkeys(("expert_ffn_hidden_size", "shared_intermediate_size"), 32),
    **dict.fromkeys(("dense_intermediate_size", "intermediate_size_mlp"), 64),
    **dict.fromkeys(
        ("moe_shared_expert_intermediate_size", "shared_experts_intermediate_size"), 32
    ),
    **dict.fromkeys(("num_experts", "n_routed_experts", "num_local_experts"), 4),
    **dict.fromkeys(("moe_num_experts",), 4),
    **dict.fromkeys(("num_experts_per_tok", "moe_topk", "moe_k", "num_experts_per_token"), 2),
    **dict.fromkeys(("n_group", "topk_group", "n_shared_experts", "num_shared_experts"), 1),
    **dict.fromkeys(("moe_num_shared_experts", "first_k_dense_replace", "num_dense_layers"), 1),
    **dict.fromkeys(("q_lora_rank", "kv_lora_rank", "o_lora_rank"), 16),
    **dict.fromkeys(("index_head_dim", "index_n_heads"), 8),
    **dict.fromkeys(("index_topk",), 12),
    **dict.fromkeys(("sliding_window", "sliding_window_size", "local_attention"), 8),
    **dict.fromkeys(("window_size", "attention_window_size", "attention_window"), 8),
    **dict.fromkeys(("max_position_embeddings", "n_positions", "n_ctx", "max_seq_len"), POSITIONS),
    **dict.fromkeys(("max_target_positions", "max_source_positions"), POSITIONS),
    **dict.fromkeys(("original_max_position_embeddings", "context_length"), POSITIONS),
    **dict.fromkeys(("vocab_size", "src_vocab_size", "tgt_vocab_size"), VOCAB_SIZE),
    **dict.fromkeys(("decoder_vocab_size", "vocab_size_per_layer_input"), VOCAB_SIZE),
    **dict.fromkeys(("embedding_size", "input_embedding_size", "output_embedding_size"), 32),
    **dict.fromkeys(("entity_vocab_size", "entity_emb_size", "word_embed_proj_dim"), 64),
    **dict.fromkeys(("query_pre_attn_scalar",), 16),
    **dict.fromkeys(("mamba_n_heads", "n_mamba_heads", "mamba_num_heads"), 4),
    **dict.fromkeys(("mamba_d_head", "mamba_head_dim"), 32),
    **dict.fromkeys(("mamba_d_state", "ssm_state_size", "state_size"), 8),
    **dict.fromkeys(("mamba_dt_rank", "time_step_rank", "mamba_chunk_size", "chunk_size"), 8),
    **dict.fromkeys(("linear_num_key_heads", "linear_num_value_heads", "linear_num_heads"), 4),
    **dict.fromkeys(("linear_key_head_dim", "linear_value_head_dim", "linear_head_dim"), 16),
    **dict.fromkeys(("hidden_size_per_layer_input", "laurel_rank", "lru_width"), 64),
    **dict.fromkeys(("bos_token_id", "bos_index", "cls_token_id", "boi_token_id"), 0),
    **dict.fromkeys(("pad_token_id", "pad_index"), 1),
    **dict.fromkeys(("eos_token_id", "eos_index", "sep_token_id", "forced_eos_token_id"), 2),
    **dict.fromkeys(("mask_token_id", "mask_index", "decoder_start_token_id"), 3),
    **dict.fromkeys(("pronunciation_embed_dim", "shape_embed_dim"), 16),
    "dtype": None,
}

# Two of four layers have attention, in the types that mix attention with other layers.
_RECURRENT = {"layer_types": ["linear_attention", "full_attention"] * 2}
_CONVOLVED = {"layer_types": ["conv", "full_attention"] * 2}
_SHARED_BLOCKS = {"layers_block_type": ["linear_attention", "hybrid"] * 2}
_NOT_SHARED = {"num_key_value_heads": 4}  # each head decompresses its own keys
_ROPE = {"rope_type": "default", "rope_theta": 10000.0}

# Settings that a type needs in addition to the sizes above.
SETTINGS: dict[str, dict[str, Any]] = {
    "axk1": _NOT_SHARED,
    "axk2": _NOT_SHARED,
    "bailing_hybrid": _RECURRENT | _NOT_SHARED,
    "bamba": {"attn_layer_indices": [1, 3]},
    "cohere_compass_text": {"rope_parameters": {"full_attention": _ROPE}},
    "dbrx": {
        "attn_config": {"kv_n_heads": 2, "rope_theta": 10000.0, "clip_qkv": 8.0},
        "ffn_config": {"ffn_hidden_size": 64, "moe_num_experts": 4, "moe_top_k": 2},
        "rope_parameters": _ROPE,
    },
    "deepseek_v2": _NOT_SHARED,
    "deepseek_v3": _NOT_SHARED,
    "deepseek_v32": _NOT_SHARED,
    "dots3_note_text": {
        "head_dim": 24,
        "swa_num_attention_heads": 4,
        "swa_num_key_value_heads": 4,
        "swa_q_lora_rank": 16,
        "swa_kv_lora_rank": 16,
        "swa_head_dim": 16,
        "swa_qk_nope_head_dim": 8,
        "swa_v_head_dim": 16,
    }
    | _NOT_SHARED,
    "encoder-decoder": {
        "encoder": {"model_type": "bert", "num_hidden_layers": 2},
        "decoder": {
            "model_type": "bert",
            "num_hidden_layers": 3,
            "is_decoder": True,
            "add_cross_attention": True,
        },
    },
    "esmc": _NOT_SHARED,
    "falcon_h1": {"mamba_d_ssm": 128},
    "gemma3n_text": {
        "layer_types": ["sliding_attention", "full_attention"] * 2,
        "num_kv_shared_layers": 2,
        "activation_sparsity_pattern": [0.95, 0.95, 0.0, 0.0],
    },
    "glm4_moe_lite": _NOT_SHARED,
    "glm_moe_dsa": _NOT_SHARED,
    "gpt_neo": {"attention_types": [[["global", "local"], 2]]},
    "granitemoehybrid": _RECURRENT,
    "jamba": {"attn_layer_period": 2, "attn_layer_offset": 1},
    "kimi_linear": _RECURRENT | _NOT_SHARED,
    "lfm2": _CONVOLVED,
    "lfm2_moe": _CONVOLVED,
    "longcat_flash": {"head_dim": 8, "qk_head_dim": 24} | _NOT_SHARED,
    "minicpm3": _NOT_SHARED,
    "nemotron_h": {"n_groups": 1},
    "qwen3_5_moe_text": _RECURRENT,
    "qwen3_5_text": _RECURRENT,
    "qwen3_next": _RECURRENT,
    "qwen4_exp_text": {
        "layer_types": ["linear_attention", "indexed_attention"] * 2,
        "indexer_n_heads": 4,
        "indexer_kv_heads": 1,
        "indexer_head_dim": 16,
        "indexer_budget": 12,
        "indexer_compress_ratio": 4,
    },
    "squeezebert": {"embedding_size": 64},
    "t5gemma": {"encoder": {"num_hidden_layers": 2}, "decoder": {"num_hidden_layers": 3}},
    "xmod": {"default_language": "en_XX"},
    "youtu": _NOT_SHARED,
    "zamba": _SHARED_BLOCKS | {"attention_hidden_size": 128, "attention_head_dim": 32},
    "zamba2": _SHARED_BLOCKS | {"mamba_ngroups": 1},
    "zaya": {"num_experts_per_tok": 1},
}

# Types that report scores instead of weights (transformers 5.23). The softmax of these is compared.
REPORTS_SCORES = {"squeezebert"}

# Types with an additional input, audio or vision. If their text model can be used alone, it has its
# own type.
LEFT_OUT = dict.fromkeys(
    (
        *("audioflamingo3", "glmasr", "granite_speech", "granite_speech_plus", "moshi"),
        *("moss_transcribe_diarize", "musicflamingo", "musicgen", "musicgen_melody"),
        *("nemo_speechlm", "qwen2_audio", "qwen3_asr", "seamless_m4t", "seamless_m4t_v2"),
        *("vibevoice_asr", "voxtral", "voxtral_realtime", "whisper"),
    ),
    "audio",
) | dict.fromkeys(
    (
        *("dots3_note", "emu3", "fuyu", "gemma3", "gemma3n", "gemma4", "gemma4_assistant"),
        *("gemma4_unified", "gemma4_unified_assistant", "git", "got_ocr2", "llama4", "mllama"),
        *("modernvbert", "neomme", "phi4_multimodal", "qwen3_5", "qwen3_5_moe"),
        *("qwen4_exp", "trocr", "ultravbert"),
    ),
    "vision",
)
