"""The client of the load test sends what the page sends."""

import json

from bench.soak.page import PageClient


def test_a_visit_without_a_browser_runs_a_text_and_reads_its_result(url):
    with PageClient(url.rstrip("/")) as page:
        ending = page.run("tiny-bert", "The cat sat", "The dog ran")
        assert ending.kind == "status", ending.text
        assert ending.text.startswith("tiny-bert ")
        assert ending.text.endswith(" 9 tokens")
        assert ending.manifest is not None
        manifest = json.loads(page.get(ending.manifest))
        assert manifest["model"]["model_id"] == "tiny-bert"


def test_a_visit_without_a_browser_receives_the_message_about_bad_input(url):
    with PageClient(url.rstrip("/")) as page:
        ending = page.run("no/such model", "The cat")
        assert (ending.kind, ending.manifest) == ("error", None)
        assert ending.text.startswith("This is not a model id")
