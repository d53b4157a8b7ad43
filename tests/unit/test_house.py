"""The rules of the house that no linter knows: who may import what, and what the page may touch."""

import ast
import hashlib
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "bertviz_space"
ASSETS = ROOT / "assets"

MODULES = sorted(PACKAGE.rglob("*.py"))
# Folders of the page's modules, lowest first: a module imports from its own folder and those below.
LAYERS = [
    "vendor",
    "core/data",
    "core/text",
    "core/formula",
    "core/state",
    "core/geometry",
    "core/export",
    "drawing",
    "controls",
    "marks",
    "views",
    "page",
]
PAGE_MODULES = sorted(
    path
    for folder in ("core", "drawing", "controls", "marks", "views")
    for path in (ASSETS / folder).rglob("*.js")
)
# Gradio runs the text of each of these files as the body of a function.
PAGE_SCRIPTS = sorted((ASSETS / "page").glob("*.js"))

# sha256 of dist/d3.min.js in the npm package d3@7.9.2.
D3_7_9_2 = "912111098ea99503a6f4967361d2bbdc9dbf58cf9c678c8e27e5b02d1a07f0c1"


def name_of(path: Path) -> str:
    """A module's name in this package: ``wire``, ``texts.tokens``, ``capture`` for the whole."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports_of(path: Path) -> set[str]:
    """What a module imports: ``torch``, or ``.texts.tokens`` for a module of this package."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level == 0:
                found.add(module.partition(".")[0])
                continue
            folder = path.relative_to(PACKAGE).parent.parts
            start = "".join(f".{part}" for part in folder[: len(folder) + 1 - node.level])
            names = [module] if module else [alias.name for alias in node.names]
            found |= {f"{start}.{name}" for name in names}
    return found


def importers_of(library: str) -> set[str]:
    return {name_of(path) for path in MODULES if library in imports_of(path)}


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        (
            "transformers",
            {"loading", "model_types", "inputs", "extraction", "capture.*", "texts.*"},
        ),
        ("huggingface_hub", {"hub", "hub.*", "progress", "errors"}),
        ("gradio", {"api", "fields", "runner", "sign_in", "ui", "views"}),
    ],
)
def test_only_some_modules_import_a_library(library, allowed):
    importers = importers_of(library)
    assert importers  # else the test would pass on an empty folder
    assert {name for name in importers if not {name, name.split(".")[0] + ".*"} & allowed} == set()


def test_attention_knows_torch_and_nothing_of_ours():
    foreign = imports_of(PACKAGE / "attention.py") - set(sys.stdlib_module_names)
    assert foreign == {"torch"}


def test_extraction_knows_no_page_and_no_store():
    # So that it can run in another process, or on another machine behind the same page.
    page = {".api", ".fields", ".handler", ".hub", ".models", ".runner", ".runs", ".store", ".ui"}
    page |= {".views", ".wire"}
    reached, todo = set[str](), {"extraction"}
    while todo:
        reached |= todo
        paths = [path for path in MODULES if name_of(path) in todo]
        todo = {name[1:] for path in paths for name in imports_of(path) if name[0] == "."} - reached
    assert {"capture.products", "texts.tokens", "attention"} <= reached
    assert not {f".{name}" for name in reached} & page


def test_no_passage_of_python_stands_in_two_modules():
    length = 6  # lines that say something
    where: dict[tuple[str, ...], str] = {}
    for path in MODULES:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
        lines = [line for line in lines if len(line) > 3]
        for start in range(len(lines) - length + 1):
            passage = tuple(lines[start : start + length])
            assert where.setdefault(passage, path.name) == path.name, passage


def without_comments(source: str) -> str:
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    return re.sub(r"(?m)(^|\s)//.*$", "", source)


def code_of(source: str) -> str:
    """What is neither comment nor text: a sliding window is a word of the field too."""
    return re.sub(r'"[^"\n]*"|`[^`]*`', '""', without_comments(source))


@pytest.mark.parametrize(
    "forbidden",
    [
        r"\binnerHTML\b",
        r"\bouterHTML\b",
        r"\.html\(",
        r"\binsertAdjacentHTML\b",
        r"\bgetElementById\b",
        r"\bdocument\.write",
        r"\bdocument\.(addEventListener|on\w+)",
        r"\beval\(",
        r"new Function\b",
        r"(select|selectAll|querySelector|querySelectorAll)\(\s*[\"'`]#",  # by id
    ],
)
def test_the_page_makes_no_html_of_text_and_looks_nothing_up_by_id(forbidden):
    assert len(PAGE_MODULES) > 10
    found = [
        path.name
        for path in PAGE_MODULES
        if re.search(forbidden, without_comments(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_core_touches_no_page():
    core = [path for path in PAGE_MODULES if layer_of(path).startswith("core/")]
    assert core
    touching = [
        path.name
        for path in core
        if re.search(r"\b(document|window)\b", code_of(path.read_text(encoding="utf-8")))
    ]
    assert touching == []


def test_modules_import_only_from_their_own_folder_and_those_below():
    # Imports of types in comments count too: a type belongs to the lowest folder that needs it.
    for path in [*PAGE_MODULES, *PAGE_SCRIPTS]:
        layer = LAYERS.index(layer_of(path))
        source = path.read_text(encoding="utf-8")
        imported = re.findall(r"""(?:\bfrom\s+|\bimport\s+|\bimport\()["']([^"']+)["']""", source)
        for name in imported:
            if name == "d3":  # types of the npm package; nothing is imported at run time
                continue
            target = (path.parent / name).resolve()
            assert name.startswith("."), f"{path.name} imports {name} from outside the repository"
            assert target.is_file(), f"{path.name} imports {name}, which is not there"
            assert LAYERS.index(layer_of(target)) <= layer, f"{path.name} imports {name}"


def layer_of(path: Path) -> str:
    return path.parent.relative_to(ASSETS).as_posix()


def test_d3_is_the_file_that_its_authors_published():
    lines = (ASSETS / "vendor" / "SHA256").read_text().splitlines()
    expected = {name: digest for digest, name in (line.split() for line in lines)}
    assert expected["d3.min.js"] == D3_7_9_2
    for name, digest in expected.items():
        content = (ASSETS / "vendor" / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest


def test_nothing_in_the_repository_reaches_for_a_cdn():
    sources = [
        *PAGE_MODULES,
        *PAGE_SCRIPTS,
        *ASSETS.glob("*.js"),
        *ASSETS.glob("styles/*.css"),
        *MODULES,
    ]
    pattern = re.compile(r"https?://[^\s\"')]*(cdn|unpkg|jsdelivr|googleapis)")
    found = [path.name for path in sources if pattern.search(path.read_text(encoding="utf-8"))]
    assert found == []
