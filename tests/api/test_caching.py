"""Which files the server lets browsers keep."""

import pytest

from bertviz_space.page.published_assets import published_script
from tests.api.clients import get


@pytest.mark.parametrize("file", ["page/modules.js", "styles/views.css"])
def test_browsers_cache_only_the_script_and_the_styles_of_the_page(url, file):
    script = published_script()["url"].lstrip("/")
    kept = get(url + script.replace("page/modules.js", file)).raise_for_status()
    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for other in ("", "config", script.replace("modules.js", "gone.js")):
        assert "immutable" not in get(url + other).headers.get("Cache-Control", "")
