"""Test that nothing of a test's page is left in the tab for the next test."""

from tests.browser.reader import open_page
from tests.browser.shared_tab import WINDOW

_STORED = "() => [localStorage.length, sessionStorage.length, document.cookie]"

_PERMISSION = "async () => (await navigator.permissions.query({ name: 'clipboard-read' })).state"


def test_leaving_a_page_restores_the_tab(shared_tab, url):
    page = shared_tab.page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.context.grant_permissions(["clipboard-read"])
    open_page(page, url)
    page.route("**/app_id", lambda route: route.abort())
    page.evaluate("() => { localStorage.a = sessionStorage.a = document.cookie = 'a=b'; }")
    assert page.evaluate(_PERMISSION) == "granted"
    shared_tab.leave()
    assert shared_tab.page() is page
    assert page.url == f"{url}gradio_api/app_id"
    assert page.evaluate(_STORED) == [0, 0, ""]
    assert page.evaluate(_PERMISSION) != "granted"
    assert page.viewport_size == WINDOW


def test_a_page_is_left_when_its_scripts_have_arrived(shared_tab, url):
    page = shared_tab.page()
    finished = set()

    def note(request):
        finished.add(request.url)

    page.on("requestfinished", note)
    page.goto(url, wait_until="commit")
    with page.expect_request(lambda request: request.resource_type == "script") as script:
        pass
    shared_tab.leave()
    page.remove_listener("requestfinished", note)
    assert script.value.url in finished


def test_a_test_that_closes_the_tab_leaves_a_new_one(shared_tab):
    page = shared_tab.page()
    page.close()
    shared_tab.leave()
    assert shared_tab.page() is not page
    assert not shared_tab.page().is_closed()
