"""RESULTS.md: what a run found, for readers."""

from collections.abc import Callable, Iterable, Sequence

from bench.cases import INPUTS, ROUNDS, VIEWS
from bench.results import Results
from bench.summary import MOST_WAITED, bytes_ratio, calm, ratio, spread, visits_of
from bench.targets import TARGETS, Target, said
from bench.visits import Visit
from bench.window import PATIENCE
from tests.browser.bertviz.picture import ALIKE

_HOW = f"""\
Our views run in the Space itself, in a process of its own; BertViz 1.4.1 makes its own pages, with
its scripts from npm in place of its CDN. Both draw the same weights, one after the other, each in a
fresh browser. Every time is from the browser's time stamp of a real input (or, where a picture is
drawn, from the moment at which the manifest, or the first byte of BertViz's page, was there) to the
frame that Chromium says it presented with the outcome in it; Chromium rounds that to 4 ms.
A ratio is BertViz's time over ours, made within each pair, the smaller one of time passed and CPU
time of the page's process; what is printed is the median over the pairs. A pair in which a page
waited for a core for more than {MOST_WAITED:.0%} of the time it wanted to run is dropped; where
that leaves none, all are kept and called disturbed. BertViz is given up after {PATIENCE} s.
Every visit waits for a pass of its own. From layer to layer a reader takes half a second, in both;
all else follows at once.
"""

_Cell = Callable[[int], str]


def report(results: Results) -> str:
    """The text of RESULTS.md."""
    tokens = sorted({visit.tokens for visit in results.visits})
    parts = [
        "# The drawing benchmark",
        _where(results),
        _HOW,
        _picture(results),
        "## Targets",
        _targets(results),
        "## BertViz's time over ours",
        *(_ratios(results.visits, view, tokens) for view in VIEWS),
        "## Our times, p50 / p95 in ms",
        "Where a picture comes in steps, the first of them is in brackets. The no-op is an input "
        "on an empty page: what one presented frame costs on this machine.",
        _idle(results.visits, tokens),
        *(_times(results.visits, view, tokens) for view in VIEWS),
        "## The pages",
        "Most memory of the page's process in MB (Gradio in ours), and elements of the page.",
        *(_pages(results.visits, view, tokens) for view in VIEWS),
        f"The Space's process held {results.server_mb:,.0f} MB at most, models included.",
        "## What kept our page's main thread for more than 50 ms",
        "The longest task, in ms.",
        *(_long_tasks(results.visits, view, tokens) for view in VIEWS),
        *_extraction(results),
    ]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def _where(results: Results) -> str:
    machine = "; ".join(results.machine.values())
    versions = ", ".join(f"{name} {version}" for name, version in results.versions.items())
    pairs = {
        tokens: len(visits_of(results.visits, tokens, "none", "idle"))
        for tokens in sorted({visit.tokens for visit in results.visits})
    }
    runs = ", ".join(f"{count} at {tokens:,}" for tokens, count in pairs.items())
    peaks = ", ".join(f"{peak:.2f} ({name})" for name, peak in results.peaked.items())
    lines = [
        f"{results.date}, {results.minutes:.0f} minutes. {machine}.",
        f"{versions}.",
        f"Visits of each of our views: {runs} tokens.",
        "Weights are random in the shape of BERT-base up to 512 tokens and of a small Llama above; "
        f"the largest weight of a row is, in the mean, {peaks} at 128 tokens.",
        *(
            f"{tokens:,} tokens were not measured: {' '.join(sentence.split())}"
            for tokens, sentence in results.cut_short.items()
        ),
    ]
    return "\n".join(f"- {line}" for line in lines)


def _picture(results: Results) -> str:
    if results.picture_db is None:
        return "The two pictures were not compared in this run."
    verdict = "the same" if results.picture_db >= ALIKE else "NOT the same, so no speed counts"
    return (
        f"**The picture is {verdict}**: at {results.picture_tokens} tokens the lines of the two "
        f"head views differ by {results.picture_db:.1f} dB ({ALIKE} dB: no eye tells them apart)."
    )


def _targets(results: Results) -> str:
    is_same = results.picture_db is None or results.picture_db >= ALIKE

    def row(target: Target) -> list[str]:
        found = target.reached(results)
        if found is None:
            return [target.says, "not measured", ""]
        if found.is_enough and is_same:
            return [target.says, found.said, "yes"]
        return [target.says, found.said, f"no: {target.holds_back}" if target.holds_back else "no"]

    return _table(["target", "measured", "reached"], map(row, TARGETS))


def _ratios(visits: Sequence[Visit], view: str, tokens: Sequence[int]) -> str:
    compared = [n for n in tokens if visits_of(visits, n, view, "bertviz")]
    rows: dict[str, _Cell] = {
        "bytes of the result": lambda n: said(bytes_ratio(visits, n, view)),
        "bytes with page and scripts": lambda n: said(bytes_ratio(visits, n, view, True)),
        **{
            what: lambda n, what=what: said(ratio(visits, n, view, what))
            for what in ("drawn", "click to drawn", *_actions(view))
        },
    }
    return _by_tokens(f"{view} view", compared, rows) if compared else ""


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
    def most(tokens: int, side: str, size: Callable[[Visit], float]) -> str:
        sizes = [size(visit) for visit in visits_of(visits, tokens, view, side)]
        return f"{max(sizes):,.0f}" if sizes and max(sizes) else ""

    rows: dict[str, _Cell] = {
        "memory, ours": lambda n: most(n, "ours", lambda visit: visit.peak_mb),
        "memory, BertViz": lambda n: most(n, "bertviz", lambda visit: visit.peak_mb),
        "elements, ours": lambda n: most(n, "ours", lambda visit: visit.num_nodes),
        "elements, BertViz": lambda n: most(n, "bertviz", lambda visit: visit.num_nodes),
        "kB of the result, ours": lambda n: most(n, "ours", lambda visit: visit.result_bytes / 1e3),
        "kB of the result, BertViz": lambda n: most(
            n, "bertviz", lambda visit: visit.result_bytes / 1e3
        ),
    }
    return _by_tokens(f"{view} view", tokens, rows)


def _long_tasks(visits: Sequence[Visit], view: str, tokens: Sequence[int]) -> str:
    def longest(tokens: int, what: str) -> str:
        found = calm(visits_of(visits, tokens, view, "ours"))
        tasks = [task for visit in found for task in visit.long_tasks.get(what, ())]
        return f"{max(tasks):.0f}" if tasks else ""

    rows: dict[str, _Cell] = {
        what: lambda n, what=what: longest(n, what) for what in ("drawn", *_actions(view))
    }
    return _by_tokens(f"{view} view", tokens, rows)


def _extraction(results: Results) -> list[str]:
    if not results.extraction:
        return []
    header = list(results.extraction[0])
    rows = [[_short(row[name]) for name in header] for row in results.extraction]
    return [
        "## Extraction on the server",
        _table([name.replace("_", " ") for name in header], rows),
    ]


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
