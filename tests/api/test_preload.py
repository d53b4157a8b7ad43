"""The files that the page names at its start, so that a browser fetches them at once."""

import re

from bertviz_space.page.gradio_files import gradio_files
from tests.api.clients import get


def preloads(url: str, query: str = "") -> dict[str, str]:
    """Return how to preload each file, by its URL relative to the page."""
    page = get(f"{url}{query}").raise_for_status().text
    return dict(re.findall(r'<link href="([^"]*)" ([^>]*) />', page))


def own(files: dict[str, str]) -> list[tuple[str, str]]:
    """Return the names of the files that are not Gradio's."""
    return [
        (path.rpartition("/")[2], how)
        for path, how in files.items()
        if path.startswith("gradio_api/")
    ]


def test_the_page_names_its_script_its_styles_and_the_files_of_its_first_picture(url):
    files = preloads(url)
    assert own(files) == [
        ("modules.js", 'rel="modulepreload"'),
        ("views.css", 'rel="preload" as="style"'),
        ("manifest.json", 'rel="preload" as="fetch" crossorigin'),
        ("self-0.safetensors", 'rel="preload" as="fetch" crossorigin'),
    ]
    for path in files:
        assert not path.startswith("/")  # a proxy may serve the page at another path
        get(url + path).raise_for_status()


def test_a_link_to_a_text_does_not_preload_another_picture(url):
    files = preloads(url, "?model=tiny-bert&text=The+cat")
    assert [name for name, _ in own(files)] == ["modules.js", "views.css"]


def test_the_page_names_the_files_of_its_own_components_only():
    of_html, of_plots = (set(gradio_files(frozenset([name]))) for name in ("html", "nativeplot"))
    assert any("HTML" in path for path in of_html - of_plots)
    assert of_plots - of_html


def test_only_the_page_names_files(url):
    for path in ("config", "gradio_api/info", "gone"):
        assert "modulepreload" not in get(url + path).text


def test_the_page_is_compressed_for_browsers_that_accept_it(url):
    page = get(url)
    assert page.headers["Content-Encoding"] == "gzip"
    assert int(page.headers["Content-Length"]) < len(page.content) / 4
    plain = get(url, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert int(plain.headers["Content-Length"]) == len(plain.content)
