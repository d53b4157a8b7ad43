"""Test with axe-core that the page has no serious violation of the accessibility guidelines (WCAG).

Gradio 6.31 itself has one minor violation, ``image-redundant-alt`` in the page's footer.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.reader import expect_drawn, figure, open_page, show, token, view

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"

# Returns the serious violations with their elements, and how many rules the page has passed.
_CHECK = """async () => {
  const { violations, passes } = await axe.run();
  const isSerious = ({ impact }) => ["serious", "critical"].includes(impact);
  const describe = ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(" | ")}`;
  return [violations.filter(isSerious).map(describe), passes.length];
}"""


def expect_no_violation(page: Page) -> None:
    """Check the whole page as it is now."""
    violations, num_passes = page.evaluate(_CHECK)
    assert violations == []
    assert num_passes > 30


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_view_has_a_serious_violation(page, url, theme):
    open_page(page, url, f"?__theme={theme}")
    page.add_script_tag(path=AXE)
    expect_no_violation(page)
    head = view(page, "head")
    token(figure(head), "queries", 2).click()
    expect_drawn(head)
    expect_no_violation(page)
    model = show(page, "model")
    expect_drawn(model, "All")
    model.get_by_role("button", name="Layer 1, Head 1", exact=True).click()
    expect_drawn(model, "All, Layer 1, Head 1")
    expect_no_violation(page)
    neuron = show(page, "neuron")
    expect_drawn(neuron)
    neuron.get_by_role("button", name="Show query and key vectors").first.click()
    expect_drawn(neuron, "All, layer 0, head 0, expanded")
    expect_no_violation(page)
    expect_drawn(show(page, "matrix"))
    expect_no_violation(page)
    neuron = show(page, "neuron")
    page.set_viewport_size({"width": 390, "height": 844})
    expect_drawn(neuron)
    expect_no_violation(page)
    neuron.get_by_text("Save", exact=True).click()
    expect_no_violation(page)
