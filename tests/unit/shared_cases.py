"""Cases that Python and JavaScript both pass, in ``tests/fixtures/shared_cases``.

Each file holds ``cases``, written by hand. Some also hold ``generated`` cases: random inputs with
Python's answer, which ``tests/js/shared_cases.test.js`` compares with the page's answer. After a
change of an answer, write the generated cases again and look at the difference::

    .venv/bin/python -m tests.unit.shared_cases
"""

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import regex
import torch

from bertviz_space import LayerAttention, Token, Trace
from bertviz_space.files.svg.caption import numbers_in_words
from bertviz_space.files.svg.label import label_of, label_of_row
from bertviz_space.files.svg.options import PictureWidth
from bertviz_space.files.svg.page import page_length, page_of
from bertviz_space.files.svg.rows import rows_of
from bertviz_space.files.view_request import ViewName, ViewRequest
from bertviz_space.trace.filter import parse_filter
from bertviz_space.trace.overview import bin_size
from bertviz_space.trace.words import word_starts, word_tokens

FOLDER = Path(__file__).parent.parent / "fixtures" / "shared_cases"

# What the texts of generated labels consist of: blanks, characters that cannot be seen, letters of
# several scripts, and emoji of many code points.
PIECES = [
    " ", "\n", "\t", "\x85", "\x1c", "\u3000", "\u200b", "\ufeff", "\u202e", "\U000e0061",
    "a", "Z", "_", "é", "e\u0301", "中", "한", "ش", "हि", "क्ष", "நி", "กำ",
    "😀", "🏳️‍🌈", "🇩🇪", "👍🏽", "👨‍👩‍👧‍👦",
]  # fmt: skip

# Characters that cannot be seen, except line breaks, blanks, and the joiner in an emoji.
_INVISIBLE = regex.compile(r"[^\P{C}\n\u200d]|[^\P{Z} ]")

Case = dict[str, Any]


def read_cases(name: str, kind: Literal["cases", "generated"] = "cases") -> list[Case]:
    """Return the cases of a file."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))[kind]


def text_of(value: str | list[tuple[str, int]]) -> str:
    """Return a text of a case, which can be written as pieces with how often each is repeated."""
    return value if isinstance(value, str) else "".join(piece * times for piece, times in value)


def segment_tokens(letters: str) -> tuple[Token, ...]:
    """Return one token for each letter: A or B of a segment, any other letter a special token."""
    tokens = []
    for place, letter in enumerate(letters):
        segment = letter if letter in ("A", "B") else None
        tokens.append(Token(letter, letter, 1, place, place + 1, segment, segment is None))
    return tuple(tokens)


def piece_tokens(pieces: Sequence[Sequence[Any]]) -> tuple[Token, ...]:
    """Return a token for each text with its start, its end and its segment, or none."""
    return tuple(
        Token(text, text, 1, start, end, segment, segment is None)
        for text, start, end, segment in pieces
    )


def text_token(text: str, part: Sequence[int] = (1, 1)) -> Token:
    """Return a token of segment A."""
    first, last = part
    return Token(text, text, 1, 0, len(text), "A", special=False, part=(first, last))


def generated() -> dict[str, list[Case]]:
    """Return the generated cases of each file that has any; the same ones at each call."""
    return {
        "token_labels": [*_labels(random.Random(1))],
        "rows": [*_rows(random.Random(2))],
        "bins": [*_bins(random.Random(3))],
        "numbers_in_words": [*_numbers(random.Random(4))],
        "view_links": [*_view_links(random.Random(5))],
        "picture_pages": [*_picture_pages(random.Random(6))],
        "words": [*_words(random.Random(8))],
        "filtered_weights": [*_filtered_weights(random.Random(7))],
    }


def _labels(draw: random.Random) -> Iterator[Case]:
    for index in range(60):
        few = draw.sample(PIECES, draw.randint(1, 4))
        text = "".join(draw.choices(few, k=draw.choice([1, 2, 3, 8, 9, 10, 16, 17])))
        part = draw.choice([[1, 1], [1, 1], [2, 3]])
        token = text_token(text, part)
        yield {
            "name": f"random text {index}",
            "text": text,
            "part": part,
            "label": label_of(token),
            "row_label": label_of_row([token, token], 0, 2),
        }


def _rows(draw: random.Random) -> Iterator[Case]:
    for index in range(40):
        num_a, num_b = draw.randint(0, 12), draw.choice([0, draw.randint(1, 12)])
        segments = "[" * draw.randint(0, 1) + "A" * num_a + "]" * draw.randint(0, 1) + "B" * num_b
        segments = segments or "A"
        border = segments.find("B")
        ends = [0, *([border] if border > 0 else []), len(segments)]
        first, end = sorted(draw.sample(ends, 2))
        size = draw.choice([1, 2, 4, 8])
        edges = rows_of(segment_tokens(segments), (first, end), size).edges
        yield {
            "name": f"random rows {index}",
            "segments": segments,
            "span": [first, end],
            "size": size,
            "edges": list(edges),
        }


def _bins(draw: random.Random) -> Iterator[Case]:
    for index in range(30):
        num_a = draw.choice([0, draw.randint(1, 400)])
        num_b = draw.choice([0, draw.randint(1, 400)]) if num_a else draw.randint(1, 400)
        tokens = segment_tokens("A" * num_a + "B" * num_b)
        size = bin_size(tokens)
        edges = rows_of(tokens, (0, len(tokens)), size).edges
        yield {
            "name": f"random bins {index}",
            "num_a": num_a,
            "num_b": num_b,
            "size": size,
            "edges": list(edges),
        }


def _numbers(draw: random.Random) -> Iterator[Case]:
    for index in range(30):
        most = draw.choice([3, 12, 40])
        numbers = draw.sample(range(most), draw.randint(1, min(most, 12)))
        noun = draw.choice(["head", "layer"])
        yield {
            "name": f"random numbers {index}",
            "noun": noun,
            "numbers": numbers,
            "words": numbers_in_words(noun, numbers),
        }


def _view_links(draw: random.Random) -> Iterator[Case]:
    for index in range(30):
        heads = tuple(draw.choices(range(32), k=draw.choice([0, 1, 2, 5])))
        part = draw.choice(["", "All", "Sentence A -> Sentence B", "Cross"])
        view = draw.choice(get_args(ViewName))
        layer, expanded, mean = draw.randint(0, 40), draw.random() < 0.5, draw.random() < 0.5
        filter_ = parse_filter(draw.choice(["", "special,3", "first,renormalize,mass=0.7"]))
        query = ViewRequest(view, None, heads, part, expanded, mean, filter_).link_query(layer)
        selection: Case = {"layer": layer}
        if part:
            selection["attentionPart"] = part
        if heads:
            selection |= {"heads": sorted(set(heads)), "head": heads[0]}
        if heads and view == "model":
            selection["cell"] = {"layer": layer, "head": heads[0]}
        if expanded:
            selection["expanded"] = True
        if mean:
            selection["mean"] = True
        yield {
            "name": f"random view {index}",
            "view": view,
            "layer": layer,
            "heads": list(heads),
            "attention_part": part,
            "expanded": expanded,
            "mean": mean,
            "filter": str(filter_),
            "query": query,
            "selection": selection,
        }


def _picture_pages(draw: random.Random) -> Iterator[Case]:
    for index in range(20):
        content_width = round(draw.uniform(120, 2400), 2)
        width = draw.choice(get_args(PictureWidth))
        page = page_of(content_width, width)
        yield {
            "name": f"random picture {index}",
            "content_width": content_width,
            "width": width,
            "page": {name: round(value, 6) for name, value in vars(page).items()},
            "length": page_length(page.width, page, width),
        }


def _words(draw: random.Random) -> Iterator[Case]:
    pieces = ["un", "believ", "able", " the", "cat", ".", " ", "", "中", "国", " 中", "é", "😀"]
    for index in range(40):
        rows, place = [], 0
        for _ in range(draw.randint(1, 10)):
            text = draw.choice(pieces)
            if draw.random() < 0.15:
                rows.append(["[SEP]", 0, 0, None])
            elif draw.random() < 0.15:
                shared = [text or "é", place, place + 1, "A"]
                rows += [shared, shared]
                place += 1
            else:
                place += draw.choice([0, 0, 1])
                rows.append([text, place, place + len(text), "A"])
                place += len(text)
        tokens = piece_tokens(rows)
        yield {
            "name": f"random tokens {index}",
            "tokens": rows,
            "starts": word_starts(tokens),
            "texts": [word.text for word in word_tokens(tokens)],
        }


def _filtered_weights(draw: random.Random) -> Iterator[Case]:
    for index in range(60):
        segments = "[" + "A" * draw.randint(1, 6) + "]" * draw.randint(0, 1)
        num_heads, num_queries = draw.randint(1, 3), draw.randint(1, 3)
        weights = [
            [_row(draw, len(segments)) for _ in range(num_queries)] for _ in range(num_heads)
        ]
        choices = ["special", "first", "renormalize", "min=0.05", "min=0.3", "mass=0.7", "mass=0.9"]
        choices.append(str(draw.randrange(len(segments))))
        filter_ = parse_filter(",".join(draw.sample(choices, draw.randint(0, 4))))
        tokens = segment_tokens(segments)
        size = torch.zeros(1, len(tokens), 1)
        layer = LayerAttention("self", 0, size, size, scaling=1.0)
        hidden = filter_.hidden_keys(Trace(tokens, None, {"self": (layer,)}), "self")
        remaining = filter_.remaining(torch.tensor(weights), hidden)
        yield {
            "name": f"random weights {index}",
            "segments": segments,
            "weights": weights,
            "filter": str(filter_),
            "heads": _rounded(filter_.above_thresholds(remaining)),
            "mean": _rounded(filter_.above_thresholds(remaining.mean(0, keepdim=True)))[0],
        }


def _row(draw: random.Random, num_keys: int) -> list[float]:
    """Return weights that sum to 1, some of them 0."""
    parts = [draw.choice([0.0, draw.random(), draw.random() ** 4]) for _ in range(num_keys)]
    parts[draw.randrange(num_keys)] += 1e-3
    return [round(part / sum(parts), 6) for part in parts]


def _rounded(weights: torch.Tensor) -> Any:
    return (weights.double() * 1e6).round().div(1e6).tolist()


def write_generated() -> None:
    """Write the generated cases into their files, one case a line."""
    for name, cases in generated().items():
        by_hand = read_cases(name)
        lists = {"cases": by_hand, "generated": cases}
        (FOLDER / f"{name}.json").write_text(_json_of(lists), encoding="utf-8")


def _json_of(lists: dict[str, list[Case]]) -> str:
    """Return JSON with one case a line, and escapes for characters that cannot be seen."""
    parts = []
    for kind, cases in lists.items():
        lines = ",\n".join(f"    {json.dumps(case, ensure_ascii=False)}" for case in cases)
        parts.append(f'  "{kind}": [\n{lines}\n  ]')
    text = "{\n" + ",\n".join(parts) + "\n}\n"
    return _INVISIBLE.sub(lambda found: json.dumps(found[0])[1:-1], text)


if __name__ == "__main__":
    write_generated()
