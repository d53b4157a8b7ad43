"""Runs the benchmark: measures every case, in pairs of visits to both sides."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean

from playwright.sync_api import Playwright, sync_playwright

from bench import extraction, opening, predictions
from bench.cases import VIEWS, Case
from bench.machine import machine, versions
from bench.material import Material, material
from bench.measure import visit_bertviz, visit_idle, visit_ours
from bench.models import mean_peak, put_model_in_cache, text_of
from bench.our_view import CutShort, OurView
from bench.page_server import PageServer
from bench.picture_check import compare_pictures
from bench.report import report
from bench.results import Results
from bench.space import Space
from bench.visits import Visit
from bertviz_space import extract
from bertviz_space.models.cache import ModelCache
from tests.chromium import launch_chromium

# tokens at which the pictures of both sides are compared: a text that our figure scrolls.
_PICTURE_TOKENS = 64

# tokens at which the peak of attention is measured.
_PEAK_TOKENS = 128


def run(home: Path, cases: Sequence[Case], folder: Path, with_extraction: bool) -> None:
    """Run the benchmark, and write results.json and RESULTS.md.

    Args:
        home: the folder of the Hugging Face cache.
        cases: the cases to measure.
        folder: the folder to write into.
        with_extraction: whether to measure extraction on the server too.
    """
    start = time.monotonic()
    results = Results(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", machine())
    for model_id in {case.model_id for case in cases}:
        put_model_in_cache(home, model_id)
    models = ModelCache()
    with sync_playwright() as playwright, closing(Space()) as space, closing(PageServer()) as pages:
        with closing(launch_chromium(playwright)) as browser:
            results.versions = versions(browser.version)
        results.openings = opening.measure(playwright, space.url, 5 if with_extraction else 1)
        _report_progress(start, "opening the page: done")
        sides = _Sides(playwright, space, pages)
        for case in cases:
            _record_peak(results, models, case.model_id)
            with material(case, models, pages) as drawn_material:
                sides.run(case, drawn_material, results)
            _report_progress(start, f"{case.tokens} tokens: done")
        results.server_mb = space.peak_mb
    if with_extraction:
        results.extraction = extraction.measure()
        _report_progress(start, "extraction: done")
        results.predictions = predictions.measure()
        _report_progress(start, "predictions: done")
    results.minutes = (time.monotonic() - start) / 60
    folder.mkdir(parents=True, exist_ok=True)
    results.write(folder / "results.json")
    (folder / "RESULTS.md").write_text(report(results), encoding="utf-8")
    print(f"wrote {folder / 'RESULTS.md'}")


@dataclass(frozen=True)
class _Sides:
    """What both sides need: browsers, the Space, and BertViz's pages."""

    playwright: Playwright
    space: Space
    pages: PageServer

    def run(self, case: Case, drawn: Material, results: Results) -> None:
        """Measure one case, unless its text is too long for the Space."""
        try:
            self._warm_up(case, drawn)
        except CutShort as error:
            results.cut_short[case.tokens] = str(error)
            return
        if case.tokens == _PICTURE_TOKENS:
            results.picture = compare_pictures(
                self.playwright, self.space, case, drawn.text, drawn.pages["head"]
            )
        for number in range(case.ours.opened):
            results.visits.extend(self._pair(case, drawn, number))

    def _warm_up(self, case: Case, drawn: Material) -> None:
        """Run the text once, so that the Space has loaded the model."""
        view = OurView(self.playwright, self.space.url, case.model_id, "head")
        with closing(view.window):
            view.run(drawn.text, case.tokens)

    def _pair(self, case: Case, drawn: Material, number: int) -> Iterator[Visit]:
        """Visit the empty page, then each view on both sides; each side goes first in turn."""
        yield visit_idle(self.playwright, self.pages.empty, case, number)
        for view in VIEWS:
            sides = ["ours"]
            if view in case.bertviz and number < case.bertviz[view].opened:
                sides.append("bertviz")
            for side in sides if number % 2 == 0 else reversed(sides):
                if side == "ours":
                    yield visit_ours(self.playwright, self.space, case, view, number, drawn.text)
                else:
                    yield visit_bertviz(self.playwright, drawn.pages[view], case, view, number)


def _record_peak(results: Results, models: ModelCache, model_id: str) -> None:
    """Record the mean of the largest weight of a row in a model's attention."""
    if model_id in results.peaked:
        return
    loaded = models.get(model_id)
    trace = extract(loaded.model, loaded.tokenizer, text_of(loaded.tokenizer, _PEAK_TOKENS))
    results.peaked[model_id] = mean(mean_peak(layer.weights()) for layer in trace.layers["self"])


def _report_progress(start: float, what: str) -> None:
    print(f"{(time.monotonic() - start) / 60:5.1f} min  {what}", flush=True)
