"""Which files the server lets browsers keep."""

from bertviz_space.page.components import HeadView
from tests.api.clients import get


def test_browsers_keep_only_the_modules_of_the_page(url):
    module = HeadView().view_module["url"].lstrip("/")
    kept = get(url + module).raise_for_status()
    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for other in ("", "config", module.replace("head.js", "gone.js")):
        assert "immutable" not in get(url + other).headers.get("Cache-Control", "")
