"""JSON Web Keys that are refused, and their thumbprints."""

from typing import Any

import pytest

from tests.vc.samples import SoftSigner
from vc.errors import InvalidKey, NotSupported
from vc.keys import KeyKind, PublicKey

KINDS: list[KeyKind] = ["Ed25519", "P-256", "P-384", "RSA"]

# Wycheproof, json_web_key_test.json, case 7: a modulus of a chip that made weak keys.
ROCA = (
    "AanFpofbj7KjD4Lf-N2hVMKR7yewSyXhhbirIMTGpfYEhZ_lnt5UoK98DnKIgArXGTu3MaW_HhFw16HGaTDUHqPrId7fe4r11CqRw09yBFuW79V8"
    "sYIwHdzCaWflUI6auImYbVfoN9_nD5n8N8SY9DwXw7mwZM9wREPXoDPgOoIWl6q_MPsp7n0zs3Z5ZaiQWOOzl1S9OhwAfSiiOwz6efnXEaxuTEtP"
    "d7BjSx7NaFka8Dx9U7YqXy2RFj1O9PjyaDGuRh7YXsX3iMUSP_wSyHQg_c_qHRtKUsNSGCT7OZg0hzm2KphtjnayKJvC64vAbROBR4Ubg6Bxg9IQ"
    "VZ-QYyE"
)


@pytest.mark.parametrize(
    ("kind", "alg"),
    [("Ed25519", "EdDSA"), ("Ed25519", "Ed25519"), ("P-256", "ES256"), ("P-384", "ES384"), ("RSA", "RS256")],
)
def test_a_key_that_says_what_it_is_for(kind: KeyKind, alg: str) -> None:
    key = SoftSigner(kind=kind).public_key
    assert PublicKey.from_jwk({**key.jwk, "alg": alg, "use": "sig", "key_ops": ["verify"], "kid": "k"}) == key


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("alg", ["ES512", "PS256", "RS512", "HS256", "ECDH-ES", "none", "", None, 7, ["ES256"]])
def test_a_key_that_is_for_something_else(kind: KeyKind, alg: Any) -> None:
    with pytest.raises(InvalidKey, match="another algorithm"):
        PublicKey.from_jwk({**SoftSigner(kind=kind).public_key.jwk, "alg": alg})


def test_a_key_of_a_chip_that_made_weak_ones() -> None:
    with pytest.raises(InvalidKey, match="ROCA"):
        PublicKey.from_jwk({"kty": "RSA", "n": ROCA, "e": "AQAB"})


@pytest.mark.parametrize("crv", ["P-521", "secp256k1"])
def test_a_curve_that_is_not_read_yet(crv: str) -> None:
    with pytest.raises(NotSupported):
        PublicKey.from_jwk({"kty": "EC", "crv": crv, "x": "", "y": ""})


@pytest.mark.parametrize("crv", [None, [], {}, "P-999", 7])
def test_a_curve_that_is_none(crv: Any) -> None:
    with pytest.raises(InvalidKey):
        PublicKey.from_jwk({"kty": "EC", "crv": crv, "x": "", "y": ""})


def test_the_thumbprint_of_rfc_8037() -> None:
    """RFC 8037 appendix A.3."""
    key = PublicKey.from_jwk({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})
    assert key.thumbprint_uri.rpartition(":")[2] == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
