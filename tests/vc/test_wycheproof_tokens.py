"""Wycheproof's JWS and JWK vectors, each case accounted for.

What they call valid is accepted, or stands below with the reason why it is refused; what they call invalid is refused,
all of it. The vectors are data beside some clones.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.optional import compare_with
from vc import jose
from vc.errors import VcError
from vc.keys import PublicKey

VECTORS = Path(__file__).parents[3] / "shared/data/vectors/wycheproof"

SHARED_SECRET = "made with a secret that whoever checks it has too, so whoever checks it could make it"
NOT_READ_YET = "an algorithm that is registered and not read here: RS384, RS512, PS256, PS384, PS512, ES512"
TWO_SPELLINGS = "a character that is none of base64url; readers that skip it see two tokens where there is one"

# The cases that Wycheproof calls valid and we refuse, by why, and with which code.
REFUSED_ON_PURPOSE: dict[str, dict[tuple[str, str], list[int]]] = {
    "json_web_signature_test.json": {
        (SHARED_SECRET, "UNKNOWN_ALGORITHM"): [1, 348, 352, 357, 358, 359, 376, 377],
        (NOT_READ_YET, "NOT_SUPPORTED"): [
            *(*range(264, 276), 287, 288, *range(320, 324), *range(325, 329)),
            *(346, 347, 350, 351),
        ],
        (TWO_SPELLINGS, "PARSING_ERROR"): [372, 373],
    },
    "json_web_key_test.json": {(SHARED_SECRET, "UNKNOWN_ALGORITHM"): [2, 13, 14, 15]},
}
# How many there are, and how many of the valid ones are accepted.
COUNTS = {"json_web_signature_test.json": (401, 10), "json_web_key_test.json": (26, 1)}


def cases(name: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    compare_with(VECTORS.is_dir(), "the vectors of Wycheproof")
    groups = json.loads((VECTORS / name).read_text())["testGroups"]
    return [(group, case) for group in groups for case in group["tests"]]


def outcome(group: dict[str, Any], case: dict[str, Any]) -> str:
    """`accepted`, or the code of the refusal. Keys of a set are chosen by `kid`, as a DID document's are."""
    keys = group.get("public", group["private"])
    try:
        jws = jose.parse(case["jws"].encode())
        found = [one for one in keys.get("keys", [keys]) if one.get("kid") == jws.header.get("kid")]
        if len(found) != 1:
            return "NO_SUCH_KEY"
        jose.verify(jws, PublicKey.from_jwk(found[0]))
    except VcError as error:
        return error.code
    return "accepted"


@pytest.mark.parametrize("name", sorted(REFUSED_ON_PURPOSE))
def test_every_case_is_accounted_for(name: str) -> None:
    valid: dict[int, str] = {}
    for group, case in cases(name):
        found = outcome(group, case)
        if case["result"] == "valid":
            valid[case["tcId"]] = found
        else:
            assert found != "accepted", case
    refused = {number: code for number, code in valid.items() if code != "accepted"}
    assert refused == {number: code for (_, code), ids in REFUSED_ON_PURPOSE[name].items() for number in ids}
    assert (len(cases(name)), len(valid) - len(refused)) == COUNTS[name]
