"""The configuration from which Gradio mounts the page, and the one that clients read."""

import json
import re
from typing import Any

from tests.api.clients import get


def config_of_page(url: str) -> dict[str, Any]:
    """Return the configuration in the page."""
    found = re.search(r"window\.gradio_config = (.*?);</script>", get(url).text)
    assert found
    return json.loads(found[1])


def ids_in(layout: dict[str, Any]) -> list[int]:
    """Return the ids of the components in a layout, except that of its root."""
    children = layout.get("children", [])
    return [found for each in children for found in (each["id"], *ids_in(each))]


def test_the_page_mounts_only_components_that_it_shows(url):
    config = config_of_page(url)
    types = {each["id"]: each["type"] for each in config["components"]}
    assert sorted(types) == sorted(ids_in(config["layout"]))
    assert "api" not in types.values()
    assert "textbox" in types.values()


def test_clients_receive_all_components_and_both_receive_all_events(url):
    listed, shown = get(f"{url}config").json(), config_of_page(url)
    arguments = {each["id"] for each in listed["components"] if each["type"] == "api"}
    assert arguments
    assert {each["id"] for each in listed["components"]} == arguments | {
        each["id"] for each in shown["components"]
    }
    assert listed["dependencies"] == shown["dependencies"]
    used = {key for each in listed["dependencies"] for key in each["inputs"] + each["outputs"]}
    assert arguments < used
