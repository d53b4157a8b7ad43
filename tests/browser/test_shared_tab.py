"""Test that nothing of a test's page is left in the tab for the next test."""

import pytest

from tests.browser.reader import open_page
from tests.browser.shared_tab import WINDOW, watched

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


def test_a_page_opens_after_a_load_that_was_aborted(shared_tab, url):
    page = shared_tab.page()
    for _ in range(3):
        page.goto(url, wait_until="commit")
        shared_tab.leave()
    open_page(page, url)
    shared_tab.leave()


@pytest.mark.parametrize("host", ["192.0.2.1", "[2001:db8::1]", "example.com", "localhost:1"])
def test_a_request_to_another_machine_is_a_complaint(shared_tab, host):
    page, complaints = shared_tab.page(), []
    with watched(page, complaints):
        for request in (f"fetch('http://{host}/a')", f"navigator.sendBeacon('https://{host}/b')"):
            with page.expect_event("requestfailed"):
                page.evaluate(f"() => void {request}")
        shared_tab.leave()
    assert f"a request to http://{host}/a" in complaints
    assert f"a request to https://{host}/b" in complaints


def test_a_test_that_closes_the_tab_leaves_a_new_one(shared_tab):
    page = shared_tab.page()
    page.close()
    shared_tab.leave()
    assert shared_tab.page() is not page
    assert not shared_tab.page().is_closed()
