"""Documentation and comments name only files, folders, tests, modules and classes that exist."""

import ast
import builtins
import io
import os
import re
import tokenize
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "bertviz_space"
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
MODULES = sorted(PACKAGE.rglob("*.py"))
SCRIPTS = sorted(path for path in (ROOT / "assets").rglob("*.js") if path.parent.name != "vendor")

# Files and folders of other projects, which comments name.
FOREIGN = {"dist/d3.min.js"}

FILE = re.compile(r"(?<![\w./:-])[\w*][\w.*/-]*\.(?:py|js|wat|css|md|toml)\b")
FOLDER = re.compile(r"(?<![\w./:-])[a-z_]\w*(?:/\w+)*/(?![\w*.~-])")
TEST = re.compile(r"\btest_\w+\*?")
# A test in JavaScript, as a document names it, and its title in a file.
SCRIPT_TEST = re.compile(r"`([\w/]+\.test\.js)::([^`]+)`")
TITLE = re.compile(r"""\btest\(\s*"([^"]+)",""")
MODULE = re.compile(r"[a-z]\w*(?:\.\w+)+")
CLASS = re.compile(r"([A-Z]\w*[a-z]\w*)(?:\.(\w+))?")


# Folders that hold no file of this repository.
NOT_TRACKED = {".git", ".venv", ".venv-notebook", "dist", "node_modules", "__pycache__"}


@cache
def files() -> list[PurePosixPath]:
    """Return the paths of this repository's files."""
    found: list[PurePosixPath] = []
    for folder, subfolders, names in os.walk(ROOT):
        subfolders[:] = [name for name in subfolders if name not in NOT_TRACKED]
        relative = PurePosixPath(folder).relative_to(ROOT.as_posix())
        found += [relative / name for name in names]
    return found


@cache
def folders() -> set[PurePosixPath]:
    return {folder for path in files() for folder in path.parents}


@cache
def names_of_tests() -> set[str]:
    """Return the names of all test functions and test modules in Python."""
    paths = sorted((ROOT / "tests").rglob("*.py"))
    functions = {
        name
        for path in paths
        for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))
    }
    return functions | {path.stem for path in paths}


def prose_of(path: Path) -> str:
    """Return the text of a document, or the comments and docstrings of a module."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return "\n".join([*python_comments(source), *docstrings(source)])
    if path.suffix == ".js":
        return "\n".join(re.findall(r"(?s)/\*.*?\*/|(?<!\S)//[^\n]*", source))
    return source


def python_comments(source: str) -> Iterator[str]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def docstrings(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""


def is_end_of(named: str, path: PurePosixPath) -> bool:
    """Return whether a path ends with the named parts, which may contain ``*``."""
    parts = named.strip("/").split("/")
    return len(path.parts) >= len(parts) and all(
        fnmatchcase(part, pattern)
        for part, pattern in zip(path.parts[-len(parts) :], parts, strict=True)
    )


@pytest.mark.parametrize(
    "path", [*DOCUMENTS, *MODULES, *SCRIPTS], ids=lambda path: str(path.relative_to(ROOT))
)
def test_every_file_and_test_that_is_named_exists(path):
    prose = prose_of(path)
    missing = [
        name
        for name in FILE.findall(prose)
        if name not in FOREIGN and not any(is_end_of(name, each) for each in files())
    ]
    missing += [
        name
        for name in TEST.findall(prose)
        if not any(fnmatchcase(each, name) for each in names_of_tests())
    ]
    assert missing == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_javascript_test_that_a_document_names_exists(path):
    missing = [
        (file, title)
        for file, title in SCRIPT_TEST.findall(path.read_text(encoding="utf-8"))
        if title not in TITLE.findall((ROOT / "tests" / file).read_text(encoding="utf-8"))
    ]
    assert missing == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_folder_that_a_document_names_exists(path):
    code = re.findall(r"`([^`\n]+)`", prose_of(path))
    named = [name for span in code for name in FOLDER.findall(span)]
    assert [name for name in named if not any(is_end_of(name, each) for each in folders())] == []


@pytest.mark.parametrize(
    "path", [each for each in MODULES if each.name == "__init__.py"],
    ids=lambda path: path.parent.name,
)  # fmt: skip
def test_a_package_docstring_names_its_modules_and_no_others(path):
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    named = set(re.findall(r"``([a-z]\w*)``", docstring))
    folder = path.parent
    there = {each.stem for each in folder.glob("*.py")} - {"__init__", "__main__"}
    there |= {each.parent.name for each in folder.glob("*/__init__.py")}
    assert named - there - {"assets"} == set()
    assert there - named == set()


@cache
def definitions(module: Path) -> dict[str, set[str]]:
    """Return the names that a module defines, each with the names inside its class."""
    found: dict[str, set[str]] = {}
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            inner = [each for each in ast.walk(node) if isinstance(each, ast.FunctionDef)]
            found[node.name] = {each.name for each in inner}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {each.id: set() for each in targets if isinstance(each, ast.Name)}
    return found


def is_missing(dotted: str, module: Path) -> bool:
    """Return whether a dotted name begins with a module or folder, but does not exist in it.

    Args:
        dotted: a name such as ``files.wire`` or ``links.query_of``.
        module: the module that mentions it; names are relative to its folders.
    """
    first, *rest = dotted.split(".")
    for folder in module.parents[: len(module.relative_to(PACKAGE).parts)]:
        place = folder / first
        while place.is_dir() and rest:
            place /= rest.pop(0)
        file = place.with_suffix(".py")
        if file.is_file():
            return bool(rest) and rest[0] not in definitions(file)
        if (folder / first).is_dir():
            return not place.is_dir()
    return False


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_module_that_a_comment_names_exists(path):
    named = [
        name
        for name in re.findall(r"``([\w.]+)``", prose_of(path))
        if MODULE.fullmatch(name) and not name.endswith(".json")
    ]
    assert [name for name in named if is_missing(name, path)] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_class_that_a_document_names_exists(path):
    defined = {name: inner for module in MODULES for name, inner in definitions(module).items()}
    code = re.findall(r"`([^`\n]+)`", prose_of(path))
    named = [match.groups() for span in code if (match := CLASS.fullmatch(span))]
    missing = [
        (name, method)
        for name, method in named
        if name not in dir(builtins)
        and (name not in defined or (method is not None and method not in defined[name]))
    ]
    assert missing == []
