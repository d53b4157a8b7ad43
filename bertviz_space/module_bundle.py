"""Bundles modules of ``assets/``, so that a browser needs one request for all of them.

In the bundle, a module is a function that is called once and returns what the module exports::

    modules["core/geometry/rows.js"] = (() => {
    ...
    return { numRows, rowAt };
    })();

So no module sees the names of another one, and an import is a variable. This has the same meaning
as in separate modules if every export is a constant, and no two modules import each other.
"""

import re
from collections.abc import Iterator
from functools import cache
from os.path import normpath
from pathlib import PurePosixPath

from .asset_folder import asset_folder

_IMPORT = re.compile(r'^import (?:(\{[^}]*\}|\w+) from )?"(\.[^"]+)";$', re.MULTILINE)
_EXPORT = re.compile(
    r"^export (?:(default) |((?:async )?(?:function\*?|class|const) )(\w+|\{[^}]*\})|\{\};$)",
    re.MULTILINE,
)
# A comment on lines of its own. It is a third of the bundle as a browser receives it.
_COMMENT = re.compile(r"^ *(?://.*|/\*\*(?:[^*]|\*(?!/))*\*/)\n", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


@cache
def bundle(*entries: str) -> str:
    """Return a module that contains modules and all modules that they import.

    Its export ``modules`` is an object with the exports of each module.

    Args:
        entries: paths of modules in ``assets/``.

    Raises:
        ValueError: if modules import each other, or contain an import or export that cannot be
            bundled, such as ``export let``.
    """
    texts: dict[str, str] = {}
    for entry in entries:
        _add(entry, (), texts)
    return "\n".join(["export const modules = {};", *texts.values()])


def _add(path: str, importers: tuple[str, ...], texts: dict[str, str]) -> None:
    """Add the text of a module, after those of the modules that it imports."""
    if path in importers:
        raise ValueError(f"modules import each other: {' -> '.join([*importers, path])}")
    if path in texts:
        return
    code = (asset_folder() / path).read_text(encoding="utf-8")
    if not path.startswith("vendor/"):  # its comments name the copyright
        code = without_comments(code)
    for match in _IMPORT.finditer(code):
        _add(_imported(path, match[2]), (*importers, path), texts)
    texts[path] = _function_of(path, code)


def without_comments(code: str) -> str:
    """Return the code of a module without the comments that are on lines of their own."""
    return _COMMENT.sub("", code)


def _imported(path: str, relative: str) -> str:
    """Return the path of a module that a module imports."""
    return normpath(PurePosixPath(path).parent / relative)


def _function_of(path: str, code: str) -> str:
    """Return the statement that sets the exports of a module."""
    exports = [name for match in _EXPORT.finditer(code) for name in _names_of(match)]
    lines = [f'modules["{path}"] = (() => {{']
    for names, relative in _IMPORT.findall(code):
        if names:
            target = names.replace(" as ", ": ") if "{" in names else f"{{ default: {names} }}"
            lines.append(f'const {target} = modules["{_imported(path, relative)}"];')
    body = _EXPORT.sub(_declaration, _IMPORT.sub("", code))
    if other := _OTHER.search(body):
        raise ValueError(f"{path}: “{other[0]}” cannot be bundled")
    return "\n".join([*lines, body, f"return {{ {', '.join(exports)} }};", "})();\n"])


def _names_of(export: re.Match[str]) -> Iterator[str]:
    """Yield the names that a statement exports."""
    if export[1]:
        yield "default: defaultExport"
    elif export[3]:
        yield from re.findall(r"\w+", export[3])


def _declaration(export: re.Match[str]) -> str:
    """Return the beginning of a statement without the keyword ``export``."""
    if export[1]:
        return "const defaultExport = "
    return f"{export[2]}{export[3]}" if export[3] else ""
