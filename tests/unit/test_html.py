"""The stand-alone page sends no request, and no text in it runs as code."""

import base64
import gzip
import json
import re

import pytest

from bertviz_space.files.html import empty_page, page_of
from tests.unit.test_house import without_comments


def test_the_script_of_the_page_imports_nothing():
    [script] = re.findall(r'id="modules">([^<]*)<', empty_page())
    code = gzip.decompress(base64.b64decode(script)).decode()
    assert 'modules["views/standalone.js"] = ' in code
    assert not re.search(r"\bimport\b(?!\.meta)", without_comments(code))


def test_the_policy_of_the_page_allows_no_request():
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]*)"', empty_page())
    assert policy.startswith("default-src 'none';")
    assert not re.search(r"https?:|\*|'self'|connect-src", policy)


@pytest.mark.parametrize("text", ["</script>", "<!--<script>", "<!-- content -->", "\u2028$&"])
def test_a_text_in_the_page_is_data_and_not_markup(text):
    page = page_of("head", "layer=0", {"source": [{"text": text}]}, {"a": b"\x00\xff"})
    [content] = re.findall(r'id="content">(.*?)</script>', page)
    assert "<" not in content
    embedded = json.loads(content)
    assert embedded["manifest"]["source"][0]["text"] == text
    assert base64.b64decode(embedded["files"]["a"]) == b"\x00\xff"
