"""Every notebook of the repository runs from the first to the last cell."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from transformers import AutoTokenizer, BertForSequenceClassification

from tests.notebook.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="session")
def classifier(models, tmp_path_factory) -> Path:
    """Return the folder of a fine-tuned model, as ``save_pretrained`` writes it."""
    folder = tmp_path_factory.mktemp("classifier")
    BertForSequenceClassification.from_pretrained(models["bert"]).save_pretrained(folder)
    AutoTokenizer.from_pretrained(models["bert"]).save_pretrained(folder)
    return folder


def set_variable(notebook, name, value):
    """Replace the value of a variable in the only cell that sets it."""
    [cell] = [each for each in notebook.cells if each.source.startswith(f"{name} = ")]
    assert "\n" not in cell.source
    cell.source = f"{name} = {str(value)!r}"


def test_there_is_a_notebook_for_each_view_and_model_and_one_for_an_own_model():
    views = [
        f"{view}_view_{model}" for view in ("head", "model", "neuron") for model in ("bert", "gpt2")
    ]
    assert [path.stem for path in NOTEBOOKS] == sorted([*views, "own_model"])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_its_views(path, models, classifier, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells), "outputs are not committed"
    if path.stem == "own_model":
        set_variable(notebook, "MODEL", classifier)
        set_variable(notebook, "BEFORE", models["bert"])
    else:
        set_variable(notebook, "MODEL", models[path.stem.rpartition("_")[2]])
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": tmp_path}})
    client.execute()
    calls = [cell for cell in notebook.cells if "_view(" in cell.source or ".show(" in cell.source]
    assert calls
    for cell in calls:
        [view] = [each for each in cell.outputs if each.output_type == "display_data"]
        assert "application/vnd.jupyter.widget-view+json" in view.data
        assert view.data["text/html"].startswith("<img src=")
    words = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert any("**What to look at.**" in text for text in words)
