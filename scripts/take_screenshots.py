"""Takes the pictures in the README: ``make screenshots``.

It takes each view of three models, a long text, a run without one head, two compared texts, the
whole page, and a saved SVG, and writes them into docs/screenshots.
"""

import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from playwright.sync_api import Page, ViewportSize

from tests.chromium import open_chromium
from tests.hub_cache import MINILM, use_cache_of

FOLDER = Path(__file__).parent.parent / "docs" / "screenshots"
WINDOW = ViewportSize(width=1366, height=768)
PAIR = ("The cat sat on the mat", "The cat lay on the rug")
REPEATED = "The cat sat on the mat near the door. The cat sat on the mat near"


@dataclass(frozen=True)
class Scene:
    """A model and its texts, and the layer, head and query token to show in the views."""

    name: str
    model_id: str
    text: str
    text_b: str
    layer: int
    head: int
    query: int


SCENES = (
    Scene("tiny-bert", "tiny-bert", *PAIR, layer=1, head=2, query=2),
    Scene("tiny-gpt2", "tiny-gpt2", REPEATED, "", layer=1, head=0, query=12),
    Scene("minilm", MINILM, *PAIR, layer=2, head=4, query=2),
)

# The model takes 512 tokens and cuts the rest.
README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
_TEXT = README.partition("# BertViz Space")[2][:10_000]
WHAT_IF = Scene(
    "what-if", "tiny-gpt2", "lamp river stone garden lamp river stone", "", layer=0, head=3, query=8
)
COMPARED = Scene(
    "compared", MINILM, "The nurse helped the doctor because she was kind", "", 4, 10, query=9
)
OTHER_TEXT = "The nurse helped the doctor because the old man was kind"
LONG = Scene("long", MINILM, _TEXT, "", layer=2, head=0, query=0)


def run(page: Page, scene: Scene) -> None:
    """Enter the scene's model and texts, and press Run."""
    model = page.get_by_role("listbox", name="Model").or_(page.get_by_label("Model")).first
    model.click()
    model.fill(scene.model_id)
    model.press("Enter")
    second = page.get_by_label("Second text")
    if scene.model_id == "tiny-gpt2":
        second.wait_for(state="hidden")
    else:
        second.fill(scene.text_b)
    page.get_by_label("Text", exact=True).fill(scene.text)
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator('.bertviz-outcome[data-kind="status"]', has_text=scene.model_id).wait_for()
    # The picture before may still be there.
    title = page.locator(".bertviz-head .bertviz-title")
    title.filter(has_text=scene.model_id).filter(has_text=scene.text[:20]).wait_for()
    ready(page, "head")


def ready(page: Page, view: str, state: str = "") -> None:
    """Wait until a view has drawn; with ``state``, until it shows that state."""
    drawn = f'[data-ready*="{state}"]' if state else "[data-ready]"
    page.locator(f".bertviz-host{drawn}:has(.bertviz-{view})").wait_for()


def pick(page: Page, view: str, label: str, choice: int) -> None:
    """Choose a number in one of a view's pickers."""
    page.locator(f".bertviz-{view} label", has_text=label).locator("select").select_option(
        str(choice)
    )


def take(page: Page, scene: Scene, theme: str) -> None:
    """Take pictures of the four views of a scene, and of MiniLM without its special tokens."""
    pick(page, "head", "Layer", scene.layer)
    ready(page, "head", f"layer {scene.layer}")
    shoot(page, "head", scene, theme)
    if (scene.name, theme) == ("tiny-bert", "light"):
        save(page, "saved-head-tiny-bert.svg")

    page.get_by_role("tab", name="Model view").click()
    ready(page, "model")
    page.get_by_role("button", name=f"Layer {scene.layer}, Head {scene.head}").click()
    ready(page, "model", "Head")
    page.mouse.move(0, 0)
    shoot(page, "model", scene, theme)

    page.get_by_role("tab", name="Neuron view").click()
    ready(page, "neuron")
    pick(page, "neuron", "Layer", scene.layer)
    pick(page, "neuron", "Head", scene.head)
    page.get_by_role("button", name="Show query and key vectors").first.click()
    ready(page, "neuron", f"layer {scene.layer}, head {scene.head}, expanded")
    column = ".bertviz-neuron .bertviz-figure:visible .bertviz-queries"
    page.locator(f'{column} [data-position="{scene.query}"]').hover()
    shoot(page, "neuron", scene, theme)

    page.get_by_role("tab", name="Matrix view").click()
    page.locator(".bertviz-matrix").get_by_role("button", name="One", exact=True).click()
    ready(page, "matrix", f"layer {scene.layer}, head {scene.head}")
    page.mouse.move(0, 0)
    shoot(page, "matrix", scene, theme)

    if scene.model_id == MINILM:
        page.get_by_role("tab", name="Head view").click()
        head = page.locator(".bertviz-head")
        head.locator(".bertviz-filter summary").click()
        head.get_by_label("Hide attention to special tokens").check()
        head.locator(".bertviz-filter-note", has_text="lines are hidden").wait_for()
        page.keyboard.press("Escape")
        shoot(page, "head", replace(scene, name="filtered"), theme)


def take_long(page: Page, theme: str) -> None:
    """Take two pictures of the head view of a long text: a token that was found, and all tokens."""
    run(page, LONG)
    ready(page, "head")
    pick(page, "head", "Layer", LONG.layer)
    ready(page, "head", f"layer {LONG.layer}")
    field = page.locator(".bertviz-head").get_by_label("Find")
    field.fill("softmax")
    field.press("Enter")
    shoot(page, "head", LONG, theme)
    page.get_by_role("button", name="Show all tokens at once").click()
    page.locator(".bertviz-head .bertviz-pinned").press("Escape")
    field.focus()
    ready(page, "head")
    shoot(page, "head", replace(LONG, name="long-all"), theme)


def take_what_if(page: Page, url: str, theme: str) -> None:
    """Take a picture of the prediction without a head, and of the effect of each other head."""
    off = "interventions=zero+L0H3&heads=3&pinned=query,8"
    page.goto(f"{url}?__theme={theme}&model={WHAT_IF.model_id}&text={WHAT_IF.text}&{off}")
    ready(page, "head")
    page.get_by_role("button", name="Switch off each head in turn").click()
    page.get_by_role("button", name="Layer 3, Head 3:").wait_for()
    page.mouse.move(0, 0)
    shoot(page, "head", WHAT_IF, theme)


def take_comparison(page: Page, url: str, theme: str) -> None:
    """Take a picture of two texts side by side, with one pinned token."""
    shown = f"text={COMPARED.text}&other_text={OTHER_TEXT}&layer={COMPARED.layer}"
    pinned = f"heads={COMPARED.head}&pinned=query,{COMPARED.query}"
    page.goto(f"{url}?__theme={theme}&model={COMPARED.model_id}&{shown}&{pinned}")
    ready(page, "head", "both")
    page.mouse.move(0, 0)
    shoot(page, "head", COMPARED, theme)


def shoot(page: Page, view: str, scene: Scene, theme: str) -> None:
    """Write the picture of one view, with a margin around it."""
    box = page.locator(f".bertviz-{view}").bounding_box()
    assert box is not None
    margin = 16  # pixels
    # The box is relative to the window, the picture to the page.
    scrolled = page.evaluate("scrollY")
    page.screenshot(
        path=FOLDER / f"{view}-{scene.name}-{theme}.png",
        full_page=True,
        clip={
            "x": box["x"] - margin,
            "y": box["y"] + scrolled - margin,
            "width": box["width"] + 2 * margin,
            "height": box["height"] + 2 * margin,
        },
    )


def save(page: Page, name: str) -> None:
    """Save the picture of the head view as SVG, with its Save menu."""
    view = page.locator(".bertviz-head")
    view.get_by_text("Save", exact=True).click()
    with page.expect_download() as download:
        view.get_by_role("button", name="Picture as SVG").click()
    download.value.save_as(FOLDER / name)


def main() -> None:
    """Run the Space, and take all pictures."""
    home = Path(tempfile.mkdtemp(prefix="bertviz-space-screenshots-"))
    use_cache_of(home)
    from bertviz_space.space import build_demo, launch

    demo = build_demo()
    _, url, _ = launch(demo, prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open_chromium() as browser:
        for theme in ("light", "dark"):
            for scene in SCENES:
                page = browser.new_page(viewport=WINDOW)
                page.goto(f"{url}?__theme={theme}")
                run(page, scene)
                if scene.name == "minilm":
                    page.screenshot(path=FOLDER / f"page-{theme}.png")
                take(page, scene, theme)
                page.close()
            page = browser.new_page(viewport=WINDOW)
            page.goto(f"{url}?__theme={theme}")
            take_long(page, theme)
            take_what_if(page, url, theme)
            take_comparison(page, url, theme)
            page.close()
    demo.close()
    shutil.rmtree(home)


if __name__ == "__main__":
    main()
