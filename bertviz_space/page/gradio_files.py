"""The scripts and styles of Gradio's own page, which a browser would find one after the other.

Gradio's first script imports others, which import the script of each component that the page
contains. A browser that knows all of them at once fetches them without waiting for each other.
"""

import re
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

import gradio

# Gradio 6.31 is built with Vite: a script lists files in an array, and the files of an import by
# their places in it. Without a match, nothing is preloaded, and the page loads as Gradio built it.
_FRONTEND = Path(gradio.__file__).parent / "templates" / "frontend"
_ENTRY = re.compile(r'(?:src|href)="\./(assets/[\w.-]+)"')
_FILES = re.compile(r"m\.f=\[([^\]]*)\]")
_FILE = re.compile(r'"\./([\w.-]+)"')
_PLACES = r"__vite__mapDeps\(\[([\d,]*)\]"
_PAGE = re.compile(r"import\(`\./Blocks-[^`]*`\);return\{default:e\}\}," + _PLACES)
_COMPONENT = re.compile(
    r"(\w+):\{[^{}]*?component:\(\)=>\w+\(\(\)=>import\([^)]*\)(?:\.then\([^)]*\))?," + _PLACES
)


@cache
def gradio_files(components: frozenset[str]) -> tuple[str, ...]:
    """Return the paths of the files, relative to the page, in the order in which they are needed.

    Args:
        components: the names of the components in the page, as in Gradio's configuration.
    """
    entries = _ENTRY.findall((_FRONTEND / "index.html").read_text(encoding="utf-8"))
    first = [name for entry in entries for name in _listed_in(entry)]
    files = dict.fromkeys([*entries, *first])
    for path in first:
        files |= dict.fromkeys(_imported_by(path, components))
    return tuple(files)


def _imported_by(path: str, components: Collection[str]) -> Iterator[str]:
    """Yield the files that a script imports for the page and for its components."""
    listed = _listed_in(path)
    code = _text_of(path)
    places = [match[1] for match in _PAGE.finditer(code)]
    places += [match[2] for match in _COMPONENT.finditer(code) if match[1] in components]
    for numbers in places:
        yield from (listed[int(number)] for number in numbers.split(",") if number)


def _listed_in(path: str) -> list[str]:
    """Return the files that a script lists."""
    found = _FILES.search(_text_of(path))
    return [f"assets/{name}" for name in _FILE.findall(found[1])] if found else []


def _text_of(path: str) -> str:
    return (_FRONTEND / path).read_text(encoding="utf-8") if path.endswith(".js") else ""
