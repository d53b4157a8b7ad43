"""The views in a browser that blocks WebAssembly, as an administrator or a policy of a page may."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from bertviz_space.page.components import HeadView, ModelView, NeuronView
from tests.browser.reader import expect_drawn


@pytest.mark.parametrize("view", [HeadView, ModelView, NeuronView])
def test_a_view_shows_the_same_picture_without_webassembly(page, open_view, pair, view):
    def picture() -> np.ndarray:
        host = open_view(view, pair)
        expect_drawn(host)
        # Not the controls above: Chromium draws a few of their pixels differently each time.
        shot = host.locator(".bertviz-figure:visible, .bertviz-grid").screenshot()
        return np.asarray(Image.open(BytesIO(shot)).convert("RGB")).astype(int)

    expected = picture()
    assert expected.min() < 200
    with page.add_init_script("delete globalThis.WebAssembly"):
        found = picture()
        assert page.evaluate("typeof WebAssembly") == "undefined"
    assert np.abs(found - expected).max() <= 1
