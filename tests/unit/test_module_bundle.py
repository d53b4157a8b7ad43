"""Bundled modules have the same exports as separate ones."""

import json
import shutil
import subprocess

import pytest

from bertviz_space import module_bundle
from bertviz_space.asset_folder import asset_folder
from bertviz_space.module_bundle import bundle, without_comments

# Prints the names of the exports of each module in a bundle, and of each separate module.
_COMPARE = """
import { pathToFileURL } from "node:url";
const [bundle, assets] = process.argv.slice(1);
const { modules } = await import(pathToFileURL(bundle));
const names = {};
for (const [path, bundled] of Object.entries(modules)) {
  const separate = await import(pathToFileURL(`${assets}/${path}`));
  names[path] = [bundled, separate].map((each) => Object.keys(each).sort());
}
console.log(JSON.stringify(names));
"""

# Options with which the TypeScript compiler writes JavaScript as it is, without comments.
_WITHOUT_COMMENTS = [
    *("--allowJs", "--ignoreConfig", "--noCheck", "--noResolve", "--removeComments"),
    *("--target", "esnext"),
]


def bundled(folder, monkeypatch, **texts: str) -> str:
    """Return the bundle of some modules, of which ``a`` is the entry."""
    for name, text in texts.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    monkeypatch.setattr(module_bundle, "asset_folder", lambda: folder)
    return bundle.__wrapped__("a.js")


def result_of(code: str, tmp_path) -> object:
    """Return ``modules["a.js"].result`` of a bundle."""
    path = tmp_path / "bundle.mjs"
    path.write_text(code, encoding="utf-8")
    program = (
        "import(process.argv[1])"
        '.then(({ modules }) => console.log(JSON.stringify(modules["a.js"].result)))'
    )
    done = subprocess.run(
        ["node", "-e", program, path.as_uri()], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_every_module_of_the_page_has_the_same_exports_in_a_bundle(tmp_path):
    assets = asset_folder()
    entries = sorted(
        path.relative_to(assets).as_posix()
        for folder in ("page", "views")
        for path in (assets / folder).rglob("*.js")
    )
    path = tmp_path / "bundle.mjs"
    path.write_text(bundle(*entries), encoding="utf-8")
    done = subprocess.run(
        ["node", "--input-type=module", "-e", _COMPARE, "--", str(path), str(assets)],
        capture_output=True,
        text=True,
        check=True,
    )
    names = json.loads(done.stdout)
    assert set(entries) < set(names)
    assert "core/geometry/rows.js" in names
    for path, (from_bundle, separate) in names.items():
        assert from_bundle == separate, path


def test_imports_and_exports_of_each_kind_are_bundled(tmp_path, monkeypatch):
    code = bundled(
        tmp_path,
        monkeypatch,
        a='import "./effect.js";\n'
        'import TEXT from "./b.js";\n'
        'import {\n  one,\n  two as second,\n} from "./b.js";\n'
        "/** import and export in a comment */\n"
        "export const result = [globalThis.effect, TEXT, one, second(), new Three().x];\n"
        'import { Three } from "./b.js";\n',
        b="export default `text\n` + 1;\n"
        "const numbers = { one: 1 };\n"
        "export const { one } = numbers;\n"
        "export function two() {\n  return 2;\n}\n"
        "export class Three {\n  x = 3;\n}\n",
        effect="globalThis.effect = 0;\nexport {};\n",
    )
    assert result_of(code, tmp_path) == [0, "text\n1", 1, 2, 3]


def compiled(folder) -> dict[str, str]:
    """Return the code of each module in a folder without comments, as the compiler writes it."""
    output = folder.with_name(f"{folder.name}-compiled")
    modules = [str(path) for path in folder.rglob("*.js")]
    folders = ["--rootDir", str(folder), "--outDir", str(output)]
    compiler = asset_folder().parent / "node_modules" / ".bin" / "tsc"
    subprocess.run([compiler, *_WITHOUT_COMMENTS, *folders, *modules], check=True)
    return {
        path.relative_to(output).as_posix(): path.read_text(encoding="utf-8")
        for path in output.rglob("*.js")
    }


def test_only_comments_are_left_out_of_modules(tmp_path):
    before, after = tmp_path / "before", tmp_path / "after"
    shutil.copytree(asset_folder(), before, ignore=shutil.ignore_patterns("vendor", "demo_models"))
    shutil.copytree(before, after)
    for path in after.rglob("*.js"):
        text = without_comments(path.read_text(encoding="utf-8"))
        assert " * @param" not in text, path
        path.write_text(text, encoding="utf-8")
    modules = compiled(before)
    assert len(modules) > 100
    assert compiled(after) == modules


def test_the_comments_of_other_authors_stay():
    assert "Copyright" in bundle.__wrapped__("drawing/element.js")


def test_modules_do_not_see_each_others_names(tmp_path, monkeypatch):
    code = bundled(
        tmp_path,
        monkeypatch,
        a='import { value } from "./b.js";\nconst hidden = 1;\n'
        "export const result = [hidden, value];\n",
        b="const hidden = 2;\nexport const value = hidden;\n",
    )
    assert result_of(code, tmp_path) == [1, 2]


def test_modules_that_import_each_other_are_refused(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match=r"import each other: a.js -> b.js -> a.js"):
        bundled(
            tmp_path,
            monkeypatch,
            a='import { b } from "./b.js";\nexport const a = 1;\n',
            b='import { a } from "./a.js";\nexport const b = 1;\n',
        )


@pytest.mark.parametrize(
    "statement",
    ["export let number = 1;", 'export * from "./b.js";', 'import * as b from "./b.js";'],
)
def test_a_statement_that_cannot_be_bundled_is_refused(tmp_path, monkeypatch, statement):
    with pytest.raises(ValueError, match=r"a\.js: “.*” cannot be bundled"):
        bundled(tmp_path, monkeypatch, a=f"{statement}\n", b="export const b = 1;\n")
