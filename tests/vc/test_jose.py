"""Compact JWS: the published examples, and headers that would steer whoever reads them."""

from typing import Any

import pytest

from tests.vc.samples import SoftSigner
from vc import jose
from vc.errors import NotSupported, ParsingError, ProofInvalid, TooLarge, UnknownAlgorithm, VcError
from vc.keys import KeyKind, PublicKey

# RFC 8037 appendix A.4 and RFC 7515 appendix A.3.
PUBLISHED = [
    (
        {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
        b"Example of Ed25519 signing",
    ),
    (
        {
            "kty": "EC",
            "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        },
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
        "cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
        b'{"iss":"joe",\r\n "exp":1300819380,\r\n "http://example.com/is_root":true}',
    ),
]
KINDS: list[KeyKind] = ["Ed25519", "P-256", "P-384", "RSA"]


@pytest.mark.parametrize(("key", "token", "payload"), PUBLISHED)
def test_the_published_examples(key: dict[str, str], token: str, payload: bytes) -> None:
    jws = jose.parse(token.encode())
    jose.verify(jws, PublicKey.from_jwk(key))
    assert jws.payload == payload


@pytest.mark.parametrize("kind", KINDS)
def test_signed_and_verified_by_its_own_kind_of_key_only(kind: KeyKind) -> None:
    signer = SoftSigner(kind=kind)
    jws = jose.parse(jose.sign({}, b"payload", signer))
    jose.verify(jws, signer.public_key)
    for other in KINDS:
        if other != kind:
            with pytest.raises(UnknownAlgorithm):
                jose.verify(jws, SoftSigner(kind=other).public_key)
    if kind != "RSA":
        with pytest.raises(ProofInvalid):
            jose.verify(jws, SoftSigner("another", kind).public_key)


@pytest.mark.parametrize(
    ("header", "error"),
    [
        ({"alg": "none"}, UnknownAlgorithm),
        ({"alg": "NoNe"}, UnknownAlgorithm),
        ({"alg": "HS256"}, UnknownAlgorithm),
        ({"alg": "eddsa"}, UnknownAlgorithm),
        ({"alg": ""}, UnknownAlgorithm),
        ({"alg": None}, UnknownAlgorithm),
        ({"alg": ["EdDSA"]}, UnknownAlgorithm),
        ({"alg": "PS256"}, NotSupported),
        ({"alg": "ES512"}, NotSupported),
        ({"crit": []}, ProofInvalid),
        ({"crit": ["b64"], "b64": False}, ProofInvalid),
        ({"b64": True}, ProofInvalid),
        ({"jku": "https://evil.example"}, ProofInvalid),
        ({"x5u": "https://evil.example"}, ProofInvalid),
    ],
    ids=str,
)
def test_headers_that_are_refused(header: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        jose.parse(jose.sign(header, b"{}", SoftSigner()))


def test_a_header_that_says_something_twice() -> None:
    signed = jose.sign({}, b"{}", SoftSigner())
    twice = b"eyJhbGciOiJFZERTQSIsImFsZyI6Im5vbmUifQ" + signed[signed.index(b".") :]
    with pytest.raises(ParsingError, match="twice"):
        jose.parse(twice)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"..",
        b"a.b",
        b"eyJhbGciOiJFZERTQSJ9.e30.AA.AA",
        b"eyJhbGciOiJFZERTQSJ9=.e30.AA",
        b"eyJhbGciOiJFZERTQSJ9.e31.AA",  # stray bits
        b"eyJhbGciOiJFZERTQSJ9.e30.A",
        b"eyJhbGciOiJFZERTQSJ9.e30.A+/A",
        b" eyJhbGciOiJFZERTQSJ9.e30.AA",
        "eyJhbGciOiJFZERTQSJ9.é.AA".encode(),
        b"W10.e30.AA",
    ],
)
def test_what_is_no_token(data: bytes) -> None:
    with pytest.raises(ParsingError):
        jose.parse(data)


def test_too_long() -> None:
    with pytest.raises(TooLarge):
        jose.parse(b"a" * (jose.MAX_BYTES + 1))
    with pytest.raises(VcError):
        jose.parse(jose.sign({"kid": "a" * jose.MAX_HEADER}, b"{}", SoftSigner()))


@pytest.mark.parametrize(
    ("value", "found"),
    [("vc+jwt", "vc+jwt"), ("Application/VC+JWT", "vc+jwt"), ("JWT", "jwt"), ("text/plain", "text/plain")],
)
def test_media_types(value: str, found: str) -> None:
    assert jose.media_type({"typ": value}, "typ") == found
    assert jose.media_type({}, "typ") is None
    for wrong in ("", None, 7, ["JWT"]):
        with pytest.raises(ParsingError):
            jose.media_type({"typ": wrong}, "typ")
