"""A reader opens a marimo app whose cell ends with a view."""

from playwright.sync_api import expect

from tests.free_port import free_port
from tests.notebook.conftest import serving

APP = """
import marimo

app = marimo.App()


@app.cell
def _():
    from bertviz_space import head_view
    from transformers import AutoModel, AutoTokenizer

    folder = {folder!r}
    model, tokenizer = AutoModel.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    head_view(model, tokenizer, "The cat sat on the mat", layer=3)
    return


if __name__ == "__main__":
    app.run()
"""


def test_the_last_line_of_a_cell_shows_the_view(models, page, tmp_path):
    path = tmp_path / "app.py"
    path.write_text(APP.format(folder=str(models["bert"])), encoding="utf-8")
    with free_port() as port:
        arguments = [
            "marimo", "run", str(path), "--headless", "--host=127.0.0.1", f"--port={port}",
            "--no-token",
        ]  # fmt: skip
        with serving(arguments, f":{port}", tmp_path):
            page.goto(f"http://127.0.0.1:{port}")
            frame = page.frame_locator("iframe.bertviz-notebook-frame")
            expect(frame.get_by_role("heading", name="layer 3, heads 0 to 11")).to_be_visible()
            expect(frame.locator("canvas").first).to_be_visible()
            page.close()
