"""Project Wycheproof's signatures through `PublicKey.verify`: all that is valid is accepted, all else refused.

None of the valid ones is refused on purpose here; a case that were would stand in `REFUSED_ON_PURPOSE` with the reason.
"""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.optional import compare_with
from tests.vc.published_proofs import PUBLISHED, VECTORS, read
from vc.errors import ProofInvalid
from vc.keys import PublicKey

FILES = {
    "ed25519_test.json": 151,
    "ecdsa_secp256r1_sha256_p1363_test.json": 262,
}
# (file, tcId) -> why a valid signature is refused
REFUSED_ON_PURPOSE: Mapping[tuple[str, int], str] = {}

TRANSCRIBED = read(VECTORS / "wycheproof" / "signatures.json")["cases"]


@pytest.mark.parametrize("case", TRANSCRIBED, ids=lambda case: f"{case['kind']}-{case['tcId']}")
def test_one_case_of_each_kind(case: dict[str, str]) -> None:
    assert _outcome(PublicKey(case["kind"], bytes.fromhex(case["key"])), case) == case["result"]


def _groups(name: str) -> list[dict[str, Any]]:
    path = PUBLISHED / "wycheproof" / name
    compare_with(path.is_file(), str(path))
    groups: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["testGroups"]
    return groups


def _raw(group: dict[str, Any]) -> PublicKey:
    """The key of a group, in the form of a Multikey."""
    given = group["publicKey"]
    if given["type"] == "EDDSAPublicKey":
        return PublicKey("Ed25519", bytes.fromhex(given["pk"]))
    point = bytes.fromhex(given["uncompressed"])
    return PublicKey("P-256", bytes([2 + (point[-1] & 1)]) + point[1:33])


def _outcome(key: PublicKey, case: dict[str, Any]) -> str:
    try:
        key.verify(bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
    except ProofInvalid:
        return "invalid"
    return "valid"


@pytest.mark.parametrize("name", FILES)
def test_every_case(name: str) -> None:
    seen = 0
    for group in _groups(name):
        key = _raw(group)
        assert PublicKey.from_multibase(key.multibase) == key
        for case in group["tests"]:
            seen += 1
            wanted = "invalid" if (name, case["tcId"]) in REFUSED_ON_PURPOSE else case["result"]
            assert _outcome(key, case) == wanted, (case["tcId"], case["comment"])
    assert seen == FILES[name]


@pytest.mark.parametrize("name", FILES)
def test_the_keys_as_json_web_keys(name: str) -> None:
    for group in _groups(name):
        if "publicKeyJwk" in group:
            assert PublicKey.from_jwk(group["publicKeyJwk"]) == _raw(group)


P256 = PublicKey("P-256", bytes.fromhex("022927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838"))
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def _signature(r: int, s: int, size: int = 32) -> bytes:
    return r.to_bytes(size) + s.to_bytes(size)


@pytest.mark.parametrize("r", [0, 1, N - 1, N, N + 1, 2**256 - 1])
@pytest.mark.parametrize("s", [0, 1, N - 1, N, N + 1, 2**256 - 1])
def test_special_numbers_never_match(r: int, s: int) -> None:
    if (r, s) in {(1, 1), (1, N - 1)}:
        return  # numbers like any others: whether they match is a question of the message
    with pytest.raises(ProofInvalid):
        P256.verify(_signature(r, s), b"123400")
    with pytest.raises(ProofInvalid):
        P256.verify(_signature(r, s, 33), b"123400")
