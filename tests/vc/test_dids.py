"""did:key and did:web."""

import json
from typing import Any

import pytest

from tests.vc.samples import SoftSigner, no_network
from vc import dids
from vc.dids import key, web
from vc.errors import InvalidIdentifierDocument, MalformedValue, Unavailable, UnknownDidMethod

KEY = SoftSigner().public_key


def test_did_key_needs_no_network() -> None:
    document = dids.resolve(key.did_of(KEY), get=no_network)
    assert document["assertionMethod"] == [key.method_of(KEY)]
    assert document["verificationMethod"][0]["publicKeyMultibase"] == KEY.multibase


@pytest.mark.parametrize("did", ["did:key:", "did:key:z6Mk", "did:key:xyz", "did:key:z6Mk:1"])
def test_bad_did_key(did: str) -> None:
    with pytest.raises(MalformedValue):
        dids.resolve(did, get=no_network)


@pytest.mark.parametrize(
    ("did", "url"),
    [
        ("did:web:example.org", "https://example.org/.well-known/did.json"),
        ("did:web:example.org%3A8443", "https://example.org:8443/.well-known/did.json"),
        ("did:web:example.org:organizations:maths", "https://example.org/organizations/maths/did.json"),
        ("did:web:localhost%3A8000", "http://localhost:8000/.well-known/did.json"),
    ],
)
def test_did_web_urls(did: str, url: str) -> None:
    assert web.document_url(did) == url


@pytest.mark.parametrize(
    "did",
    [
        "did:web:",
        "did:web:user%40example.org",
        "did:web:example.org%2Fevil",
        "did:web:example.org:..:secret",
        "did:web:example.org:a%2Fb",
        "did:web:exa mple.org",
        "did:web:example.org%3A0",
        "did:web:EXAMPLE.org",
        "did:web:example.org:",
        "did:web:" + "a" * 600,
    ],
)
def test_did_web_that_is_none(did: str) -> None:
    with pytest.raises(MalformedValue):
        dids.resolve(did, get=no_network)


def test_did_of_is_the_way_back() -> None:
    assert web.did_of("http://localhost:8000") == "did:web:localhost%3A8000"
    assert web.did_of("https://Example.org/organizations/maths/") == "did:web:example.org:organizations:maths"
    assert web.domain_of("did:web:localhost%3A8000") == "localhost:8000"


def _serving(document: Any) -> dids.Get:
    return lambda url: json.dumps(document).encode()


def test_did_web_document_is_read_and_must_be_about_the_did() -> None:
    document = web.document("did:web:example.org", {"key-1": KEY})
    assert dids.resolve("did:web:example.org", get=_serving(document)) == document
    method = dids.dereference("did:web:example.org#key-1", "assertionMethod", resolve=lambda _: document)
    assert method.key == KEY
    with pytest.raises(InvalidIdentifierDocument, match=r"says it is about 'did:web:example\.org'"):
        dids.resolve("did:web:other.example", get=_serving(document))


def test_did_web_that_is_no_json_and_one_that_is_down() -> None:
    with pytest.raises(InvalidIdentifierDocument, match="cannot be read"):
        dids.resolve("did:web:example.org", get=lambda url: b"<html>")

    def down(url: str) -> bytes:
        raise Unavailable("down")

    with pytest.raises(Unavailable):
        dids.resolve("did:web:example.org", get=down)


def test_other_methods_do_not_exist() -> None:
    with pytest.raises(UnknownDidMethod, match=r"supported: https URLs, did:jwk, did:key, did:web\."):
        dids.resolve("did:ethr:0x1", get=no_network)
