"""A reader who signs in with Hugging Face can run a gated model."""

from playwright.sync_api import Page, expect

from bertviz_space.space import build_demo
from tests.browser.reader import (
    choose_model,
    expect_drawn,
    expect_error,
    expect_outcome,
    open_page,
    show,
    text_field,
    view,
)
from tests.openid_server import SCOPES, sign_in_on_this_machine
from tests.running_app import served


def test_a_reader_can_run_a_gated_model_only_while_signed_in(
    new_visitor: Page, hub, hub_model, monkeypatch
):
    page = new_visitor
    hub.tokens.add("hf_of_the_reader")
    hub.readers[hub_model] = {"hf_of_the_reader"}
    with sign_in_on_this_machine("hf_of_the_reader", monkeypatch) as provider:
        demo = build_demo()
        demo.space_id = None  # Gradio 6.31 would add the Hub's header to the page
        with served(demo) as url:
            open_page(page, url)
            text_field(page).fill("the cat sat")
            choose_model(page, hub_model)
            expect_error(page, "is gated: its authors ask for a sign-in. Press Sign in with")
            page.get_by_role("button", name="Sign in with Hugging Face").click()
            # The fields have their values again, and the request runs.
            expect_outcome(page, "^someone/.* 3 layers .* tokens$")
            expect_drawn(view(page, "head"))
            expect(text_field(page)).to_have_value("the cat sat")
            assert set(provider.asked_scopes.split()) == set(SCOPES.split())
            assert "hf_of" not in page.url
            # The probe has the reader's access, too.
            model = show(page, "model")
            model.get_by_role("button", name="Probe with repeated random tokens").click()
            expect(model.locator(".bertviz-probe tbody tr").first).to_be_visible()
            page.get_by_role("button", name="Sign out (reader)").click()
            expect_error(page, "Press Sign in with Hugging Face, and use")
            expect(page.get_by_role("button", name="Sign in with Hugging Face")).to_be_visible()
            page.goto("about:blank")  # the page would keep calling a server that has ended
