"""A request as a link's query string, and back."""

from urllib.parse import parse_qsl

import pytest

from bertviz_space.jobs.handler import Request
from bertviz_space.limits import MAX_LINK_CHARACTERS
from bertviz_space.page.links import query_of, request_of

REQUESTS = [
    Request("tiny-gpt2", "The cat"),
    Request(
        "a/b", "é ${1+1} & = # % + \n\t </script>", "second", "target", "de_DE", "fr", True, True
    ),
    Request("", "🐈\u2028"),
    Request("a/b", "x", start_token=True),
]


@pytest.mark.parametrize("request_", REQUESTS)
def test_a_request_comes_back(request_):
    query = query_of(request_)
    assert query.isascii()
    assert request_of(dict(parse_qsl(query))) == request_


def test_what_is_as_by_default_is_not_said():
    assert query_of(Request("tiny-gpt2", "The cat")) == "model=tiny-gpt2&text=The+cat"


def test_a_text_too_long_has_no_link_and_is_not_cut():
    room = MAX_LINK_CHARACTERS - len("text=")
    assert query_of(Request("", "a" * room)) == "text=" + "a" * room
    assert query_of(Request("", "a" * (room + 1))) == ""


def test_half_a_character_is_no_error():
    assert query_of(Request("", "\ud800")) == "text=%3F"


def test_a_link_without_a_text_asks_for_nothing():
    assert request_of({}) is None
    assert request_of({"model": "tiny-gpt2", "layer": "3"}) is None


def test_anyones_query_is_a_request_or_none():
    assert request_of({"text": "a", "chat": "true", "nosuch": "b"}) == Request("", "a")
