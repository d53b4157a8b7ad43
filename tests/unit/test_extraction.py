"""The law: the weights of a trace equal those that transformers itself computes.

The oracle is a second model with the same parameters that runs without this project's function in
transformers' registry (``stock.py``). No test compares with numbers that this project stored.
"""

import gc
import inspect
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import (
    AttentionInterface,
    AutoModel,
    BartModel,
    FNetConfig,
    FNetModel,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from architectures.stock import stock_copy, stock_transformers, stock_weights
from bertviz_space import Component, Trace, extract
from bertviz_space.capture.interface import register_attention
from bertviz_space.capture.mask import Mask
from bertviz_space.errors import AttentionUnavailable, MemoryExhausted, SecondTextNotSupported
from bertviz_space.files.wire import write_trace
from tests.conftest import MINILM
from tests.unit import small_tokenizers as small
from tests.unit.tiny_models import KINDS, MORE_KINDS

TEXT = "The dog on the ship ran to the store."
TEXT_B = "She bought apples"
TARGET_TEXT = "Die Straße ist lang"

# The law of bertviz_space/trace/attention.py: float32 and sums in another order.
LAW: dict[str, Any] = {"atol": 1e-5, "rtol": 0.0}

ENCODER_DECODERS = ("bart", "t5")
CAUSAL = ("gpt2", "llama")


def inputs_of(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    text: str,
    text_b: str | None = None,
    target_text: str | None = None,
) -> dict[str, Any]:
    """Return the inputs that the documentation of transformers recommends for such a model."""
    inputs = dict(tokenizer(text, text_b, return_tensors="pt"))
    if "token_type_ids" not in inspect.signature(model.forward).parameters:
        inputs.pop("token_type_ids", None)
    if target_text is not None:
        target_ids = tokenizer(text_target=target_text)["input_ids"]
        inside = [each for each in target_ids if each != tokenizer.eos_token_id]
        if tokenizer.cls_token_id is not None:  # BART writes <s> before the target text too
            assert inside[0] == tokenizer.cls_token_id
        start = model.config.decoder_start_token_id
        inputs["decoder_input_ids"] = torch.tensor([[start, *inside]])
    return inputs


def target_text_of(name: str) -> str | None:
    return TARGET_TEXT if name in (*ENCODER_DECODERS, "marian") else None


def trace_of(name: str, text: str = TEXT, **options: Any) -> Trace:
    kind = KINDS[name]
    target_text = target_text_of(name)
    return extract(kind.build(**options), kind.tokenizer(), text, target_text=target_text)


def assert_law(trace: Trace, expected: dict[Component, list[torch.Tensor]]) -> None:
    """Check all components, layers, heads, queries and keys, and that attention is not uniform."""
    assert set(trace.components) == set(expected)
    for component, layers in expected.items():
        assert [layer.layer for layer in trace.layers[component]] == list(range(len(layers)))
        for number, weights in enumerate(layers):
            torch.testing.assert_close(trace.weights(component, number), weights, **LAW)
            # Only the later half of the queries, because the first ones of a causal model may
            # attend only to few keys.
            assert weights[:, weights.shape[1] // 2 :].max() > 0.3


@pytest.mark.parametrize("name", [*KINDS, *MORE_KINDS])
def test_weights_are_those_of_transformers(name):
    kind = (KINDS | MORE_KINDS)[name]
    model, tokenizer, target_text = kind.build(), kind.tokenizer(), target_text_of(name)
    trace = extract(model, tokenizer, TEXT, target_text=target_text)
    inputs = inputs_of(model, tokenizer, TEXT, target_text=target_text)
    assert_law(trace, stock_weights(model, inputs))


@pytest.mark.parametrize("name", ["bert", "distilbert", "albert", "roberta", "deberta"])
def test_weights_of_a_pair_are_those_of_transformers(name):
    kind = (KINDS | MORE_KINDS)[name]
    model, tokenizer = kind.build(), kind.tokenizer()
    trace = extract(model, tokenizer, TEXT, text_b=TEXT_B)
    assert_law(trace, stock_weights(model, inputs_of(model, tokenizer, TEXT, TEXT_B)))


@pytest.fixture(scope="module")
def minilm():
    return AutoModel.from_pretrained(MINILM, attn_implementation="eager")


@pytest.mark.parametrize("text_b", [None, "The cat lay on the rug"])
def test_weights_of_a_pretrained_model_are_those_of_transformers(minilm, text_b):
    text = "The cat sat on the mat"
    trace = extract(minilm, small.wordpiece(), text, text_b=text_b)
    inputs = inputs_of(minilm, small.wordpiece(), text, text_b)
    assert_law(trace, stock_weights(minilm, inputs))


@pytest.mark.parametrize(
    ("name", "component", "term"),
    [
        ("gemma2", "self", "softcap"),
        ("gemma2", "self", "allowed"),  # the sliding window of the first layer
        ("gpt_oss", "self", "sink"),
        ("gpt_oss", "self", "allowed"),
        ("t5", "encoder", "bias"),
        ("t5", "decoder", "bias"),
    ],
)
def test_every_term_of_the_formula_counts(name, component, term):
    # Otherwise the law would also hold for a model that does not use the term.
    layer = trace_of(name).layer(component, 0)
    change: dict[str, Any] = {term: None}
    without = replace(layer, **change)
    assert (layer.weights() - without.weights()).abs().max() > 0.01


@pytest.mark.parametrize("name", ["llama", "gemma2", "gpt_oss"])
def test_shared_key_heads_are_not_copied(name):
    layer = trace_of(name).layer("self", 0)
    assert (layer.num_heads, layer.num_key_value_heads) == (4, 2)


@pytest.mark.parametrize("name", [*KINDS, *MORE_KINDS])
def test_the_normalizers_of_the_pass_are_those_of_the_formula(name):
    kind = (KINDS | MORE_KINDS)[name]
    trace = extract(kind.build(), kind.tokenizer(), TEXT, target_text=target_text_of(name))
    for layers in trace.layers.values():
        for layer in layers:
            made = replace(layer, logsumexp=None).log_normalizers()
            torch.testing.assert_close(layer.log_normalizers(), made, atol=1e-5, rtol=1e-6)
            # torch's own function supports neither term, so that the pass computes all weights and
            # no normalizers.
            with_sums = layer.softcap is None and layer.sink is None
            assert (layer.logsumexp is not None) == with_sums


def test_the_normalizers_of_a_single_query_are_recorded():
    # transformers passes it to the kernel as several queries of each key head.
    kind = MORE_KINDS["qwen3"]
    layer = extract(kind.build(), kind.tokenizer(), "a").layer("self", 0)
    assert (layer.num_queries, layer.num_key_value_heads) == (1, 2)
    assert layer.logsumexp is not None
    torch.testing.assert_close(layer.logsumexp, layer.scores()[:, :, 0])


def test_normalizers_that_contradict_the_formula_are_dropped(monkeypatch):
    def off(mask: Mask, logsumexp: torch.Tensor) -> torch.Tensor:
        return logsumexp + torch.tensor([0.0, 0.0, 0.01, 0.0])[:, None]

    monkeypatch.setattr(Mask, "corrected_logsumexp", off)
    for name in ("bert", "bloom"):
        kind = (KINDS | MORE_KINDS)[name]
        for layer in extract(kind.build(), kind.tokenizer(), TEXT).layers["self"]:
            assert layer.logsumexp is None
            weights = (layer.scores() - layer.log_normalizers()[:, :, None]).exp()
            torch.testing.assert_close(weights, layer.weights())


@pytest.mark.parametrize("name", sorted(set(KINDS) - {"gpt_oss"}))
def test_rows_sum_to_one(name):
    for layers in trace_of(name).layers.values():
        for layer in layers:
            sums = layer.weights().sum(-1)
            torch.testing.assert_close(sums, torch.ones_like(sums))


def test_with_a_sink_rows_sum_to_less_than_one():
    for layer in trace_of("gpt_oss").layers["self"]:
        sums = layer.weights().sum(-1)
        assert (sums < 1).all()
        assert sums.min() < 0.9


@pytest.mark.parametrize("name", CAUSAL)
def test_a_causal_model_gives_no_weight_to_the_future(name):
    for layer in trace_of(name).layers["self"]:
        assert layer.causal
        assert not layer.weights().triu(1).any()


@pytest.mark.parametrize("name", ENCODER_DECODERS)
def test_only_the_decoder_is_causal(name):
    trace = trace_of(name)
    assert trace.components == ("encoder", "decoder", "cross")
    assert not any(layer.causal for layer in (*trace.layers["encoder"], *trace.layers["cross"]))
    for layer in trace.layers["decoder"]:
        assert layer.causal
        assert not layer.weights().triu(1).any()


def test_a_sliding_window_hides_keys_far_behind():
    first, second = trace_of("gemma2").layers["self"][:2]
    distance = torch.arange(first.num_keys)[:, None] - torch.arange(first.num_keys)
    outside = (distance < 0) | (distance >= KINDS["gemma2"].config(9).sliding_window)
    assert not first.weights()[:, outside].any()
    assert second.weights()[:, outside & (distance >= 0)].any()


@pytest.mark.parametrize("name", ENCODER_DECODERS)
def test_encoder_and_decoder_may_differ_in_depth(name):
    trace = trace_of(name)
    depths = {component: len(layers) for component, layers in trace.layers.items()}
    assert depths == {"encoder": 2, "decoder": 3, "cross": 3}


@pytest.mark.parametrize("name", ENCODER_DECODERS)
def test_without_a_target_text_the_trace_shows_what_the_model_writes(name, monkeypatch):
    monkeypatch.setattr("bertviz_space.texts.target_generation.MAX_GENERATED_TOKENS", 8)
    kind = KINDS[name]
    model, tokenizer = kind.build(seed=3), kind.tokenizer()
    trace = extract(model, tokenizer, TEXT)
    with stock_transformers():
        written = stock_copy(model).generate(
            **inputs_of(model, tokenizer, TEXT),
            max_new_tokens=8,
            do_sample=False,
            num_beams=1,
            use_cache=False,
        )
    ids = written[0].tolist()
    if ids[-1] == tokenizer.eos_token_id:
        ids.pop()
    assert trace.target is not None
    assert [token.token_id for token in trace.target] == ids
    inputs = inputs_of(model, tokenizer, TEXT) | {"decoder_input_ids": torch.tensor([ids])}
    assert_law(trace, stock_weights(model, inputs))


def test_the_end_token_that_a_model_writes_is_not_shown():
    model = KINDS["bart"].build()
    tokenizer = small.roberta_style()
    model.final_logits_bias[0, tokenizer.eos_token_id] = 1e4  # it writes its end, and nothing else
    target = extract(model, tokenizer, TEXT).target
    assert target is not None
    assert [token.token_id for token in target] == [model.config.decoder_start_token_id]


@pytest.mark.parametrize("attn_implementation", ["eager", "sdpa"])
@pytest.mark.parametrize("name", ["bert", "gpt2", "t5", "bart"])
def test_an_extraction_restores_the_model(name, attn_implementation):
    model = KINDS[name].build(attn_implementation=attn_implementation).train()
    model.get_input_embeddings().eval()
    before = state_of(model)
    parameters = {name: each.clone() for name, each in model.state_dict().items()}
    extract(model, KINDS[name].tokenizer(), TEXT, target_text=target_text_of(name))
    assert state_of(model) == before
    assert torch.is_grad_enabled()
    for key, parameter in model.state_dict().items():
        assert torch.equal(parameter, parameters[key])


def test_a_failed_run_restores_the_model():
    model = KINDS["bert"].build(attn_implementation="sdpa").train()
    before = state_of(model)

    def fail(*_: Any) -> None:
        raise RuntimeError("out of memory")

    handle = model.encoder.layer[1].register_forward_hook(fail)
    with pytest.raises(MemoryExhausted, match="A bert model runs out of memory"):
        extract(model, small.wordpiece(), TEXT)
    handle.remove()
    assert state_of(model) == before
    assert len(extract(model, small.wordpiece(), TEXT).layers["self"]) == 3


def state_of(model: PreTrainedModel) -> list[tuple[object, ...]]:
    """Return the state of every module, and the gradient of every parameter."""
    modules: list[tuple[object, ...]] = [
        (name, module.training, getattr(getattr(module, "config", None), "_attn_implementation", 0))
        for name, module in model.named_modules()
    ]
    return modules + [
        (name, each.requires_grad, each.grad) for name, each in model.named_parameters()
    ]


@pytest.mark.parametrize("name", ["bert", "gpt2"])
def test_a_model_in_training_is_extracted_without_dropout(name):
    kind = KINDS[name]
    model = kind.build().train()
    trace = extract(model, kind.tokenizer(), TEXT)
    assert_law(trace, stock_weights(model, inputs_of(model, kind.tokenizer(), TEXT)))
    assert not trace.weights("self", 0).requires_grad


@pytest.mark.parametrize("name", ["bert", "gpt2", "llama", "bart"])
def test_the_attention_implementation_of_a_model_does_not_change_the_trace(name):
    eager, sdpa = trace_of(name), trace_of(name, attn_implementation="sdpa")
    for component, layers in eager.layers.items():
        for one, other in zip(layers, sdpa.layers[component], strict=True):
            assert torch.equal(one.weights(), other.weights())


def test_the_registry_of_transformers_itself_has_no_eager_function():
    # The oracle relies on this: without this project's function, each modeling file uses its own.
    def own(*_: Any) -> None: ...

    register_attention()
    with stock_transformers():
        assert AttentionInterface().get_interface("eager", own) is own
    assert AttentionInterface().get_interface("eager", own) is not own


@pytest.mark.parametrize("name", KINDS)
@torch.no_grad()
def test_outside_an_extraction_a_model_computes_the_same_as_without_this_project(name):
    kind = KINDS[name]
    model, tokenizer = kind.build(), kind.tokenizer()
    extract(model, tokenizer, TEXT, target_text=target_text_of(name))
    inputs = inputs_of(model, tokenizer, TEXT, target_text=target_text_of(name))
    with_project = model(**inputs, output_attentions=True)
    with stock_transformers():
        without_project = model(**inputs, output_attentions=True)
    assert_bit_equal(with_project.to_tuple(), without_project.to_tuple())


def assert_bit_equal(one: object, other: object) -> None:
    if isinstance(one, torch.Tensor):
        assert isinstance(other, torch.Tensor)
        assert torch.equal(one, other)
    elif isinstance(one, tuple):
        assert isinstance(other, tuple)
        assert len(one) == len(other)
        for each, its in zip(one, other, strict=True):
            assert_bit_equal(each, its)


@pytest.mark.parametrize("name", ["gpt2", "bart"])
def test_outside_an_extraction_a_model_writes_the_same_as_without_this_project(name):
    kind = KINDS[name]
    model = kind.build()
    inputs = inputs_of(model, kind.tokenizer(), TEXT)
    options: dict[str, Any] = {
        "max_new_tokens": 12,
        "do_sample": False,
        "return_dict_in_generate": True,
        "output_logits": True,
    }
    with_project = model.generate(**inputs, **options)
    with stock_transformers():
        without_project = model.generate(**inputs, **options)
    assert torch.equal(with_project.sequences, without_project.sequences)
    assert_bit_equal(with_project.logits, without_project.logits)


def test_extractions_on_threads_do_not_mix():
    models = {name: KINDS[name].build() for name in ("bert", "gpt2")}
    texts = [TEXT, "The cat", "She bought apples, oranges and bananas.", "A small elephant sat."]
    jobs = [(name, text) for text in texts for name in models]

    def run(job: tuple[str, str]) -> Trace:
        name, text = job
        return extract(models[name], KINDS[name].tokenizer(), text)

    one_by_one = [run(job) for job in jobs]
    with ThreadPoolExecutor(4) as pool:
        at_once = list(pool.map(run, jobs))
    for alone, together in zip(one_by_one, at_once, strict=True):
        assert alone.source == together.source
        for layer, its in zip(alone.layers["self"], together.layers["self"], strict=True):
            torch.testing.assert_close(layer.weights(), its.weights(), **LAW)


def test_threads_that_share_a_model_run_it_one_at_a_time_and_restore_it():
    # If a thread restored the model during the pass of another, that pass would be wrong.
    kind = KINDS["bert"]
    model, tokenizer = kind.build(attn_implementation="sdpa").train(), kind.tokenizer()
    before = state_of(model)
    alone = threading.Lock()
    entered = [
        model.register_forward_pre_hook(lambda *_: alone_or_fail(alone)),
        model.register_forward_hook(lambda *_: alone.release()),
    ]
    with ThreadPoolExecutor(4) as pool:
        traces = list(pool.map(lambda _: extract(model, tokenizer, TEXT), range(8)))
    for handle in entered:
        handle.remove()
    assert state_of(model) == before
    for trace in traces:
        assert_law(trace, stock_weights(model, inputs_of(model, tokenizer, TEXT)))


def alone_or_fail(lock: threading.Lock) -> None:
    assert lock.acquire(blocking=False), "two passes at once"


# Scores of size s are rounded to s * 2**-9 in bfloat16 and s * 2**-12 in float16, and a weight
# changes by up to a quarter of what its score does. Scores here reach 30, and rounding in one layer
# moves the queries and keys of the next.
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.bfloat16, 0.15), (torch.float16, 0.02)])
@pytest.mark.parametrize("name", ["bert", "gpt2", "llama"])
def test_a_model_in_half_precision_is_shown_as_far_as_it_computes(name, dtype, tolerance):
    kind = KINDS[name]
    model = kind.build().to(dtype)
    trace = extract(model, kind.tokenizer(), TEXT)
    expected = stock_weights(model, inputs_of(model, kind.tokenizer(), TEXT))
    for number, weights in enumerate(expected["self"]):
        ours = trace.weights("self", number)
        assert ours.dtype == torch.float32
        assert (ours - weights.float()).abs().max() < tolerance
    assert trace.layer("self", 0).causal == (name in CAUSAL)


@pytest.mark.parametrize("name", ["bert", "distilbert", "albert", "roberta", "gpt2", "llama"])
def test_memory_grows_linearly_with_the_text(name):
    once, twice = trace_of(name, "the " * 10), trace_of(name, "the " * 20)
    added = num_bytes(twice) - num_bytes(once)
    per_token = num_bytes(once) / len(once.source)
    assert added == per_token * (len(twice.source) - len(once.source))


@pytest.mark.parametrize("name", ["bert", "gpt2", "llama"])
def test_a_trace_keeps_no_memory_other_than_queries_and_keys(name):
    # A view of GPT-2's fused query-key-value tensor would keep three times as much.
    trace = trace_of(name)
    numbers = sum(layer.query.numel() + layer.key.numel() for layer in trace.layers["self"])
    assert num_bytes(trace) == 4 * numbers


def num_bytes(trace: Trace) -> int:
    """Return the bytes that the tensors of a trace keep in memory, with their whole storage."""
    tensors = [
        each
        for layers in trace.layers.values()
        for layer in layers
        for each in (layer.query, layer.key, layer.allowed, layer.bias, layer.sink)
        if each is not None
    ]
    storages = {each.untyped_storage().data_ptr(): each.untyped_storage() for each in tensors}
    return sum(storage.nbytes() for storage in storages.values())


def test_the_cross_attention_of_t5_has_no_bias():
    # transformers passes it a quadratic bias of zeros.
    assert all(layer.bias is None for layer in trace_of("t5").layers["cross"])


def test_the_layers_of_a_t5_share_one_bias():
    encoder = trace_of("t5").layers["encoder"]
    assert encoder[0].bias is not None
    assert encoder[0].bias is encoder[1].bias


def test_a_trace_outlives_its_model(tmp_path):
    model = KINDS["gpt2"].build()
    trace = extract(model, small.gpt2_style(), TEXT)
    before = trace.weights("self", 2)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
    del model
    gc.collect()
    assert torch.equal(trace.weights("self", 2), before)


def test_a_text_of_one_token_is_extracted(tmp_path):
    trace = trace_of("gpt2", "a")
    assert len(trace.source) == 1
    assert torch.equal(trace.weights("self", 0), torch.ones(4, 1, 1))
    write_trace(trace, "tiny", "none", tmp_path)
    assert load_file(tmp_path / "self-0.safetensors")["query"].shape == (4, 1, 8)


@pytest.mark.parametrize("name", ["bert", "roberta", "gpt2", "t5", "bart"])
def test_a_text_may_have_as_many_tokens_as_the_model_has_positions(name):
    kind = KINDS[name]
    model, tokenizer, target_text = kind.build(), kind.tokenizer(), target_text_of(name)
    limit = 512 if name == "t5" else 64  # T5 has no table of positions
    text = text_of(tokenizer, limit)
    trace = extract(model, tokenizer, text, target_text=target_text)
    assert len(trace.source) == limit
    assert trace.notes == ()
    longer = extract(model, tokenizer, text + " the", target_text=target_text)
    assert len(longer.source) == limit
    assert longer.notes == (f"{limit + 1} tokens; the model takes {limit}, so the end was cut.",)


def text_of(tokenizer: PreTrainedTokenizerBase, num_tokens: int) -> str:
    """Return a text of ``num_tokens`` tokens, including special tokens."""
    words = num_tokens - tokenizer.num_special_tokens_to_add()
    text = "at" + " the" * (words - 1)
    while len(tokenizer(text)["input_ids"]) > num_tokens:
        text = text.removesuffix(" the")
    assert len(tokenizer(text)["input_ids"]) == num_tokens
    return text


@pytest.mark.parametrize(
    ("name", "texts", "sentence"),
    [
        ("gpt2", {"text_b": TEXT_B}, "takes one text"),
        ("llama", {"text_b": TEXT_B}, "takes one text"),
        ("t5", {"text_b": TEXT_B}, "translates one text"),
        ("bert", {"target_text": TARGET_TEXT}, "no decoder"),
        ("gpt2", {"target_text": TARGET_TEXT}, "no decoder"),
    ],
)
def test_a_second_text_that_the_model_does_not_support_is_rejected(name, texts, sentence):
    with pytest.raises(SecondTextNotSupported, match=sentence):
        extract(KINDS[name].build(), KINDS[name].tokenizer(), TEXT, **texts)


def test_a_model_that_cannot_write_needs_a_target_text():
    config = KINDS["bart"].config(len(small.roberta_style()))
    model = AutoModel.from_config(config, attn_implementation="eager")
    assert type(model) is BartModel
    with pytest.raises(SecondTextNotSupported, match="Enter one"):
        extract(model, small.roberta_style(), TEXT)


def test_a_decoder_without_a_start_token_is_rejected():
    model = KINDS["bart"].build()
    model.config.decoder_start_token_id = None
    model.generation_config.decoder_start_token_id = None
    model.generation_config.bos_token_id = None  # generate would start with it
    with pytest.raises(AttentionUnavailable, match="decoder starts with"):
        extract(model, small.roberta_style(), TEXT, target_text=TARGET_TEXT)


def test_a_model_without_attention_is_rejected_with_the_reason():
    config = FNetConfig(vocab_size=30522, hidden_size=8, num_hidden_layers=1, intermediate_size=8)
    with pytest.raises(AttentionUnavailable, match="FNet mixes its tokens"):
        extract(FNetModel(config), small.wordpiece(), TEXT)
