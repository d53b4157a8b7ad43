"""The benchmark's arithmetic: ratios within pairs, dropped pairs, and reached targets."""

from functools import partial

import pytest
import torch
from transformers import BertConfig, BertModel, GPT2Config

from bench import extraction, gpu, predictions
from bench.cases import FULL, INPUTS, QUICK, ROUNDS, VIEWS, quick_case
from bench.models import text_of
from bench.opening import Opening
from bench.processes import Usage
from bench.report import report
from bench.results import PictureCheck, Results
from bench.summary import MOST_WAITED, bytes_ratio, quantile, ratio, spread
from bench.targets import (
    TARGETS,
    every_interaction,
    extraction_costs,
    faster,
    fewer_bytes,
    predictions_cost,
    scores_cost,
)
from bench.visits import Timing, Visit, waited_share
from tests.unit.small_tokenizers import llama3_style, wordpiece


def visit(side, pair, times, what="drawn", cpu_ms=None, view="head", **more):
    """Return a visit at 64 tokens with one action."""
    timings = [Timing(ms, ms, cpu_ms) for ms in times]
    return Visit(64, view, side, pair, {what: timings}, **more)


def pairs(*times, **more):
    """Return pairs of visits, ours and BertViz's, with one time each."""
    return [
        visit(side, pair, [ms], **more)
        for pair, each in enumerate(times)
        for side, ms in zip(("ours", "bertviz"), each, strict=True)
    ]


def results_of(visits, **more):
    return Results("today", {"processor": "one"}, visits=visits, **more)


def test_a_quantile_is_one_of_the_values():
    values = list(range(20, 0, -1))
    assert quantile(values, 0.5) == 10
    assert quantile(values, 0.95) == 19
    assert quantile(values, 1) == 20
    assert quantile([7.0], 0.05) == 7


def test_a_ratio_is_computed_within_each_pair():
    # The medians over all visits would be 20 and 300.
    found = ratio(pairs((10, 300), (20, 200), (30, 330)), 64, "head", "drawn")
    assert found is not None
    assert (found.value, found.pairs, found.disturbed) == (11, 3, False)


def test_repeated_actions_count_by_their_median_in_a_pair():
    visits = [visit("ours", 0, [10, 11, 90]), visit("bertviz", 0, [100, 110, 9000])]
    found = ratio(visits, 64, "head", "drawn")
    assert found is not None and found.value == 10


def test_the_smaller_ratio_of_time_and_cpu_time_counts():
    visits = [visit("ours", 0, [10], cpu_ms=5), visit("bertviz", 0, [1000], cpu_ms=150)]
    found = ratio(visits, 64, "head", "drawn")
    assert found is not None and found.value == 30
    visits[0].timings["drawn"] = [Timing(10, 10, 1)]
    found = ratio(visits, 64, "head", "drawn")
    assert found is not None and found.value == 100


def test_disturbed_pairs_are_dropped_unless_all_are_disturbed():
    visits = pairs((10, 100), (10, 900))
    visits[3].waited = MOST_WAITED + 0.01
    found = ratio(visits, 64, "head", "drawn")
    assert found is not None and (found.value, found.pairs, found.disturbed) == (10, 1, False)
    visits[0].waited = 1
    found = ratio(visits, 64, "head", "drawn")
    assert found is not None and (found.value, found.pairs, found.disturbed) == (50, 2, True)


def test_a_ratio_needs_both_sides_of_a_pair():
    one_side = [visit("ours", 0, [10]), visit("bertviz", 1, [100])]
    assert ratio(one_side, 64, "head", "drawn") is None
    assert ratio(pairs((10, 100)), 64, "head", "layer") is None
    assert ratio(pairs((10, 100)), 128, "head", "drawn") is None


def test_a_ratio_is_a_lower_bound_if_bertviz_was_given_up():
    visits = pairs((10, 90_000), what="drawn")
    visits[1].given_up = "drawn"
    visits[1].timings["click to drawn"] = visits[0].timings["click to drawn"] = [
        Timing(50, 50, None)
    ]
    for what in ("drawn", "click to drawn"):
        found = ratio(visits, 64, "head", what)
        assert found is not None and found.at_least
    visits[1].given_up = "layer"
    found = ratio(visits, 64, "head", "drawn")
    assert found is not None and not found.at_least


def test_quantiles_are_over_all_undisturbed_visits():
    visits = [visit("ours", 0, range(1, 11)), visit("ours", 1, range(11, 21))]
    found = spread(visits, 64, "head", "ours", "drawn")
    assert found is not None and (found.p50, found.p95, found.times) == (10, 19, 20)
    visits[1].waited = 1
    found = spread(visits, 64, "head", "ours", "drawn")
    assert found is not None and (found.p95, found.times) == (10, 10)
    assert spread(visits, 64, "head", "ours", "layer") is None


def test_bytes_count_the_result_or_the_whole_page():
    visits = pairs((1, 1))
    visits[0].result_bytes, visits[0].page_bytes = 10, 100
    visits[1].result_bytes, visits[1].page_bytes = 1000, 1200
    found = bytes_ratio(visits, 64, "head"), bytes_ratio(visits, 64, "head", whole_page=True)
    assert [each.value for each in found if each] == [100, 12]
    visits[1].page_bytes = 0  # BertViz was given up
    assert bytes_ratio(visits, 64, "head", whole_page=True) is None


def test_waiting_is_a_share_of_the_runnable_time():
    before = Usage(cpu_ms=0, main_ms=100, waited_ms=10, peak_mb=1)
    after = Usage(cpu_ms=0, main_ms=160, waited_ms=30, peak_mb=1)
    assert waited_share(before, after) == 0.25
    assert waited_share(before, before) == 0


@pytest.mark.parametrize(("least", "is_reached"), [(9.9, True), (10, True), (10.1, False)])
def test_a_target_is_reached_from_its_limit_on(least, is_reached):
    visits = pairs((10, 100))
    visits[0].result_bytes, visits[1].result_bytes = 10, 100
    for target in (faster("head", 64, "drawn", least), fewer_bytes("head", 64, least)):
        found = target.measure(results_of(visits))
        assert found is not None and found.is_reached == is_reached


def test_giving_up_reaches_only_a_target_that_allows_it():
    visits = pairs((1000, 90_000))
    visits[1].given_up = "drawn"
    for or_given_up in (False, True):
        found = faster("head", 64, "drawn", 200, or_given_up).measure(results_of(visits))
        assert found is not None and found.is_reached == or_given_up


def test_every_interaction_is_compared_with_a_frame_of_the_same_input():
    visits = [
        visit("idle", 0, [10], what="pointermove", view="none"),
        visit("idle", 0, [30], what="keydown", view="none"),
        visit("ours", 0, [35], what="hover"),
        visit("ours", 0, [45], what="layer"),
    ]
    target = every_interaction(64, "", lambda idle: idle.p95 + 20)
    found = target.measure(results_of(visits))
    assert found is not None
    assert (found.is_reached, found.text) == (False, "1 of 2; too slow: head hover 35 ms")
    assert every_interaction(512, "", lambda idle: idle.p95).measure(results_of(visits)) is None


def test_extraction_is_compared_with_a_plain_pass_of_the_same_length():
    rows = [
        {"tokens": 512, "what": "sdpa", "peak_mb": 20.0},
        {"tokens": 512, "what": "extraction", "peak_mb": 30.0},
    ]
    results = results_of([], extraction=rows)
    for most, is_reached in ((1.4, False), (1.5, True)):
        found = extraction_costs(512, "peak_mb", "peak memory", most).measure(results)
        assert found is not None
        assert (found.text, found.is_reached) == ("1.5 ×", is_reached)
    assert extraction_costs(2048, "peak_mb", "peak memory", 2).measure(results) is None


def test_scores_are_compared_with_the_extraction_of_their_own_repetition():
    rows = [
        {"tokens": 512, "what": "extraction", "ratio_to_extraction": 1.0, "runs": 15},
        {"tokens": 512, "what": "scores", "ratio_to_extraction": 0.333, "runs": 15},
    ]
    for most, is_reached in ((0.3, False), (0.4, True)):
        found = scores_cost(512, most).measure(results_of([], extraction=rows))
        assert found is not None
        assert (found.text, found.is_reached) == ("0.333 ×, median of 15 runs", is_reached)
    # A run before there were scores has no such row.
    assert scores_cost(512, 0.4).measure(results_of([], extraction=rows[:1])) is None


def test_extraction_and_scores_are_measured_side_by_side(monkeypatch):
    def small_bert(max_tokens, attn_implementation):
        config = BertConfig(hidden_size=48, num_hidden_layers=2, intermediate_size=64)
        return BertModel._from_config(config, attn_implementation=attn_implementation).eval()

    monkeypatch.setattr(extraction, "_bert", small_bert)
    monkeypatch.setattr(extraction, "_peak_of_fresh_process", lambda what, tokens: 0.0)
    rows = extraction.measure({8: 2})
    assert [row["what"] for row in rows] == ["sdpa", "extraction", "eager", "scores"]
    ratios = {row["what"]: row["ratio_to_extraction"] for row in rows}
    assert ratios["extraction"] == 1
    assert all(ratio > 0 for ratio in ratios.values())
    assert {row["runs"] for row in rows} == {2}


def test_predictions_are_compared_with_the_pass_of_their_own_repetition(monkeypatch):
    small = partial(GPT2Config, n_embd=48, n_layer=2, n_head=4)
    monkeypatch.setattr(predictions, "GPT2Config", small)
    monkeypatch.setattr(predictions, "_peak_of_fresh_process", lambda what, tokens: 0.0)
    rows = predictions.measure({8: 2})
    assert [row["what"] for row in rows] == ["pass", "predictions", "all logits"]
    assert rows[0]["ratio_to_pass"] == 1
    rows[1]["ratio_to_pass"] = 1.55
    for most, is_reached in ((1.6, True), (1.5, False)):
        found = predictions_cost(8, most).measure(results_of([], predictions=rows))
        assert found is not None
        assert (found.text, found.is_reached) == ("1.55 ×, median of 2 runs", is_reached)
    assert predictions_cost(8, 1.6).measure(results_of([])) is None


def test_a_report_names_the_obstacle_of_each_target_that_is_not_reached(monkeypatch):
    targets = tuple(faster("head", 64, "drawn", least, obstacle="Mud.") for least in (5, 50))
    monkeypatch.setattr("bench.report.TARGETS", (*targets, TARGETS[0]))
    results = results_of(pairs((10, 100)))
    results.picture = PictureCheck(tokens=64, num_lines=10, difference="", psnr=40.0)
    lines = report(results).splitlines()
    assert "| head view at 64: drawn ≥ 5 × faster | 10 × | yes |" in lines
    assert "| head view at 64: drawn ≥ 50 × faster | 10 × | no: Mud. |" in lines
    assert f"| {TARGETS[0].text} | not measured |  |" in lines
    # If a line differs, no speed counts.
    results.picture = PictureCheck(64, 10, "a line is missing", 40.0)
    assert "| head view at 64: drawn ≥ 5 × faster | 10 × | no: Mud. |" in report(results)


def test_every_action_has_an_input_and_every_case_its_views():
    actions = {action for rounds in ROUNDS.values() for each in rounds for action in each.actions}
    assert actions == set(INPUTS)
    assert set(ROUNDS) == set(VIEWS)
    assert set(QUICK) <= {case.tokens for case in FULL}
    for case in (*FULL, *map(quick_case, FULL)):
        for counts in case.bertviz.values():
            assert counts.opened <= case.ours.opened


@pytest.mark.parametrize("tokenizer", [wordpiece, llama3_style])
@pytest.mark.parametrize("num_tokens", [16, 4096])
def test_a_text_has_the_requested_number_of_tokens_and_is_always_the_same(tokenizer, num_tokens):
    text = text_of(tokenizer(), num_tokens)
    assert len(tokenizer()(text).input_ids) == num_tokens
    assert text == text_of(tokenizer(), num_tokens)
    assert len(text) < 20_000


def test_the_report_says_how_long_the_page_takes_to_open():
    def opening(visit, ms, requests):
        return Opening("no link", "this machine", visit, ms, requests, kilobytes=500.4)

    openings = [
        opening(visit, ms, requests)
        for visit, times, requests in (("first", (900, 1100, 1500), 85), ("second", (1, 2, 3), 7))
        for ms in times
    ]
    text = report(results_of([], openings=openings))
    assert "p50 of 3 visits" in text
    assert "| no link | this machine | 1,100 | 2 | 85 | 500 |" in text
    assert "Opening the page" not in report(results_of([]))


def test_extraction_on_a_device_is_compared_with_a_plain_pass(capsys):
    gpu.main(["--device", "cpu", "--small", "--tokens", "8"])
    title, *lines = capsys.readouterr().out.splitlines()
    assert title.split()[-2:] == ["difference", "runs"]
    assert [line[:9] for line in lines] == ["BERT-base", "Llama 1B "]
    rows = gpu.measure(torch.device("cpu"), [16, 8], 1, small=True)
    assert [(row["model"], row["tokens"]) for row in rows] == [
        ("BERT-base", 16),
        ("BERT-base", 8),
        ("Llama 1B", 16),
        ("Llama 1B", 8),
    ]
    for row in rows:
        assert row["ratio"] > 0
        assert row["sdpa_mb"] is None
        assert (row["difference"] is None) == (row["tokens"] == 16)
    assert max(row["difference"] or 0 for row in rows) <= 1e-5


def test_without_a_gpu_the_benchmark_of_the_gpu_says_so(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SystemExit, match=r"^This machine has no GPU that torch can use\. "):
        gpu.main([])
