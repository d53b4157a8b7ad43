"""The page around the views: entering a text, choosing a model, running, and messages."""

import re
from concurrent.futures import Future
from threading import Event

import pytest
from playwright.sync_api import expect

from bertviz_space import extract
from bertviz_space.errors import ModelUnavailable
from bertviz_space.jobs import handler
from bertviz_space.jobs.first_result import FirstResult
from bertviz_space.models import cache
from bertviz_space.models.cache import ModelCache
from tests.browser.ink import rgb
from tests.browser.reader import (
    choose_model,
    expect_drawn,
    expect_error,
    expect_kept,
    expect_outcome,
    expect_tokens,
    figure,
    labels_of,
    language_field,
    leave,
    model_field,
    open_page,
    option,
    outcome,
    run,
    run_example,
    scroll_to,
    second_text_field,
    show,
    target_text_field,
    text_field,
    token,
    view,
)
from tests.conftest import MINILM, MINILM_REVISION

PAIR = ("The cat sat on the mat", "The cat lay on the rug")


def texts_of(model_id, text, text_b=None):
    """Return the reader's text of each token, as a model outside the app gives it."""
    loaded = ModelCache().get(model_id)
    trace = extract(loaded.model, loaded.tokenizer, text, text_b=text_b)
    return [each.text.strip() for each in trace.source]


def test_the_page_opens_with_the_first_example_and_its_views_respond_to_the_mouse(page, url):
    open_page(page, url)
    expected = texts_of("tiny-bert", *PAIR)
    expect_outcome(page, f"^tiny-bert .* {len(expected)} tokens$")
    assert (text_field(page).input_value(), second_text_field(page).input_value()) == PAIR
    head = view(page, "head")
    expect_tokens(head, expected)
    token(figure(head), "queries", 2).hover()
    num_heads = head.locator(".bertviz-square").count()
    expect(head.locator(".bertviz-boxes rect")).to_have_count(len(expected) * num_heads)
    leave(page)
    model = show(page, "model")
    expect_drawn(model, "All")
    model.get_by_role("button", name="Layer 1, Head 2", exact=True).click()
    expect_drawn(model, "All, Layer 1, Head 2")
    expect(model.locator(".bertviz-panel").get_by_role("heading")).to_have_text("Layer 1, Head 2")
    neuron = show(page, "neuron")
    expect_drawn(neuron, "All, layer 0, head 0, collapsed")
    expect_tokens(neuron, expected, "keys")
    token(figure(neuron), "queries", 2).hover()
    figure(neuron).get_by_role("button", name="Show query and key vectors").click()
    expect_drawn(neuron, "All, layer 0, head 0, expanded")


def test_a_first_visit_knows_its_files_from_the_start_and_fetches_them_once(new_visitor, url):
    open_page(new_visitor, url)
    # Without a match of gradio_files.py in another version of Gradio, the page is slower.
    preloaded, fetched = new_visitor.evaluate(
        """() => [
          [...document.querySelectorAll("link[rel=preload], link[rel=modulepreload]")]
            .map(({ href }) => href),
          performance.getEntriesByType("resource").map(({ name }) => name),
        ]"""
    )
    for file in ("modules.js", "views.css", "manifest.json", "self-0.safetensors"):
        assert len([name for name in fetched if name.endswith(f"/{file}")]) == 1, file
    of_gradio = [name for name in fetched if re.search(r"/assets/|/theme\.css", name)]
    assert len(of_gradio) > 50
    assert set(of_gradio) <= set(preloaded)
    assert len(of_gradio) == len(set(of_gradio))


def test_the_first_picture_needs_no_event_of_gradio(page, url):
    page.route("**/gradio_api/run/**", lambda route: None)  # is never answered
    page.goto(url)
    expect_drawn(view(page, "head"), "All, layer 0, heads 0 1 2 3")


def test_a_page_without_a_first_picture_says_why_and_works(page, served_app, url, monkeypatch):
    for component in served_app[0].config["components"]:
        value = component["props"].get("value")
        if isinstance(value, dict) and value.get("is_first"):
            monkeypatch.setitem(component["props"], "value", "")
    future = Future()
    future.set_exception(ModelUnavailable("The demo model cannot be loaded now."))
    monkeypatch.setattr(FirstResult, "future", lambda self: future)
    page.goto(url)
    expect_error(page, "^The demo model cannot be loaded now.$")
    for name in ("model", "neuron", "head"):
        expect(show(page, name)).to_have_text(re.compile("press Run"))
    expect(page.locator(".bertviz-token")).to_have_count(0)
    run(page)
    expect_tokens(view(page, "head"), texts_of("tiny-bert", *PAIR))


def test_a_changed_field_dims_the_picture_until_a_run_or_until_it_is_changed_back(page, url):
    open_page(page, url)
    notes = page.locator(".bertviz-change")
    dimmed = view(page, "head").locator(".bertviz-body")
    text_field(page).fill("the rabbit hopped")
    expect(notes).to_have_text(["Text changed: run again"])
    expect(dimmed).to_have_css("opacity", "0.35")
    # A view that opens in the meantime shows the same picture.
    show(page, "model")
    expect(notes).to_have_text(["Text changed: run again"] * 2)
    text_field(page).fill(PAIR[0])
    expect(notes).to_have_text(["", ""])
    choose_model(page, "tiny-gpt2")
    expect(notes).to_have_text(["Model changed: run again"] * 2)
    run(page)
    expect_outcome(page, "^tiny-gpt2 .* tokens$")
    expect(notes).to_have_text(["", ""])
    show(page, "head")
    expect(dimmed).to_have_css("opacity", "1")
    # The second text is hidden for this model: it is no difference.
    expect(second_text_field(page)).to_be_hidden()
    expect_tokens(view(page, "head"), texts_of("tiny-gpt2", PAIR[0]))


def test_a_run_with_the_same_result_keeps_the_pin(page, url):
    open_page(page, url)
    head = view(page, "head")
    token(figure(head), "queries", 2).click()
    expect(figure(head).locator(".bertviz-pinned")).to_have_count(1)
    second_text_field(page).fill("")
    run(page)
    expect_tokens(head, texts_of("tiny-bert", PAIR[0]))
    token(figure(head), "queries", 2).click()
    # A blank second text is the same request as an empty one.
    second_text_field(page).fill("  ")
    expect(page.locator(".bertviz-change")).to_have_text(["Text changed: run again"])
    run(page)
    expect_drawn(head)
    expect(figure(head).locator(".bertviz-pinned")).to_have_count(1)


def test_click_on_run_draws_the_three_views(page, url):
    open_page(page, url)
    texts = ("The dog sat on the ship", "The dog lay on the rug")
    text_field(page).fill(texts[0])
    second_text_field(page).fill(texts[1])
    run(page)
    expected = texts_of("tiny-bert", *texts)
    expect_outcome(page, f"^tiny-bert .* {len(expected)} tokens$")
    expect_drawn(view(page, "head"), re.compile("^All, layer 0, heads 0 1"))
    expect_tokens(view(page, "head"), expected)
    # These tabs were never open when the result arrived.
    expect_drawn(show(page, "model"), "All")
    expect_drawn(show(page, "neuron"), "All, layer 0, head 0, collapsed")
    expect_tokens(view(page, "neuron"), expected, "keys")


def test_ctrl_enter_in_a_text_or_in_the_model_field_runs(page, url):
    open_page(page, url)
    second_text_field(page).fill("")
    for keys, text in (("Control+Enter", "the rabbit quickly hopped"), ("Meta+Enter", "The cat")):
        text_field(page).fill(text)
        text_field(page).press(keys)
        expect_tokens(view(page, "head"), texts_of("tiny-bert", text))
    second_text_field(page).fill("The dog")
    second_text_field(page).press("Control+Enter")
    expect_tokens(view(page, "head"), texts_of("tiny-bert", "The cat", "The dog"))
    model_field(page).fill("tiny-gpt2")
    model_field(page).press("Control+Enter")
    expect_outcome(page, "^tiny-gpt2 .* tokens$")


def test_an_example_of_a_model_without_pairs_hides_the_second_text(page, url):
    open_page(page, url)
    run_example(page, "Two different sentences")
    expect_outcome(page, "^tiny-bert .* tokens$")
    expect(text_field(page)).to_have_value("the rabbit quickly hopped")
    expect(second_text_field(page)).to_have_value("The turtle slowly crawled")
    expected = texts_of("tiny-bert", "the rabbit quickly hopped", "The turtle slowly crawled")
    expect_tokens(view(page, "head"), expected)
    # Twice: the second time the model does not change.
    for name, text in (
        ("Short sentence", "The dog on the ship ran"),
        ("Who is “She”", "The doctor asked the nurse a question. She"),
    ):
        run_example(page, name)
        expect(text_field(page)).to_have_value(text)
        expected = texts_of("tiny-gpt2", text)
        expect_outcome(page, f"^tiny-gpt2 .* {len(expected)} tokens$")
        expect_tokens(view(page, "head"), expected)
        expect(second_text_field(page)).to_be_hidden()
        expect(target_text_field(page)).to_be_hidden()


def test_a_model_without_pairs_hides_the_second_text_and_does_not_use_it(page, url):
    open_page(page, url)
    expect(second_text_field(page)).to_have_value(PAIR[1])
    model_field(page).click()
    page.get_by_role("option", name="tiny-gpt2").click()
    expect(second_text_field(page)).to_be_hidden()
    run(page)
    expect_outcome(page, "^tiny-gpt2 .* tokens$")
    expect_tokens(view(page, "head"), texts_of("tiny-gpt2", PAIR[0]))
    # The field is visible again and has kept its text.
    model_field(page).click()
    page.get_by_role("option", name="tiny-bert").click()
    expect(second_text_field(page)).to_have_value(PAIR[1])
    run(page)
    expect_outcome(page, "^tiny-bert .* tokens$")
    expect_tokens(view(page, "head"), texts_of("tiny-bert", *PAIR))


def test_typing_the_id_of_a_model_shows_the_fields_that_it_takes_and_runs_it(page, url, t5, talker):
    open_page(page, url)
    expect(second_text_field(page)).to_be_visible()
    fields = {
        "second": second_text_field(page),
        "target": target_text_field(page),
        "chat": option(page, "As a chat message"),
        "start": option(page, "Add a start token (<|endoftext|>)"),
    }
    for model_id, shown in (
        (t5, {"target"}),
        (talker, {"chat", "start"}),
        (MINILM, {"second"}),
        ("tiny-gpt2", {"start"}),
    ):
        choose_model(page, model_id)
        for name, field in fields.items():
            expect(field).to_have_count(int(name in shown))
        expect(outcome(page)).to_have_attribute("data-kind", "status")
    # The model is loaded from the cache.
    choose_model(page, MINILM)
    expect(second_text_field(page)).to_be_visible()
    run(page)
    commit = MINILM_REVISION[:7]
    expect_outcome(page, f"^{MINILM} · commit {commit} · 6 layers × 12 heads · 15 tokens$")
    expect_drawn(view(page, "head"), "All, layer 0, heads 0 1 2 3 4 5 6 7 8 9 10 11")


def test_a_model_that_cannot_be_looked_up_is_reported_at_once_and_nothing_is_lost(page, url):
    open_page(page, url)
    expect_outcome(page, "^tiny-bert .* tokens$")
    choose_model(page, "nosuch/model")
    expect_error(page, "nosuch/model is not stored here")
    expect_tokens(view(page, "head"), texts_of("tiny-bert", *PAIR))
    expect(text_field(page)).to_have_value(PAIR[0])
    expect(second_text_field(page)).to_have_value(PAIR[1])
    # Choosing another model removes the message.
    choose_model(page, "tiny-bert")
    expect(outcome(page)).to_have_text("")
    run(page)
    expect_outcome(page, "^tiny-bert .* tokens$")


def test_a_text_that_is_too_long_is_truncated_with_a_message(page, url):
    open_page(page, url)
    choose_model(page, MINILM)
    text_field(page).fill("word " * 600)
    second_text_field(page).fill("")
    run(page)
    expect_outcome(page, r"512 tokens\s*602 tokens; the model takes 512, so the end was cut\.$")
    expect(outcome(page)).to_have_attribute("data-kind", "status")
    second_text_field(page).fill("word " * 100)
    run(page)
    expect_outcome(
        page, r"703 tokens; the model takes 512, so the end of the first text was cut\.$"
    )


def test_ticking_an_option_wraps_the_text_in_a_chat_message_or_adds_a_start_token(
    page, url, talker
):
    open_page(page, url)
    choose_model(page, talker)
    option(page, "As a chat message").check()
    text_field(page).fill("The cat")
    run(page)
    expect_outcome(page, "The text is wrapped in the model's chat template, as a user's message.$")
    loaded = ModelCache().get(talker)
    trace = extract(loaded.model, loaded.tokenizer, "The cat", chat=True)
    expect_tokens(view(page, "head"), labels_of(trace.source))
    option(page, "As a chat message").uncheck()
    run(page)
    expect_outcome(page, "tokens$")
    expect_tokens(view(page, "head"), texts_of(talker, "The cat"))
    choose_model(page, "tiny-gpt2")
    expect(option(page, "As a chat message")).to_have_count(0)
    option(page, "Add a start token (<|endoftext|>)").check()
    text_field(page).fill("The dog ran")
    run(page)
    expect_outcome(page, r"The text begins with the start token <\|endoftext\|>\.$")
    plain = texts_of("tiny-gpt2", "The dog ran")
    expect_tokens(view(page, "head"), ["<|endoftext|>", *plain])
    # Another model hides the option and does not use it.
    choose_model(page, "tiny-bert")
    expect(option(page, "Add a start token")).to_have_count(0)
    run(page)
    expect_outcome(page, "^tiny-bert .* tokens$")


def test_each_step_of_a_run_is_reported_while_the_earlier_picture_stays(page, url, monkeypatch):
    open_page(page, url)
    before = texts_of("tiny-bert", *PAIR)
    expect_tokens(view(page, "head"), before)
    may_load, may_run = Event(), Event()
    get, extract = cache.ModelCache.get, handler.extract

    def get_later(*args, **kwargs):
        assert may_load.wait(30)
        return get(*args, **kwargs)

    def extract_later(*args, **kwargs):
        assert may_run.wait(30)
        return extract(*args, **kwargs)

    monkeypatch.setattr(cache.ModelCache, "get", get_later)
    monkeypatch.setattr(handler, "extract", extract_later)
    choose_model(page, "tiny-gpt2")
    # No other test has this text: a text that was run before is shown without a run.
    text_field(page).fill("The turtle ran to the ship")
    run(page)
    expect(outcome(page)).to_have_text(re.compile("^Loading tiny-gpt2"))
    expect_tokens(view(page, "head"), before)
    may_load.set()
    expect(outcome(page)).to_have_text(re.compile("^Running tiny-gpt2"))
    expect_kept(view(page, "head"))
    expect_tokens(view(page, "head"), before)
    may_run.set()
    expect_outcome(page, "^tiny-gpt2 .* tokens$")
    expect_tokens(view(page, "head"), texts_of("tiny-gpt2", "The turtle ran to the ship"))


def test_an_earlier_result_is_shown_without_a_second_forward_pass(page, url, monkeypatch):
    open_page(page, url)
    run(page)
    expect_tokens(view(page, "head"), texts_of("tiny-bert", *PAIR))
    expect_outcome(page, "^tiny-bert .* tokens$")
    message = outcome(page).text_content()
    choose_model(page, "tiny-gpt2")
    run(page)
    expect_tokens(view(page, "head"), texts_of("tiny-gpt2", PAIR[0]))
    # A forward pass would fail now and show an error.
    monkeypatch.setattr(handler, "extract", None)
    choose_model(page, "tiny-bert")
    run(page)
    expect_tokens(view(page, "head"), texts_of("tiny-bert", *PAIR))
    expect(outcome(page)).to_have_text(message or "no message")
    # A result of another visitor as well.
    page.reload()
    run(page)
    expect_tokens(view(page, "head"), texts_of("tiny-bert", *PAIR))
    expect(outcome(page)).to_have_text(message or "no message")


def test_a_text_or_a_model_that_cannot_be_run_shows_an_error_and_the_picture_stays(page, url):
    open_page(page, url)
    before = texts_of("tiny-bert", *PAIR)
    expect_tokens(view(page, "head"), before)
    # tests/unit/test_page_errors.py has more texts.
    for text, sentence in (
        ("", "^Enter some text"),
        ("half a smile \ud83d", "half a character"),
        ("a " * 15_000, "^The text has 30,000 characters; up to 20,000 can be shown"),
    ):
        write(text_field(page), text)
        run(page)
        expect_error(page, sentence)
        expect_tokens(view(page, "head"), before)
        expect_kept(view(page, "head"))
    text_field(page).fill(PAIR[0])
    # tests/unit/test_page_errors.py has more ids.
    for model_id, sentence in (
        ("nosuch/model", "cannot be reached, and nosuch/model is not stored here"),
        ("../../etc/passwd", "^This is not a model id"),
    ):
        choose_model(page, model_id)
        run(page)
        expect_error(page, sentence)
        expect_tokens(view(page, "head"), before)
        expect_kept(view(page, "head"))
    expect(view(page, "head").locator("canvas").first).to_be_visible()
    # A valid request runs again.
    choose_model(page, "tiny-bert")
    text_field(page).fill(PAIR[0])
    run(page)
    expect_outcome(page, "^tiny-bert .* tokens$")
    expect(outcome(page)).to_have_attribute("data-kind", "status")


def write(field, text):
    """Put any text into a field; fill() does not accept half a character."""
    units = list(text.encode("utf-16-le", "surrogatepass"))
    field.evaluate(
        """(field, bytes) => {
            const units = new Uint16Array(new Uint8Array(bytes).buffer);
            let text = "";
            for (const unit of units) text += String.fromCharCode(unit);
            field.value = text;
            field.dispatchEvent(new Event("input", { bubbles: true }));
        }""",
        units,
    )


# The contrast of a text with its background, as WCAG 2 defines it.
_CONTRAST = """(element) => {
  const parts = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => {
    const [r, g, b] = parts(color).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const style = getComputedStyle(element);
  const text = light(element.namespaceURI.endsWith("svg") ? style.fill : style.color);
  let behind = element;
  const colorOf = (each) => getComputedStyle(each).backgroundColor;
  while (parts(colorOf(behind))[3] === 0) behind = behind.parentElement;
  const ground = light(colorOf(behind));
  return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_has_enough_contrast_on_a_light_and_on_a_dark_page(page, url, theme):
    open_page(page, url, f"?__theme={theme}")
    body = page.locator(".gradio-container").evaluate("(all) => getComputedStyle(all).color")
    assert (min(rgb(body)) > 150) == (theme == "dark")
    fill = token(figure(view(page, "head")), "keys", 1).locator("text")
    assert fill.evaluate("(text) => getComputedStyle(text).fill") == body
    neuron = show(page, "neuron")
    neuron.get_by_role("button", name="Show query and key vectors").click()
    expect_drawn(neuron, "All, layer 0, head 0, expanded")
    text_field(page).fill("")
    change = neuron.locator(".bertviz-change")
    expect(change).to_have_text("Text changed: run again")
    assert change.evaluate(_CONTRAST) >= 4.5
    words = neuron.locator("svg text:visible, label, button:visible")
    contrasts = words.evaluate_all(
        f"(all) => all.map((each) => [({_CONTRAST})(each), each.textContent])"
    )
    assert len(contrasts) > 30
    assert [text for contrast, text in contrasts if contrast < 4.5] == []
    run(page)
    expect_error(page, "^Enter some text")
    assert outcome(page).evaluate(_CONTRAST) >= 4.5


def test_no_option_and_no_view_overflows_on_a_phone_and_all_tabs_are_visible(
    page, url, mbart50, talker
):
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, url)
    assert overflow(page) <= 0
    for model_id, fields in (
        (mbart50, [language_field(page, "Source"), language_field(page, "Target")]),
        (talker, [option(page, "As a chat message"), option(page, "Add a start token")]),
    ):
        choose_model(page, model_id)
        for field in fields:
            expect(field).to_be_visible()
            box = field.bounding_box()
            assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390
        assert overflow(page) <= 0
    choose_model(page, MINILM)
    run(page)
    expect_outcome(page, f"^{MINILM} .* tokens$")
    for name in ("head", "model", "neuron"):
        tab = page.get_by_role("tab", name=f"{name.title()} view")
        box = tab.bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390
        tab.click()
        expect_drawn(view(page, name))
        assert overflow(page) <= 0
    neuron = view(page, "neuron")
    neuron.get_by_role("button", name="Show query and key vectors").click()
    expect_drawn(neuron, "All, layer 0, head 0, expanded")
    assert overflow(page) <= 0
    # The computation is wider than the screen, and shown in steps that are not.
    neuron.get_by_role("radio", name="Weight").click()
    scroll_to(neuron.locator("text", has_text="Softmax"))
    expect(neuron.locator("text", has_text="Softmax")).to_be_in_viewport(ratio=1)
    assert overflow(page) <= 0


def overflow(page):
    """Return by how many pixels the page is wider than the screen."""
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
