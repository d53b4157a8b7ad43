"""Opens a view, performs the actions of a reader, and records how long each took."""

import re

from playwright.sync_api import Playwright

from bench.bertviz_view import BertVizView
from bench.cases import INPUTS, ROUNDS, Case
from bench.material import BertVizPage
from bench.our_view import OurView
from bench.processes import Usage
from bench.space import Space
from bench.view import View
from bench.visits import Timing, Visit, waited_share
from bench.window import PATIENCE, TooSlow, Window
from tests.browser import reader

# The URLs of the files that a view is drawn from.
_RESULT = re.compile(r"/(manifest\.json|[^/]*\.safetensors)$")


def visit_ours(
    playwright: Playwright, space: Space, case: Case, name: str, pair: int, text: str
) -> Visit:
    """Open one of our views in the running Space, and perform all actions in it.

    Raises:
        CutShort: if the text is too long for the Space.
    """
    visit = Visit(case.tokens, name, "ours", pair)
    view = OurView(playwright, space.url, case.model_id, name)
    window = view.window
    try:
        before = window.used()
        window.long_tasks()
        run = view.run(text, case.tokens)
        visit.record("drawn", run.timing, window.long_tasks())
        visit.record("click to drawn", run.since(run.start))
        visit.record("pass to drawn", run.since(space.pass_ended()))
        # Files that arrive later are prefetched for the reader's next action.
        visit.result_bytes = window.bytes_until(
            run.there, lambda url: bool(_RESULT.search(url)), since=run.start
        )
        visit.page_bytes = window.bytes_until(run.there, lambda _: True)
        _perform_actions(view, visit, case.ours.repeats)
        _record_page(visit, window, before)
    finally:
        window.close()
    return visit


def visit_bertviz(
    playwright: Playwright, page: BertVizPage, case: Case, name: str, pair: int
) -> Visit:
    """Open one of BertViz's views, and perform all actions in it; give up if it is too slow."""
    visit = Visit(case.tokens, name, "bertviz", pair)
    view = BertVizView(playwright, name)
    window = view.window
    try:
        before = window.used()
        visit.result_bytes = page.num_bytes
        try:
            opened = window.open(page.url)
        except TooSlow:
            _give_up(visit, "drawn")
            ms = page.build_ms + PATIENCE * 1000
            visit.record("click to drawn", Timing(ms, ms, None))
            visit.peak_mb = window.used().peak_mb
            return visit
        visit.record("drawn", opened.timing, window.long_tasks())
        visit.record("click to drawn", opened.since(opened.start - page.build_ms))
        visit.page_bytes = window.bytes_until(opened.there, lambda _: True)
        _perform_actions(view, visit, case.bertviz[name].repeats)
        _record_page(visit, window, before)
    finally:
        window.close()
    return visit


def visit_idle(playwright: Playwright, url: str, case: Case, pair: int) -> Visit:
    """Measure each kind of input on an empty page, where only the frame takes time."""
    visit = Visit(case.tokens, "none", "idle", pair)
    window = Window(playwright)
    page = window.page
    try:
        window.go(url)
        before = window.used()
        page.mouse.move(100, 100)
        acts = {
            "pointermove": lambda number: page.mouse.move(110 + 10 * number, 100),
            "click": lambda _: page.mouse.click(100, 100),
            "keydown": lambda _: page.keyboard.press("a"),
            "wheel": lambda _: page.mouse.wheel(0, 120),
        }
        for event, act in acts.items():
            after = {"after": "scroll"} if event == "wheel" else {}
            for number in range(case.ours.repeats):
                idle = window.follow(
                    lambda act=act, number=number: act(number), event, "frame", **after
                )
                visit.record(event, idle.timing)
        _record_page(visit, window, before)
    finally:
        window.close()
    return visit


def _perform_actions(view: View, visit: Visit, repeats: int) -> None:
    """Perform and record the actions of every round; stop at the first that is given up."""
    for each in ROUNDS[visit.view] if repeats else ():
        if each.setup is not None:
            view.perform(each.setup, 0)
        if INPUTS[each.actions[0]] == "wheel" and not view.scrolls:
            continue
        for number in range(repeats):
            # The pause of a reader. It does not wait for the page: Window.follow does that.
            if each.pause:
                view.window.page.wait_for_timeout(each.pause * 1000)
            for action in each.actions:
                try:
                    timing = view.perform(action, number)
                except TooSlow:
                    _give_up(visit, action)
                    return
                visit.record(action, timing, view.window.long_tasks())
        reader.leave(view.window.page)


def _give_up(visit: Visit, what: str) -> None:
    ms = PATIENCE * 1000.0
    visit.record(what, Timing(ms, ms, None))
    visit.given_up = what


def _record_page(visit: Visit, window: Window, before: Usage) -> None:
    after = window.used()
    visit.peak_mb = after.peak_mb
    visit.num_nodes = window.num_nodes()
    visit.waited = waited_share(before, after)
