"""Rules that no linter checks: which folder imports which, and which APIs the page uses."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "bertviz_space"
ASSETS = ROOT / "assets"

MODULES = sorted(PACKAGE.rglob("*.py"))
# Folders of the page's modules, lowest first. A module imports only from its own folder and from
# the folders before it.
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
    "notebook",
    "page",
]
PAGE_MODULES = sorted(
    path
    for folder in ("core", "drawing", "controls", "marks", "views", "notebook", "page")
    for path in (ASSETS / folder).rglob("*.js")
)
# Gradio runs the text of each of these files; they load modules.
LOADERS = sorted(ASSETS.glob("*.js"))

# Every part of the package, and the parts that it may import: those on the lines below its own. A
# part is a folder, or a module beside the folders. Parts on one line do not import each other.
LEVELS = [
    ["__init__", "__main__"],
    ["space", "neuron_view"],
    ["page", "api", "notebook"],
    ["server"],
    ["jobs"],
    ["comparison"],
    ["extraction", "probe", "masking", "sweep"],
    ["prepared_run"],
    ["capture"],
    ["models"],
    ["files"],
    ["texts"],
    ["trace"],
    ["model_errors"],
    ["machine", "cancellation", "module_bundle"],
    ["limits", "errors", "asset_folder"],
]

# The parts that may import a library.
IMPORTERS = {
    "transformers": {
        *("capture", "texts", "models"),
        *("comparison", "extraction", "probe", "masking", "sweep", "prepared_run"),
    },
    "huggingface_hub": {"models/hub"},
    "gradio": {"space", "page", "api", "server"},
    "IPython": {"notebook"},
    "anywidget": {"notebook"},
    "ray": {"jobs/cluster/deployment", "jobs/cluster/replica"},
}


def part_of(path: Path) -> str:
    """Return the folder in the package that a module is in, or the name of a module in none."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


@cache
def imports_of(path: Path) -> frozenset[str]:
    """Return the top-level name of each library, and the path of each module of this package.

    Imports inside functions count; those for type checkers alone do not.
    """
    return frozenset(_imports_of(path))


def _imports_of(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    unseen = [node for node in ast.walk(tree) if is_for_type_checkers(node)]
    skipped = {id(each) for node in unseen for each in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").partition(".")[0]
        elif isinstance(node, ast.ImportFrom):
            folder = path.parents[node.level - 1].relative_to(PACKAGE)
            module = folder.joinpath(*(node.module or "").split("."))
            for alias in node.names:
                named = (PACKAGE / module / alias.name).with_suffix(".py")
                yield "./" + (module / alias.name if named.exists() else module).as_posix()


def is_for_type_checkers(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def test_every_part_of_the_package_has_a_level():
    levels = [part for level in LEVELS for part in level]
    assert sorted(levels) == sorted({part_of(path) for path in MODULES})


def test_a_part_imports_only_parts_of_lower_levels():
    level_of = {part: index for index, level in enumerate(LEVELS) for part in level}
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path in MODULES
        for name in imports_of(path)
        if name.startswith("./")
        and (other := name.split("/")[1]) != part_of(path)
        and level_of[other] <= level_of[part_of(path)]
    ]
    assert wrong == []


def test_no_two_modules_import_each_other():
    graph = {
        module_path(path): {name[2:] for name in imports_of(path) if name.startswith("./")}
        for path in MODULES
    }
    done: set[str] = set()

    def visit(module: str, above: tuple[str, ...]) -> None:
        assert module not in above, " -> ".join([*above, module])
        if module not in done:
            for other in graph[module]:
                visit(other, (*above, module))
            done.add(module)

    for module in graph:
        visit(module, ())
    assert len(done) == len(MODULES)


def module_path(path: Path) -> str:
    """Return a module's path in the package, as ``imports_of`` yields it."""
    return path.relative_to(PACKAGE).with_suffix("").as_posix().removesuffix("/__init__")


@pytest.mark.parametrize("library", IMPORTERS)
def test_only_some_parts_import_a_library(library):
    importers = {
        path.relative_to(PACKAGE).as_posix() for path in MODULES if library in imports_of(path)
    }
    assert importers  # an empty set would pass
    allowed = tuple(
        f"{part}/" if (PACKAGE / part).is_dir() else f"{part}.py" for part in IMPORTERS[library]
    )
    assert {name for name in importers if not name.startswith(allowed)} == set()


def test_the_trace_depends_on_torch_only():
    foreign = {
        name
        for path in (PACKAGE / "trace").rglob("*.py")
        for name in imports_of(path)
        if not name.startswith("./") and name not in sys.stdlib_module_names
    }
    assert foreign == {"torch"}


def loaded_by(statement: str) -> set[str]:
    """Return the names of the modules that are loaded in a new process after a statement."""
    program = f"{statement}; import sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "statement",
    ["import bertviz_space", "import bertviz_space.trace", "from bertviz_space import Trace"],
)
def test_a_trace_is_imported_without_transformers_and_gradio(statement):
    loaded = loaded_by(statement)
    assert "bertviz_space" in loaded
    assert not loaded & {"transformers", "gradio", "huggingface_hub"}


def test_extraction_is_imported_without_gradio():
    loaded = loaded_by("from bertviz_space import extract")
    assert "bertviz_space.capture.interface" in loaded
    assert not loaded & {"gradio", "bertviz_space.jobs", "bertviz_space.files.wire"}


def test_no_passage_of_python_is_in_two_modules():
    length = 6  # lines of more than three characters
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
    """Return a source without comments and strings, which may mention a sliding window."""
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
    ],
)
def test_the_page_creates_no_html_from_text_and_finds_no_element_by_id(forbidden):
    assert len(PAGE_MODULES) > 10
    found = [
        path.name
        for path in [*PAGE_MODULES, *LOADERS]
        if re.search(forbidden, without_comments(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_only_one_module_looks_up_ids_and_only_those_that_gradio_creates():
    by_id = re.compile(r"""[\"'`]#bertviz|(select|selectAll|querySelector\w*)\(\s*[\"'`]#""")
    found = [
        path.relative_to(ASSETS).as_posix()
        for path in PAGE_MODULES
        if by_id.search(without_comments(path.read_text(encoding="utf-8")))
    ]
    assert found == ["page/elements.js"]


def test_core_does_not_use_the_dom():
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
    for path in PAGE_MODULES:
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


def test_nothing_loads_from_a_cdn():
    sources = [*PAGE_MODULES, *LOADERS, *ASSETS.glob("styles/*.css"), *MODULES]
    pattern = re.compile(r"https?://[^\s\"')]*(cdn|unpkg|jsdelivr|googleapis)")
    found = [path.name for path in sources if pattern.search(path.read_text(encoding="utf-8"))]
    assert found == []
