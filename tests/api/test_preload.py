"""The files that the server names with the page, so that a browser fetches them at once."""

import re

from tests.api.clients import get


def preloads(url: str, query: str = "") -> dict[str, str]:
    """Return how to preload each file, by its address relative to the page."""
    link = get(f"{url}{query}").raise_for_status().headers["Link"]
    return dict(re.findall(r"<([^>]*)>; ([^,]*)", link))


def test_the_page_names_its_script_its_styles_and_the_files_of_its_first_picture(url):
    files = preloads(url)
    assert [(path.rpartition("/")[2], how) for path, how in files.items()] == [
        ("modules.js", "rel=modulepreload"),
        ("views.css", "rel=preload; as=style"),
        ("manifest.json", "rel=preload; as=fetch; crossorigin"),
        ("self-0.safetensors", "rel=preload; as=fetch; crossorigin"),
    ]
    for path in files:
        assert not path.startswith("/")  # a proxy may serve the page at another path
        get(url + path).raise_for_status()


def test_a_link_to_a_text_does_not_preload_another_picture(url):
    files = preloads(url, "?model=tiny-bert&text=The+cat")
    assert [path.rpartition("/")[2] for path in files] == ["modules.js", "views.css"]


def test_only_the_page_has_the_header(url):
    for path in ("config", "gradio_api/info", "gone"):
        assert "Link" not in get(url + path).headers
