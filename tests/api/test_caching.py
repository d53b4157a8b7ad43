"""Which files the server lets browsers keep."""

from bertviz_space.page.published_assets import published_script
from tests.api.clients import get


def test_browsers_keep_only_the_scripts_and_styles_of_the_page(url):
    script = published_script()["url"].lstrip("/")
    kept = get(url + script).raise_for_status()
    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for other in ("", "config", script.replace("modules.js", "gone.js")):
        assert "immutable" not in get(url + other).headers.get("Cache-Control", "")
