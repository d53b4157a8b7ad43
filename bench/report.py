"""Writes RESULTS.md: the results of a run as text and tables."""

from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import Any

from bench.cases import INPUTS, ROUNDS, VIEWS
from bench.opening import Opening
from bench.results import Results
from bench.summary import MOST_WAITED, bytes_ratio, ratio, spread, undisturbed, visits_of
from bench.targets import TARGETS, Target, format_ratio
from bench.visits import Visit
from bench.window import PATIENCE

_HOW = f"""\
Our views run in the Space itself, in a separate process. BertViz 1.4.1 makes its own pages, which
load its scripts from npm packages instead of its CDN. Both sides draw the same weights, one after
the other, each in a new browser.

A time starts with the browser's time stamp of a real input. It ends when the frame with the
complete outcome was presented, as Chromium reports it, rounded to 4 ms. For pictures, there are
three starts:

- drawn: the manifest, or the first byte of BertViz's page, has arrived;
- pass to drawn: the model's forward pass has ended;
- click to drawn: the click on Run. For BertViz, this includes the time to make its page.

A ratio is BertViz's time divided by ours. Each pair of visits has one ratio: the smaller of the
ratios of elapsed time and of CPU time of the page's process. The tables show the median over the
pairs. A pair is dropped if a page waited for a core for more than {MOST_WAITED:.0%} of the time in
which it was ready to run. If that drops all pairs, all are kept and marked as disturbed. BertViz is
given up after {PATIENCE} s; the ratio is then a lower bound.

Every visit waits for its own forward pass: the result cache is off. Before each change of the
layer, both sides pause for half a second. All other actions follow each other without a pause.
"""

_Cell = Callable[[int], str]


def report(results: Results) -> str:
    """Return the text of RESULTS.md."""
    tokens = sorted({visit.tokens for visit in results.visits})
    parts = [
        "# The drawing benchmark",
        _circumstances(results),
        _HOW,
        _picture(results),
        "## Targets",
        "All lengths in this file are numbers of tokens. Each ratio is in a table below.",
        _targets(results),
        "## BertViz's time divided by ours",
        *(_ratios(results.visits, view, tokens) for view in VIEWS),
        *_openings(results.openings),
        "## Our times, p50 / p95 in ms",
        "If a picture appears in steps, the p50 of the first step is in parentheses. The no-op is "
        "an input on an empty page: the time of one presented frame on this machine.",
        _idle(results.visits, tokens),
        *(_times(results.visits, view, tokens) for view in VIEWS),
        "## The pages",
        "Peak memory of the page's process in MB (ours includes Gradio), number of elements of the "
        "page, and kB of the result.",
        *(_pages(results.visits, view, tokens) for view in VIEWS),
        f"The Space's process used at most {results.server_mb:,.0f} MB, including its models.",
        "## Long tasks of our page",
        "The longest task of more than 50 ms on the page's main thread, in ms. Actions without "
        "such a task are left out.",
        *(_long_tasks(results.visits, view, tokens) for view in VIEWS),
        *_extraction(results),
        *_predictions(results),
    ]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def _circumstances(results: Results) -> str:
    machine = "; ".join(results.machine.values())
    versions = ", ".join(f"{name} {version}" for name, version in results.versions.items())
    pairs = {
        tokens: len(visits_of(results.visits, tokens, "none", "idle"))
        for tokens in sorted({visit.tokens for visit in results.visits})
    }
    counts = ", ".join(f"{count} at {tokens:,}" for tokens, count in pairs.items())
    peaks = ", ".join(f"{peak:.2f} ({name})" for name, peak in results.peaked.items())
    lines = [
        f"{results.date}, {results.minutes:.0f} minutes. {machine}.",
        f"{versions}.",
        f"Visits to each of our views: {counts} tokens.",
        "The models have random weights, and the shape of BERT-base up to 512 tokens and of a "
        f"small Llama above. At 128 tokens, the mean of the largest weight of a row is {peaks}.",
        *(
            f"{tokens:,} tokens were not measured: {' '.join(message.split())}"
            for tokens, message in results.cut_short.items()
        ),
    ]
    return "\n".join(f"- {line}" for line in lines)


def _picture(results: Results) -> str:
    picture = results.picture
    if picture is None:
        return "The two pictures were not compared in this run."
    if picture.difference:
        verdict = f"**The lines are NOT the same, so no speed counts**: {picture.difference}."
    else:
        verdict = (
            f"**The lines are the same**: at {picture.tokens} tokens, the {picture.num_lines:,} "
            "lines that our head view draws have the places and colors of BertViz's, and their "
            "opacities differ by at most 1/255."
        )
    return (
        f"{verdict} The peak signal-to-noise ratio between the pixels is {picture.psnr:.1f} dB: "
        "BertViz's canvas rounds after each line, and ours once."
    )


def _targets(results: Results) -> str:
    is_same = results.picture is None or not results.picture.difference

    def row(target: Target) -> list[str]:
        found = target.measure(results)
        if found is None:
            return [target.text, "not measured", ""]
        if found.is_reached and is_same:
            return [target.text, found.text, "yes"]
        return [target.text, found.text, f"no: {target.obstacle}" if target.obstacle else "no"]

    return _table(["target", "measured", "reached"], map(row, TARGETS))


def _ratios(visits: Sequence[Visit], view: str, tokens: Sequence[int]) -> str:
    compared = [n for n in tokens if visits_of(visits, n, view, "bertviz")]
    rows: dict[str, _Cell] = {
        "bytes of the result": lambda n: format_ratio(bytes_ratio(visits, n, view)),
        "bytes with page and scripts": lambda n: format_ratio(bytes_ratio(visits, n, view, True)),
        **{
            what: lambda n, what=what: format_ratio(ratio(visits, n, view, what))
            for what in ("drawn", "click to drawn", *_actions(view))
        },
    }
    return _by_tokens(f"{view} view", compared, rows) if compared else ""


def _openings(openings: Sequence[Opening]) -> list[str]:
    if not openings:
        return []

    def row(page: str, network: str) -> list[str]:
        first, second = (
            [each for each in openings if (each.page, each.network, each.visit) == key]
            for key in ((page, network, "first"), (page, network, "second"))
        )
        return [
            page,
            network,
            *(f"{median(each.ms for each in visits):,.0f}" for visits in (first, second)),
            f"{median(each.requests for each in first):.0f}",
            f"{median(each.kilobytes for each in first):,.0f}",
        ]

    pairs = dict.fromkeys((each.page, each.network) for each in openings)
    rounds = sum(each.visit == "first" for each in openings) // len(pairs)
    return [
        "## Opening the page",
        "Time from navigation to the first picture in ms, p50 of "
        f"{rounds} visits with an empty cache and of as many second visits; requests and kB of the "
        "first visit until then. The bare page has three fields of Gradio and no picture.",
        _table(
            ["page", "network", "first visit", "second visit", "requests", "kB"],
            (row(*pair) for pair in pairs),
        ),
    ]


def _idle(visits: Sequence[Visit], tokens: Sequence[int]) -> str:
    rows: dict[str, _Cell] = {
        event: lambda n, event=event: _p50_p95(visits, n, "none", "idle", event)
        for event in dict.fromkeys(INPUTS.values())
    }
    return _by_tokens("no-op", tokens, rows)


def _times(visits: Sequence[Visit], view: str, tokens: Sequence[int]) -> str:
    rows: dict[str, _Cell] = {
        what: lambda n, what=what: _p50_p95(visits, n, view, "ours", what)
        for what in ("drawn", "pass to drawn", "click to drawn", *_actions(view))
    }
    return _by_tokens(f"{view} view", tokens, rows)


def _p50_p95(visits: Sequence[Visit], tokens: int, view: str, side: str, what: str) -> str:
    found = spread(visits, tokens, view, side, what)
    first = spread(visits, tokens, view, side, what, first=True)
    if found is None or first is None:
        return ""
    steps = f" ({first.p50:.0f})" if first.p50 < found.p50 else ""
    return f"{found.p50:.0f} / {found.p95:.0f}{steps}"


def _pages(visits: Sequence[Visit], view: str, tokens: Sequence[int]) -> str:
    def largest(tokens: int, side: str, size: Callable[[Visit], float]) -> str:
        sizes = [size(visit) for visit in visits_of(visits, tokens, view, side)]
        return f"{max(sizes):,.0f}" if sizes and max(sizes) else ""

    rows: dict[str, _Cell] = {
        "memory, ours": lambda n: largest(n, "ours", lambda visit: visit.peak_mb),
        "memory, BertViz": lambda n: largest(n, "bertviz", lambda visit: visit.peak_mb),
        "elements, ours": lambda n: largest(n, "ours", lambda visit: visit.num_nodes),
        "elements, BertViz": lambda n: largest(n, "bertviz", lambda visit: visit.num_nodes),
        "kB of the result, ours": lambda n: largest(
            n, "ours", lambda visit: visit.result_bytes / 1e3
        ),
        "kB of the result, BertViz": lambda n: largest(
            n, "bertviz", lambda visit: visit.result_bytes / 1e3
        ),
    }
    return _by_tokens(f"{view} view", tokens, rows)


def _long_tasks(visits: Sequence[Visit], view: str, tokens: Sequence[int]) -> str:
    def longest(tokens: int, what: str) -> str:
        found = undisturbed(visits_of(visits, tokens, view, "ours"))
        tasks = [task for visit in found for task in visit.long_tasks.get(what, ())]
        return f"{max(tasks):.0f}" if tasks else ""

    rows: dict[str, _Cell] = {
        what: lambda n, what=what: longest(n, what) for what in ("drawn", *_actions(view))
    }
    return _by_tokens(f"{view} view", tokens, rows)


def _extraction(results: Results) -> list[str]:
    if not results.extraction:
        return []
    return [
        "## Extraction on the server",
        "`sdpa` is a plain forward pass, and `eager` a pass that keeps all weights. `scores` are "
        "those of all heads, after an extraction: see `bench/extraction.py`. Peak memory is in "
        "units of 2^20 bytes.",
        _table_of(results.extraction),
    ]


def _predictions(results: Results) -> list[str]:
    if not results.predictions:
        return []
    return [
        "## Predictions on the server",
        "`pass` is a plain forward pass without the language head, `predictions` that pass and the "
        "predictions at all positions, and `all logits` a pass that keeps all logits: see "
        "`bench/predictions.py`. Peak memory is in units of 2^20 bytes.",
        _table_of(results.predictions),
    ]


def _table_of(rows: Sequence[dict[str, Any]]) -> str:
    """Return a table of rows with equal columns."""
    header = list(rows[0])
    cells = [[_short(row[name]) for name in header] for row in rows]
    return _table([name.replace("_", " ") for name in header], cells)


def _short(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _actions(view: str) -> list[str]:
    return [action for each in ROUNDS[view] for action in each.actions]


def _by_tokens(title: str, tokens: Sequence[int], rows: dict[str, _Cell]) -> str:
    cells = {name: [cell(n) for n in tokens] for name, cell in rows.items()}
    return _table(
        [title, *(f"{n:,}" for n in tokens)],
        ([name, *row] for name, row in cells.items() if any(row)),
    )


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
