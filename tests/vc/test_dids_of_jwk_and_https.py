"""did:jwk, and issuers that are plain https URLs: whose keys are they?"""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.vc.samples import SoftSigner, no_network
from vc import dids
from vc.dids import VerificationMethod, controls, https, jwk
from vc.errors import (
    Invalid,
    InvalidIdentifierDocument,
    InvalidKey,
    MalformedValue,
    NotSupported,
    Unavailable,
    UnknownDidMethod,
    WrongPurpose,
)
from vc.keys import KeyKind, PublicKey
from vc.multibase import base64url_encode

KEY = SoftSigner().public_key
OTHER = SoftSigner("somebody else", "P-256").public_key
SITE = "https://school.example"
JWKS = f"{SITE}/.well-known/jwks.json"


def did_jwk(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return f"did:jwk:{base64url_encode(text.encode())}"


# --- did:jwk -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["Ed25519", "P-256", "P-384", "RSA"])
def test_did_jwk_is_its_key(kind: KeyKind) -> None:
    key = SoftSigner("an issuer", kind).public_key
    method = dids.dereference(
        jwk.method_of(key), "assertionMethod", resolve=lambda did: dids.resolve(did, get=no_network)
    )
    assert (method.key, method.controller) == (key, jwk.did_of(key))


@pytest.mark.parametrize(
    "did",
    [
        "did:jwk:",
        "did:jwk:e30",  # {}
        "did:jwk:e30=",
        "did:jwk:é",
        "did:jwk:" + "A" * 4_001,
        did_jwk("[]"),
        did_jwk('{"kty": "OKP", "kty": "OKP"}'),
        did_jwk({**KEY.jwk, "d": "AAAA"}),  # the private part given away
        did_jwk({**KEY.jwk, "use": "enc"}),
        did_jwk({**KEY.jwk, "key_ops": ["encrypt"]}),
        did_jwk({**KEY.jwk, "key_ops": "verify"}),
        did_jwk({**KEY.jwk, "x": KEY.jwk["x"][:-2]}),
        did_jwk({**OTHER.jwk, "y": OTHER.jwk["x"]}),  # no point of the curve
        did_jwk({"kty": "EC", "crv": [], "x": "", "y": ""}),
        did_jwk({"kty": ["EC"], "crv": "P-256"}),
        did_jwk({"kty": "oct", "k": "AAAA"}),
    ],
)
def test_what_is_no_did_jwk(did: str) -> None:
    with pytest.raises(MalformedValue):
        dids.resolve(did, get=no_network)


def test_a_curve_that_exists_elsewhere_is_not_called_wrong() -> None:
    with pytest.raises(NotSupported, match="secp256k1"):
        dids.resolve(did_jwk({"kty": "EC", "crv": "secp256k1", "x": "AAAA", "y": "AAAA"}), get=no_network)


def test_only_the_one_fragment() -> None:
    with pytest.raises(InvalidKey, match="has no key"):
        dids.dereference(
            f"{jwk.did_of(KEY)}#1", "assertionMethod", resolve=lambda did: dids.resolve(did, get=no_network)
        )


# --- https ---------------------------------------------------------------------------------------------------


def serving(pages: Mapping[str, Any]) -> dids.Get:
    def get(url: str) -> bytes:
        if url not in pages:
            raise Unavailable("There is nothing at {url}.", url=url)
        return pages[url] if isinstance(pages[url], bytes) else json.dumps(pages[url]).encode()

    return get


def found(url: str, pages: Mapping[str, Any], purpose: str = "assertionMethod") -> VerificationMethod:
    get = serving(pages)
    return dids.dereference(url, purpose, resolve=lambda did: dids.resolve(did, get=get))


def method(url: str = f"{SITE}/issuer#key-1", **changes: Any) -> dict[str, Any]:
    key = {"id": url, "type": "Multikey", "controller": f"{SITE}/issuer", "publicKeyMultibase": KEY.multibase}
    return key | changes


def document(**changes: Any) -> dict[str, Any]:
    url = f"{SITE}/issuer"
    return {"id": url, "verificationMethod": [method()], "assertionMethod": [f"{url}#key-1"]} | changes


def test_a_controlled_identifier_document() -> None:
    key = found(f"{SITE}/issuer#key-1", {f"{SITE}/issuer": document()})
    assert (key.key, key.controller) == (KEY, f"{SITE}/issuer")
    assert controls(key, f"{SITE}/issuer")
    for other in (SITE, f"{SITE}/", f"{SITE}/issuer/", f"{SITE}/other", "https://other.example/issuer"):
        assert not controls(key, other)


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"id": f"{SITE}/other"}, InvalidIdentifierDocument, "says it is about"),
        ({"id": None}, InvalidIdentifierDocument, "says it is about"),
        ({"assertionMethod": []}, WrongPurpose, "does not allow its key"),
        ({"verificationMethod": []}, InvalidKey, "has no key"),
        ({"verificationMethod": [method(), method()]}, InvalidKey, "two keys named"),
        (
            {"verificationMethod": [method(controller="https://victim.example")]},
            InvalidIdentifierDocument,
            "somebody else",
        ),
        (
            {"assertionMethod": [method(controller="https://victim.example")], "verificationMethod": []},
            InvalidIdentifierDocument,
            "somebody else",
        ),
        ({"verificationMethod": [method(revoked="2030-01-01T00:00:00Z")]}, InvalidKey, "was revoked"),
        ({"verificationMethod": [method(type="JsonWebKey")]}, InvalidKey, "no publicKeyJwk"),
        ({"verificationMethod": [method(type="Ed25519VerificationKey2020", publicKeyMultibase=OTHER.multibase)]},
         InvalidKey, "another kind than it says"),
    ],
)  # fmt: skip
def test_documents_that_do_not_vouch(change: dict[str, Any], error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        found(f"{SITE}/issuer#key-1", {f"{SITE}/issuer": document(**change)})


def test_a_method_may_be_written_out_under_its_purpose() -> None:
    """DID Core section 5.3; for that purpose only."""
    embedded = document(assertionMethod=[method()], verificationMethod=[])
    assert found(f"{SITE}/issuer#key-1", {f"{SITE}/issuer": embedded}).key == KEY
    with pytest.raises(InvalidKey, match="has no key"):
        found(f"{SITE}/issuer#key-1", {f"{SITE}/issuer": embedded}, "authentication")


@pytest.mark.parametrize(
    ("page", "party", "speaks"),
    [
        (f"{SITE}/issuers/7/key.json", f"{SITE}/issuers/7", True),
        (f"{SITE}/issuers/7/keys/key.json", f"{SITE}/issuers/7/", True),
        (f"{SITE}/issuers/7", f"{SITE}/issuers/7", True),
        (f"{SITE}/issuers/77/key.json", f"{SITE}/issuers/7", False),
        (f"{SITE}/~student/key.json", f"{SITE}/issuers/7", False),
        (f"{SITE}/~student/key.json", SITE, False),
        (f"{SITE}/~student/key.json", f"{SITE}/", False),
        (f"{SITE}/x/.well-known/key.json", f"{SITE}/issuers/7", False),
    ],
)
def test_who_may_upload_a_file_speaks_for_nobody_else(page: str, party: str, speaks: bool) -> None:
    assert controls(found(page, {page: KEY.jwk}), party) is speaks


@pytest.mark.parametrize("step", ["..", ".", "%2e%2E", ".%2e"])
def test_no_step_back_in_an_address(step: str) -> None:
    page = f"{SITE}/issuers/7/{step}/{step}/~student/key.json"
    with pytest.raises(MalformedValue, match="no https address"):
        found(page, {page: KEY.jwk})


def test_a_set_of_keys_at_a_well_known_place_speaks_for_its_origin() -> None:
    keys = {"keys": [KEY.jwk | {"kid": "one"}, OTHER.jwk | {"kid": f"{JWKS}#two"}]}
    for fragment, key in {"one": KEY, "two": OTHER}.items():
        method = found(f"{JWKS}#{fragment}", {JWKS: keys})
        assert (method.key, method.controller) == (key, SITE)
        assert controls(method, f"{SITE}/issuers/7")
        assert controls(method, "HTTPS://school.example/issuers/7") is False
        for other in (
            *("https://school.example.evil.example/", "https://school.example:8443/", "http://school.example/"),
            *("https://user@school.example/", "https://sub.school.example/", "did:web:school.example"),
            *("https://evil.example\\@school.example/", "https://school\t.example/", "https://school.example\n/"),
        ):
            assert not controls(method, other)
    with pytest.raises(InvalidKey, match="has no key"):
        found(JWKS, {JWKS: keys})  # which of the two?


def test_a_lone_key_answers_to_its_url() -> None:
    for page in (KEY.jwk, {"keys": [KEY.jwk]}):
        assert found(JWKS, {JWKS: page}).key == KEY


@pytest.mark.parametrize(
    "page",
    [
        b"<html>",
        b"[]",
        {"keys": {}},
        {"keys": [7]},
        {"keys": [KEY.jwk] * 101},
        {"keys": [KEY.jwk | {"kid": "one"}, OTHER.jwk | {"kid": "one"}]},
        {"keys": [KEY.jwk | {"kid": "one"}, OTHER.jwk | {"kid": f"{JWKS}#one"}]},
        {"id": f"{SITE}/other"},
        {},
    ],
)
def test_pages_that_are_no_keys(page: Any) -> None:
    with pytest.raises(InvalidIdentifierDocument):
        found(f"{JWKS}#one", {JWKS: page})


def test_a_key_with_its_private_part_is_refused_wherever_it_stands() -> None:
    for secret in ("d", "p", "k"):
        with pytest.raises(InvalidKey, match="together with its private part"):
            found(f"{JWKS}#one", {JWKS: {"keys": [KEY.jwk | {"kid": "one", secret: "AAAA"}]}})


def test_unreachable_is_not_wrong() -> None:
    with pytest.raises(Unavailable):
        found(f"{JWKS}#one", {})


METADATA = f"{SITE}/.well-known/jwt-vc-issuer/tenant"


def test_metadata_names_its_issuer_and_keys() -> None:
    assert https.metadata_url(f"{SITE}/tenant") == METADATA
    keys = {"keys": [KEY.jwk | {"kid": "one"}]}
    pages = {METADATA: {"issuer": f"{SITE}/tenant", "jwks_uri": f"{SITE}/k"}, f"{SITE}/k": keys}
    for method in (
        found(f"{METADATA}#one", {METADATA: {"issuer": f"{SITE}/tenant", "jwks": keys}}),
        found(f"{METADATA}#one", pages),
    ):
        assert controls(method, f"{SITE}/tenant")
        assert not controls(method, f"{SITE}/other")


@pytest.mark.parametrize(
    "page",
    [
        {"issuer": f"{SITE}/victim", "jwks": {"keys": [KEY.jwk | {"kid": "one"}]}},
        {"issuer": "https://victim.example/tenant", "jwks": {"keys": [KEY.jwk | {"kid": "one"}]}},
        {"issuer": ["x"], "jwks": {"keys": []}},
        {"issuer": f"{SITE}/tenant", "jwks": {"keys": []}, "jwks_uri": f"{SITE}/k"},
        {"issuer": f"{SITE}/tenant"},
        {"issuer": f"{SITE}/tenant", "jwks": []},
        {"issuer": f"{SITE}/tenant", "jwks_uri": "file:///etc/passwd"},
        {"issuer": f"{SITE}/tenant", "jwks_uri": "http://school.example/k"},
    ],
)
def test_metadata_that_does_not_vouch(page: Any) -> None:
    with pytest.raises(Invalid):
        found(f"{METADATA}#one", {METADATA: page})


@pytest.mark.parametrize(
    "url",
    [
        "http://school.example/jwks.json",
        "https://",
        "https:///jwks.json",
        "https://user:pass@school.example/jwks.json",
        "https://school.example:port/jwks.json",
        "https://school.example:99999/jwks.json",
        "https://[::1/jwks.json",
        "https://school.example\\@evil.example/jwks.json",
        "https://school.exa\tmple/jwks.json",
        "https://school.example/jwks json",
    ],
)
def test_what_is_no_https_address(url: str) -> None:
    with pytest.raises(MalformedValue, match="is no https address"):
        dids.resolve(url, get=no_network)


@pytest.mark.parametrize("did", ["did:https:school.example", "ftp://school.example", "urn:uuid:1", "", "did:", "https"])
def test_other_identifiers(did: str) -> None:
    with pytest.raises(UnknownDidMethod):
        dids.resolve(did, get=no_network)


# --- JSON Web Keys -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["Ed25519", "P-256", "P-384", "RSA"])
def test_a_key_as_jwk_and_back(kind: KeyKind) -> None:
    key = SoftSigner("an issuer", kind).public_key
    assert PublicKey.from_jwk(key.jwk) == key
    assert not {"d", "k"} & key.jwk.keys()
    if kind == "RSA":
        with pytest.raises(NotSupported, match="no Multikey form"):
            _ = key.multibase
    else:
        assert PublicKey.from_multibase(key.multibase) == key


RSA = SoftSigner("an issuer", "RSA").public_key.jwk


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"e": "Aw"}, None),  # 3 is unusual and sound
        ({"e": "AQ"}, "exponent"),
        ({"e": "AA"}, "zero byte"),
        ({"e": "AAEAAQ"}, "zero byte"),
        ({"e": "BA"}, "exponent"),
        ({"e": "AQAAAAE"}, "exponent"),
        ({"n": RSA["n"][:200]}, "has 1200"),
        ({"n": RSA["n"] * 5}, "2048 to 8192 bits"),
        ({"n": 7}, "cannot be read"),
        ({"n": None}, "cannot be read"),
    ],
)
def test_rsa_keys(change: dict[str, Any], match: str | None) -> None:
    if match is None:
        assert PublicKey.from_jwk(RSA | change).kind == "RSA"
        return
    with pytest.raises(InvalidKey, match=match):
        PublicKey.from_jwk(RSA | change)


@pytest.mark.parametrize("kind", ["P-256", "P-384"])
def test_points(kind: KeyKind) -> None:
    key = SoftSigner("an issuer", kind).public_key
    size = len(key.raw) - 1
    for raw in (key.raw[:-1], key.raw + b"\0", b"\x04" + key.raw[1:], b"\0", b"", b"\x02" + b"\xff" * size):
        with pytest.raises(InvalidKey):
            PublicKey(kind, raw)
    for change in ({"x": key.jwk["y"]}, {"y": key.jwk["x"]}, {"x": "AA" + key.jwk["x"]}, {"x": ""}, {"crv": "P-521"}):
        with pytest.raises((InvalidKey, NotSupported)):
            PublicKey.from_jwk(key.jwk | change)
