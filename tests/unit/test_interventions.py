"""Interventions change what they name, and nothing else: compared with hooks written by hand."""

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from architectures.builder import build, inputs_for
from architectures.stock import stock_copy, stock_transformers
from architectures.types import Architecture
from bertviz_space import EdgeCut, HeadOff, TokenMasked, Trace, extract, head_scores
from bertviz_space.capture import capture, capture_with, changes
from bertviz_space.errors import InterventionNotPossible, MaskNotPossible, NoSuchPosition
from bertviz_space.files.interventions_in_words import interventions_in_words
from bertviz_space.jobs.request import Request
from bertviz_space.models.cache import ModelCache
from bertviz_space.trace import Predictions
from bertviz_space.trace.interventions import (
    MAX_INTERVENTIONS,
    Intervention,
    in_order,
    parse_interventions,
    spelling_of,
)

REPEATED = "lamp river stone garden lamp river stone"
TOLERANCE = 1e-5

SMALL = st.integers(0, 9999)
COMPONENTS: Any = st.sampled_from(["self", "encoder", "decoder", "cross"])
WHOLE_LAYERS = st.builds(EdgeCut, SMALL, st.none() | SMALL, st.none() | SMALL, st.none())
INTERVENTIONS = st.one_of(
    st.builds(HeadOff, SMALL, SMALL, COMPONENTS, st.sampled_from(["zero", "mean"])),
    st.builds(EdgeCut, SMALL, st.none() | SMALL, SMALL, SMALL, COMPONENTS),
    WHOLE_LAYERS,
    st.builds(TokenMasked, SMALL),
)


@pytest.fixture(scope="module")
def gpt2() -> Any:
    return ModelCache().get("tiny-gpt2")


@pytest.fixture(scope="module")
def bert() -> Any:
    return ModelCache().get("tiny-bert")


def run(loaded: Any, text: str, *interventions: Intervention, **options: Any) -> Trace:
    return extract(loaded.model, loaded.tokenizer, text, interventions=interventions, **options)


def weights_of(trace: Trace) -> list[Tensor]:
    return [layer.weights() for layers in trace.layers.values() for layer in layers]


@given(st.lists(INTERVENTIONS, max_size=5))
def test_a_spelling_stands_for_its_interventions(interventions):
    assert parse_interventions(spelling_of(interventions)) == in_order(interventions)


@given(st.text(alphabet="zeromancutask LH0123456789-*,", max_size=20))
def test_any_text_is_read_or_rejected_with_a_message(text):
    try:
        found = parse_interventions(text)
    except InterventionNotPossible as error:
        assert str(error).endswith(".")
    else:
        assert parse_interventions(spelling_of(found)) == found


def test_more_interventions_than_the_limit_are_rejected():
    spelling = ",".join(f"mask {at}" for at in range(MAX_INTERVENTIONS + 1))
    with pytest.raises(InterventionNotPossible, match=f"at most {MAX_INTERVENTIONS}"):
        parse_interventions(spelling)


def test_equal_interventions_make_equal_requests():
    requests = [
        Request("tiny-gpt2", "a", interventions=spelling).normalized("tiny-gpt2")
        for spelling in ("mask 2, zero L0H3", "zero L0H3,mask 2,mask 2")
    ]
    assert requests[0] == requests[1]
    assert requests[0] != Request("tiny-gpt2", "a").normalized("tiny-gpt2")


# The numbers were measured with a hook written by hand, independently of this package.
@pytest.mark.parametrize(
    ("spelling", "change"),
    [
        ("zero L0H3", -6.87),
        ("zero L1H0", -0.30),
        ("zero L1H0,zero L1H1,zero L1H2,zero L1H3", -9.96),
    ],
)
def test_the_heads_of_the_repeated_text_change_its_prediction_as_measured(gpt2, spelling, change):
    trace = run(gpt2, REPEATED, *parse_interventions(spelling))
    compared = trace.compared
    assert compared is not None and compared.changes is not None
    predictions = compared.trace.predictions
    assert isinstance(predictions, Predictions)
    likeliest = int(predictions.token_ids[-1, 0])
    assert predictions.vocabulary[likeliest].text == " garden"
    before = predictions.probabilities[-1, 0]
    assert before == pytest.approx(0.975, abs=1e-3)
    after = compared.changes.likeliest_log_probabilities[-1]
    assert after - before.log() == pytest.approx(change, abs=1e-2)


def heads_off_by_hand(
    model: Any, inputs: dict[str, Tensor], name: str, head: int, num_heads: int, by: str
) -> Any:
    """Return the output of transformers' own pass in which a hook replaces a head's output."""

    def replace(_: Any, arguments: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        values = arguments[0].clone()
        size = values.shape[-1] // num_heads
        part = values[..., head * size : (head + 1) * size]
        mean = part.mean(-2, keepdim=True)  # over the positions
        part.copy_(torch.zeros_like(part) if by == "zero" else mean.expand_as(part))
        return (values, *arguments[1:])

    with stock_transformers(), torch.no_grad():
        twin = stock_copy(model)
        twin.get_submodule(name).register_forward_pre_hook(replace)
        return twin(**inputs, output_attentions=True, return_dict=True)


# The projection after the attention of block 1, by its name in the model.
PROJECTIONS = [
    ("llama", "CausalLM", "self", "model.layers.1.self_attn.o_proj"),
    ("qwen3", "CausalLM", "self", "model.layers.1.self_attn.o_proj"),
    ("gemma2", "CausalLM", "self", "model.layers.1.self_attn.o_proj"),
    ("gpt_oss", "CausalLM", "self", "model.layers.1.self_attn.o_proj"),
    ("bloom", "CausalLM", "self", "transformer.h.1.self_attention.dense"),
    ("falcon", "CausalLM", "self", "transformer.h.1.self_attention.dense"),
    ("deberta-v2", "MaskedLM", "self", "deberta.encoder.layer.1.attention.output.dense"),
    ("t5", "Seq2SeqLM", "cross", "decoder.block.1.layer.1.EncDecAttention.o"),
    ("bart", "Seq2SeqLM", "encoder", "model.encoder.layers.1.self_attn.out_proj"),
]


@pytest.mark.filterwarnings("ignore")  # warnings of transformers about small configurations
@pytest.mark.parametrize("by", ["zero", "mean"])
@pytest.mark.parametrize(
    ("model_type", "auto_class", "component", "name"),
    PROJECTIONS,
    ids=[each[0] for each in PROJECTIONS],
)
def test_a_head_that_is_off_is_off_as_with_a_hook(model_type, auto_class, component, name, by):
    model = build(Architecture(model_type, auto_class))
    inputs = inputs_for(model)
    plain = capture(model, inputs)
    layer = plain.layers[component][1]
    off = HeadOff(1, layer.num_heads - 1, component, by)
    captured = capture_with(model, inputs, [off], plain)
    expected = heads_off_by_hand(model, inputs, name, off.head, layer.num_heads, by)
    reported = {
        "self": "attentions",
        "encoder": "encoder_attentions",
        "decoder": "decoder_attentions",
        "cross": "cross_attentions",
    }
    largest_change = 0.0
    for each, layers in captured.layers.items():
        for place, found in enumerate(layers):
            own = getattr(expected, reported[each])[place][0]
            assert (found.weights() - own).abs().max() <= TOLERANCE
            change = (found.weights() - plain.layers[each][place].weights()).abs().max()
            largest_change = max(largest_change, change.item())
    assert largest_change > 100 * TOLERANCE  # the hook and the intervention do something
    assert captured.logits is not None
    logits = expected.logits[0]
    found_logits = captured.logits.at(slice(0, captured.logits.num_positions))
    assert (found_logits - logits).abs().max() <= TOLERANCE * logits.abs().max()


def test_a_run_without_interventions_is_the_plain_run_bit_for_bit(gpt2):
    plain = extract(gpt2.model, gpt2.tokenizer, REPEATED)
    run(gpt2, REPEATED, HeadOff(0, 3))
    again = run(gpt2, REPEATED)
    assert again.intervened is None
    for one, other in zip(weights_of(plain), weights_of(again), strict=True):
        assert torch.equal(one, other)


def test_the_weights_of_a_head_that_is_off_are_those_before_the_intervention(gpt2):
    plain, off = run(gpt2, REPEATED), run(gpt2, REPEATED, HeadOff(0, 3))
    assert torch.equal(plain.weights("self", 0), off.weights("self", 0))
    assert not torch.allclose(plain.weights("self", 1), off.weights("self", 1), atol=1e-2)


def test_a_token_to_which_edges_are_cut_is_attended_to_by_itself_alone(gpt2):
    trace = run(gpt2, REPEATED, EdgeCut(key=3))
    for weights in weights_of(trace):
        others = torch.arange(len(trace.source)) != 3
        assert weights[:, others, 3].abs().max() == 0
        assert weights[:, 3, 3].min() > 0
        torch.testing.assert_close(weights.sum(-1), torch.ones(weights.shape[:2]))


def test_an_edge_is_cut_in_one_head_only(bert):
    edge = EdgeCut(key=2, query=4, layer=0, head=1)
    plain, cut = run(bert, "The cat sat on the mat"), run(bert, "The cat sat on the mat", edge)
    before, after = plain.weights("self", 0), cut.weights("self", 0)
    changed = (before - after).abs() > TOLERANCE
    expected = torch.zeros_like(changed)
    expected[1, 4] = True
    assert torch.equal(changed & ~expected, torch.zeros_like(changed))
    row = before[1, 4].clone()
    row[2] = 0
    torch.testing.assert_close(after[1, 4], row / row.sum())


def test_a_masked_token_is_the_mask_token_for_the_model(bert):
    text = "The cat sat on the mat"
    trace = run(bert, text, TokenMasked(2))
    ids = [token.token_id for token in trace.source]
    plain_ids = [token.token_id for token in run(bert, text).source]
    assert ids[2] == bert.tokenizer.mask_token_id
    assert [*ids[:2], *ids[3:]] == [*plain_ids[:2], *plain_ids[3:]]
    with torch.no_grad():
        logits = bert.model(torch.tensor([ids])).logits[0].log_softmax(-1)
    assert isinstance(trace.predictions, Predictions)
    # The token that the text contains, not the mask.
    own = logits[2, plain_ids[2]]
    assert trace.predictions.log_probabilities[2] == pytest.approx(own.item(), abs=1e-4)
    assert interventions_in_words(trace) == ["“cat” (2) masked"]


def test_divergences_are_those_of_the_logits(gpt2):
    trace = run(gpt2, REPEATED, HeadOff(0, 3))
    ids = torch.tensor([[token.token_id for token in trace.source]])
    with torch.no_grad():
        before = gpt2.model(ids).logits[0].double().log_softmax(-1)
    inputs = {"input_ids": ids}
    projection = "transformer.h.0.attn.c_proj"
    after = heads_off_by_hand(gpt2.model, inputs, projection, 3, 4, "zero")
    after = after.logits[0].double().log_softmax(-1)
    expected = (before.exp() * (before - after)).sum(-1).float()
    assert trace.compared is not None and trace.compared.changes is not None
    found = trace.compared.changes.divergences
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize(
    ("interventions", "message"),
    [
        ("zero L9H0", "There is no layer 9 in this model: its layers are 0 to 3."),
        ("zero L0H7", "There is no head 7 in layer 0: its heads are 0 to 3."),
        ("cut 99-0", "There is no query at position 99: the positions are 0 to 8."),
        ("cut 0-99", "There is no key at position 99: the positions are 0 to 8."),
        ("cut 0-0", "the query at position 0 attends to no token in layer 0."),
        ("zero cross L0H0", "This model has no cross attention."),
        ("zero L0H1,mean L0H1", "Head 1 of layer 0 is replaced by zero and by its mean."),
    ],
)
def test_an_intervention_that_is_not_possible_is_an_error(gpt2, interventions, message):
    with pytest.raises(InterventionNotPossible) as raised:
        run(gpt2, REPEATED, *parse_interventions(interventions))
    assert message in str(raised.value)
    assert len(str(raised.value).split(". ")) >= 2  # what to do


def test_a_token_of_a_model_without_a_mask_token_cannot_be_masked(gpt2):
    with pytest.raises(MaskNotPossible, match="cut the edges to the token instead"):
        run(gpt2, REPEATED, TokenMasked(2))


def test_a_position_after_the_text_cannot_be_masked(bert):
    with pytest.raises(NoSuchPosition):
        run(bert, "The cat", TokenMasked(30))


def test_the_model_writes_its_text_without_interventions(gpt2):
    plain = run(gpt2, REPEATED, continue_tokens=3)
    changed = run(gpt2, REPEATED, HeadOff(0, 3), continue_tokens=3)
    assert [token.token_id for token in plain.source] == [
        token.token_id for token in changed.source
    ]
    assert changed.written_from == plain.written_from


@pytest.mark.filterwarnings("ignore")
def test_an_edge_of_a_target_text_of_one_token_is_cut():
    # transformers passes the heads that share a key head as queries of one head to the kernel.
    model = build(Architecture("t5gemma", "Seq2SeqLM"))
    inputs = inputs_for(model, num_target_tokens=1)
    plain = capture(model, inputs)
    edge = EdgeCut(key=5, query=0, layer=0, head=1, component="cross")
    before = plain.layers["cross"][0].weights()
    after = capture_with(model, inputs, [edge], plain).layers["cross"][0].weights()
    assert after[1, 0, 5] == 0
    torch.testing.assert_close(after[[0, 2, 3]], before[[0, 2, 3]], rtol=0, atol=TOLERANCE)


def test_every_intervention_in_words(gpt2):
    spelling = "zero L0H3,mean L1H2,cut *-3,cut 7-4 L0,cut 8-4 L0H1"
    trace = run(gpt2, REPEATED, *parse_interventions(spelling))
    assert interventions_in_words(trace) == [
        "every other token → “river” (3) cut in all layers",
        "“river” (7) → “stone” (4) cut in Layer 0",
        "“stone” (8) → “stone” (4) cut in Layer 0, Head 1",
        "Layer 1, Head 2 replaced by its mean",
        "Layer 0, Head 3 off",
    ]


def test_the_change_of_a_head_is_the_divergence_of_its_rows(gpt2):
    trace = run(gpt2, REPEATED, HeadOff(0, 3))
    plain = run(gpt2, REPEATED)
    rows = head_scores(trace)
    for row in rows:
        one, other = (
            each.weights("self", row["layer"])[row["head"]].double() for each in (plain, trace)
        )
        mean = (one + other) / 2
        terms = [
            part * (part / mean.clamp(min=1e-300)).clamp(min=1e-300).log2() for part in (one, other)
        ]
        expected = torch.stack(terms).sum(-1).mean()
        assert row["divergence"] == pytest.approx(expected.item(), abs=1e-5)
    # Nothing before the head changes, and the induction heads after it change most.
    assert {row["divergence"] for row in rows if row["layer"] == 0} == {0.0}
    largest = max(rows, key=lambda row: row["divergence"] or 0.0)
    assert largest["layer"] == 1
    assert {row["divergence"] for row in head_scores(plain)} == {None}


def test_the_divergence_of_rows_is_between_0_and_1_bit(gpt2):
    # The edge has nearly all the weight of its row.
    trace = run(gpt2, REPEATED, EdgeCut(query=8, key=7, layer=0, head=3))
    [row] = [each for each in head_scores(trace) if (each["layer"], each["head"]) == (0, 3)]
    # One of nine rows has other keys than before.
    assert row["divergence"] == pytest.approx(1 / 9, abs=0.01)


def test_edges_whose_masks_would_fill_the_memory_are_an_error(gpt2, monkeypatch):
    # One mask of 4 heads for 9 tokens has 1,620 bytes, and one for all heads 405.
    monkeypatch.setattr(changes, "_MAX_MASK_BYTES", 1700)
    run(gpt2, REPEATED, EdgeCut(key=2, layer=0, head=1))
    run(gpt2, REPEATED, EdgeCut(key=2))  # all layers share a mask
    with pytest.raises(InterventionNotPossible, match="GB of memory"):
        run(gpt2, REPEATED, EdgeCut(key=2, layer=0, head=1), EdgeCut(key=3, layer=1, head=1))
