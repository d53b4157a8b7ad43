"""The URL of the Space's page on the Hub, from what Hugging Face sets on a Space."""

import pytest

from bertviz_space.page.space_url import space_url

HOST = "someone-bert-viz.hf.space"


def with_variables(monkeypatch, space_id: str, host: str) -> str:
    monkeypatch.setenv("SPACE_ID", space_id)
    monkeypatch.setenv("SPACE_HOST", host)
    return space_url()


@pytest.mark.parametrize("space_id", ["someone/bert-viz", "a_b/c.d", "A/0"])
def test_a_space_has_a_page_on_the_hub(monkeypatch, space_id):
    assert (
        with_variables(monkeypatch, space_id, HOST) == f"https://huggingface.co/spaces/{space_id}"
    )


@pytest.mark.parametrize(
    ("space_id", "host"),
    [
        ("", HOST),
        ("someone/bert-viz", ""),
        ("someone", HOST),
        ("../../login", HOST),
        ("someone/..", HOST),
        ("someone/bert?text=a", HOST),
        ("someone/bert#a", HOST),
        ("someone/bert\n", HOST),
        ("someone/bert", "https://elsewhere.test/"),
    ],
)
def test_other_variables_are_no_space(monkeypatch, space_id, host):
    assert with_variables(monkeypatch, space_id, host) == ""
