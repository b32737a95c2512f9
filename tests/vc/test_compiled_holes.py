"""Whatever is put into the holes of a shape, the answer is exact or there is none."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.vc.samples import course
from tests.vc.shaped import SIGNER, Document, agrees, places, put
from vc.compiled import Shapes
from vc.compiled.guards import Guards

# --- what stands in the holes -------------------------------------------------------------------------------

TEXTS = (
    *('"', "\\", 'say "hi"', "back\\slash", "a\nb", "\t", "\r\n", "\x00", "\x01", "\x1f", "\x7f", "\x80", "%", "%b %s"),
    *("\ufffe", "\uffff", "\ufffd", "\ufdd0", "\u2028", "\U0001d11e", "\U0010ffff", "é", "e\u0301", "", " ", "_:c14n0"),
    *("<https://a.example/>", "https://a.example/", "@type", "@id", "id", "type", "Achievement", "ext:Course", "null"),
    *('" .\n_:a <x> "', "https://hole-0.mark.invalid/First", "urn:x-mark:Second-0", "x" * 10_000),
)


@pytest.mark.parametrize("text", TEXTS)
def test_literals_are_escaped_as_the_full_path_does(document: Document, wide: Shapes, text: str) -> None:
    for way in (
        ("name",),
        ("credentialSubject", "identifier", 0, "identityHash"),
        ("credentialSubject", "achievement", "tag", 0),
        ("credentialSubject", "result", 0, "value"),
    ):
        document = put(document, way, text)
    assert agrees(wide, document)


def test_half_a_character_is_left_to_the_full_path(document: Document, wide: Shapes) -> None:
    assert not agrees(wide, put(document, ("name",), "a\ud800"))


IRIS = (
    *("relative", "", "/rooted", "#fragment", "//host/path", "?query", "ext:Course", "cred:x", "sec:x", "_:b0", "_:"),
    *("id", "type", "@id", "@type", "Achievement", "name", "https", "https:", "https:relative", "HTTPS://a.example/"),
    *("https://a.example/ b", "https://a.example/\n", "https://a.example/<", 'https://a.example/"', "a b", " ", ":"),
    *("https://a.example/é", "https://a.example/\u00a0", "urn:x\u2003y", "urn:x\u00a0y", "https://a.example/\ud800"),
    *(
        "https://a.example/\x7f",
        "https://a.example/\x00",
        "https://a.example/\ufffe",
        "https://a.example/|",
        "ftp://a/",
    ),
    *("https://a.example/ https://b.example/", "javascript:alert(1)", "relative-reference://document.invalid/x"),
    *("https://a.example/\\", "https://a.example/`", "https://a.example/{x}", "https://a.example/%41", "urn:", "did:x"),
    *(
        "xsd:string",
        "http://a.example:80/?a=b&c#d",
        "https://a.example/../x",
        "urn:a/b/../c\u00a0d",
        "did:a:b/\u2003x/../c",
        "https://a.example/\U0001d11e",
    ),
)


@pytest.mark.parametrize("iri", IRIS)
def test_iris_that_are_not_taken_as_they_stand_are_left_to_the_full_path(
    document: Document, wide: Shapes, iri: str
) -> None:
    for way in (("id",), ("credentialSubject", "result", 0, "resultDescription")):
        agrees(wide, put(document, way, iri))


@pytest.mark.parametrize("iri", ["http://a.example/?a=b#c", "did:web:a.example", "urn:uuid:1", "mailto:a@a.example"])
def test_absolute_iris_are_taken(document: Document, wide: Shapes, iri: str) -> None:
    assert agrees(wide, put(document, ("id",), iri))


def test_a_scheme_that_the_contexts_define_is_none() -> None:
    assert Guards(b"i", frozenset({"name"})).checked(["https://a.example/"]) == [b"<https://a.example/>"]
    for word in ("https", "https://a.example/"):
        assert Guards(b"i", frozenset({word})).checked(["https://a.example/"]) is None
    assert Guards(b"i", frozenset({"https"})).checked(["http://a.example/"]) == [b"<http://a.example/>"]


def test_an_iri_cannot_be_two() -> None:
    guards = Guards(b"ii", frozenset())
    assert guards.checked(["urn:a urn:b", ""]) is None
    assert guards.checked(["urn:a", "urn:b"]) == [b"<urn:a>", b"<urn:b>"]
    assert Guards(b"ll", frozenset()).checked(['a"b', "c"]) == [b'a\\"b', b"c"]
    assert Guards(b"l", frozenset()).checked(['"']) == [b'\\"']


# --- at random ----------------------------------------------------------------------------------------------

_DOCUMENT = course(SIGNER)
_WAYS = list(places(_DOCUMENT))


@settings(max_examples=50, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(_WAYS), st.one_of(st.text(), st.sampled_from((*TEXTS, *IRIS)))), max_size=4))
def test_whatever_is_put_where_it_is_exact_or_silent(wide: Shapes, changes: list[tuple[tuple[Any, ...], str]]) -> None:
    document = _DOCUMENT
    for way, text in changes:
        document = put(document, way, text)
    agrees(wide, document)
