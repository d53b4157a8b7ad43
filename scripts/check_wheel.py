"""Build the wheel of the package, and try it in a new environment outside this repository.

``make wheel`` runs it. The wheel stays in ``dist/``.
"""

import shutil
import subprocess
import sys
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
DIST = ROOT / "dist"

# What each environment has to do, in a folder that contains nothing else.
_BASE = """
import importlib.util
from transformers import AutoModel, AutoTokenizer
import bertviz_space
from bertviz_space.asset_folder import asset_folder

missing = [name for name in ("gradio", "anywidget") if importlib.util.find_spec(name)]
assert not missing, f"the base installs {missing}"
package = asset_folder().parent
assert package.name == "bertviz_space" and "site-packages" in package.parts, package
folder = asset_folder() / "demo_models" / "tiny-bert"
model, tokenizer = AutoModel.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
for name in bertviz_space.__all__:
    getattr(bertviz_space, name)
show = bertviz_space.neuron_view.show
for view in (bertviz_space.head_view, bertviz_space.model_view, show):
    page = view(model, tokenizer, "The cat sat on the mat", html_action="return")
    assert "<iframe" in page._repr_html_()
    print(f"{view.__module__}.{view.__name__}: {len(page.data):,} bytes")
"""
_NOTEBOOK = """
from transformers import AutoModel, AutoTokenizer
from bertviz_space import head_view
from bertviz_space.asset_folder import asset_folder

folder = asset_folder() / "demo_models" / "tiny-gpt2"
model, tokenizer = AutoModel.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
view = head_view(model, tokenizer, "The cat sat", html_action="return", as_widget=True)
print(type(view).__name__, list(view._repr_mimebundle_()[0]))
"""


def build() -> Path:
    """Build the wheel and return its path."""
    shutil.rmtree(DIST, ignore_errors=True)
    _pip(sys.executable, "wheel", "--no-deps", f"--wheel-dir={DIST}", str(ROOT))
    [wheel] = DIST.glob("*.whl")
    return wheel


def main() -> None:
    """Build the wheel, install it without and with the extra for notebooks, and use it."""
    wheel = build()
    print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB")
    with TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder) / "bin" / "python")
        for what, code in ((str(wheel), _BASE), (f"{wheel}[notebook]", _NOTEBOOK)):
            _pip(python, "install", what)
            subprocess.run([python, "-I", "-c", code], cwd=folder, check=True)


def _pip(python: str, *arguments: str) -> None:
    command = [python, "-m", "pip", *arguments, "--quiet", "--disable-pip-version-check"]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
