"""Opens a view, works it, and notes what it took: one function a side."""

import re

from playwright.sync_api import Playwright

from bench.cases import INPUTS, ROUNDS, Case
from bench.material import Page
from bench.ours import OurView
from bench.processes import Usage
from bench.space import Space
from bench.theirs import BertVizView
from bench.view import View
from bench.visits import Timing, Visit, waited_share
from bench.window import PATIENCE, TooSlow, Window
from tests.browser import reader

# What a view is drawn from.
_RESULT = re.compile(r"/(manifest\.json|[^/]*\.safetensors)$")


def visit_ours(
    playwright: Playwright, space: Space, case: Case, name: str, pair: int, text: str
) -> Visit:
    """Open one of our views in the running Space, and work it.

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
        visit.note("drawn", run.timing, window.long_tasks())
        visit.note("click to drawn", run.since(run.start))
        visit.note("pass to drawn", run.since(space.pass_ended()))
        # What comes after is fetched ahead, for what the reader may ask next.
        visit.result_bytes = window.bytes_until(run.there, lambda url: bool(_RESULT.search(url)))
        visit.page_bytes = window.bytes_until(run.there, lambda _: True)
        _work(view, visit, case.ours.repeats)
        _note_page(visit, window, before)
    finally:
        window.close()
    return visit


def visit_theirs(playwright: Playwright, page: Page, case: Case, name: str, pair: int) -> Visit:
    """Open one of BertViz's views, and work it; a picture that comes too late is given up."""
    visit = Visit(case.tokens, name, "bertviz", pair)
    view = BertVizView(playwright, name)
    window = view.window
    try:
        before = window.used()
        visit.result_bytes = page.num_bytes
        try:
            opened = window.open(page.address)
        except TooSlow:
            _give_up(visit, "drawn")
            ms = page.made_ms + PATIENCE * 1000
            visit.note("click to drawn", Timing(ms, ms, None))
            visit.peak_mb = window.used().peak_mb
            return visit
        visit.note("drawn", opened.timing, window.long_tasks())
        visit.note("click to drawn", opened.since(opened.start - page.made_ms))
        visit.page_bytes = window.bytes_until(opened.there, lambda _: True)
        _work(view, visit, case.bertviz[name].repeats)
        _note_page(visit, window, before)
    finally:
        window.close()
    return visit


def visit_idle(playwright: Playwright, address: str, case: Case, pair: int) -> Visit:
    """Do nothing on an empty page, by each kind of input: the frame alone."""
    visit = Visit(case.tokens, "none", "idle", pair)
    window = Window(playwright)
    page = window.page
    try:
        window.go(address)
        before = window.used()
        page.mouse.move(100, 100)
        acts = {
            "pointermove": lambda turn: page.mouse.move(110 + 10 * turn, 100),
            "click": lambda _: page.mouse.click(100, 100),
            "keydown": lambda _: page.keyboard.press("a"),
            "wheel": lambda _: page.mouse.wheel(0, 120),
        }
        for event, act in acts.items():
            after = {"after": "scroll"} if event == "wheel" else {}
            for turn in range(case.ours.repeats):
                idle = window.follow(lambda act=act, turn=turn: act(turn), event, "frame", **after)
                visit.note(event, idle.timing)
        _note_page(visit, window, before)
    finally:
        window.close()
    return visit


def _work(view: View, visit: Visit, repeats: int) -> None:
    """Do by turns what a reader does."""
    for each in ROUNDS[visit.view] if repeats else ():
        if each.after is not None:
            view.do(each.after, 0)
        if INPUTS[each.actions[0]] == "wheel" and not view.scrolls:
            continue
        for turn in range(repeats):
            # A reader's, not a wait for the page: what comes of an input is waited for by follow.
            if each.pause:
                view.window.page.wait_for_timeout(each.pause * 1000)
            for action in each.actions:
                try:
                    timing = view.do(action, turn)
                except TooSlow:
                    _give_up(visit, action)
                    return
                visit.note(action, timing, view.window.long_tasks())
        reader.leave(view.window.page)


def _give_up(visit: Visit, what: str) -> None:
    ms = PATIENCE * 1000.0
    visit.note(what, Timing(ms, ms, None))
    visit.given_up = what


def _note_page(visit: Visit, window: Window, before: Usage) -> None:
    after = window.used()
    visit.peak_mb = after.peak_mb
    visit.num_nodes = window.num_nodes()
    visit.waited = waited_share(before, after)
