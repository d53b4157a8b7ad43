"""A link's query string brings back the request that it was made of."""

from urllib.parse import parse_qsl

import pytest

from bertviz_space.jobs.request import Request
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
def test_a_link_gives_back_its_request(request_):
    query = query_of(request_)
    assert query.isascii()
    assert request_of(dict(parse_qsl(query))) == request_


def test_a_link_leaves_out_defaults():
    assert query_of(Request("tiny-gpt2", "The cat")) == "model=tiny-gpt2&text=The+cat"


def test_a_text_that_is_too_long_has_no_link_and_is_not_truncated():
    length = MAX_LINK_CHARACTERS - len("text=")
    assert query_of(Request("", "a" * length)) == "text=" + "a" * length
    assert query_of(Request("", "a" * (length + 1))) == ""


def test_half_a_character_becomes_a_question_mark():
    assert query_of(Request("", "\ud800")) == "text=%3F"


def test_a_link_without_a_text_has_no_request():
    assert request_of({}) is None
    assert request_of({"model": "tiny-gpt2", "layer": "3"}) is None


@pytest.mark.parametrize("value", ["many", "-", "0x10", "nan", "inf", "1e999", "9" * 5000, "½"])
@pytest.mark.parametrize("name", ["continue", "seed"])
def test_numbers_that_cannot_be_read_are_ignored(name, value):
    assert request_of({"text": "a", name: value}) == Request("", "a")


def test_unknown_names_and_values_in_a_link_are_ignored():
    assert request_of({"text": "a", "chat": "true", "nosuch": "b"}) == Request("", "a")
