"""Requests as the suites send them, and what is changed in them one thing at a time to see it refused."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from tests.conformance.calls import Answer, Call, answer
from tests.conformance.issuing import did_of, issue
from tests.conformance.profiles import Profile
from tests.conformance.verifying import derive, verify_credential, verify_presentation
from tests.vc.samples import NOW
from vc.context_rules import VC1, VC2

EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
SUBJECT = {"id": "did:example:subject"}
ABSENT = object()


def credential(kind: str = "Ed25519", **changes: Any) -> dict[str, Any]:
    """A minimal credential of VCDM 2.0; `ABSENT` takes a member out."""
    document = {
        "@context": [VC2],
        "type": ["VerifiableCredential"],
        "issuer": did_of(kind),
        "credentialSubject": dict(SUBJECT),
    }
    document |= {name.replace("context", "@context"): value for name, value in changes.items()}
    return {name: value for name, value in document.items() if value is not ABSENT}


def credential_1(kind: str = "Ed25519", **changes: Any) -> dict[str, Any]:
    return credential(kind, **{"context": [VC1], "issuanceDate": "2020-03-16T22:37:26.544Z"} | changes)


def ask_to_issue(
    document: Any, profile: Profile, *, suite: str = "eddsa-rdfc-2022", kind: str = "Ed25519", **options: Any
) -> Answer:
    body = {"credential": document, "options": options}
    return answer(issue, Call(json.dumps(body).encode(), profile, NOW, path={"suite": suite, "key": kind}))


def issued(document: dict[str, Any], profile: Profile, **more: Any) -> dict[str, Any]:
    given = ask_to_issue(document, profile, **more)
    assert given.status == 201, given.body
    secured: dict[str, Any] = given.body["verifiableCredential"]
    return secured


def ask_to_verify(document: Any, profile: Profile) -> Answer:
    body = {"verifiableCredential": document, "options": {"checks": ["proof"]}}
    return answer(verify_credential, Call(json.dumps(body).encode(), profile, NOW))


def ask_to_derive(document: Any, profile: Profile, **options: Any) -> Answer:
    body = {"verifiableCredential": document, "options": options}
    return answer(derive, Call(json.dumps(body).encode(), profile, NOW))


def ask_to_verify_presentation(document: Any, profile: Profile, **options: Any) -> Answer:
    body = {"verifiablePresentation": document, "options": options}
    return answer(verify_presentation, Call(json.dumps(body).encode(), profile, NOW))


def without(document: dict[str, Any], *path: str) -> dict[str, Any]:
    """A copy in which the member at the path is missing."""
    return _changed(document, path, ABSENT)


def having(document: dict[str, Any], value: Any, *path: str) -> dict[str, Any]:
    return _changed(document, path, value)


def _changed(document: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    copy = deepcopy(document)
    *parents, last = path
    place = copy
    for name in parents:
        place = place[name]
    if value is ABSENT:
        del place[last]
    else:
        place[last] = value
    return copy


def wrong_members() -> Iterator[tuple[str, Any]]:
    """What VC API's issuer and verifier suites put in the place of each member: (member, value)."""
    yield from (("@context", value) for value in (ABSENT, "string", 4, {"foo": True}, False, None, [None], [[]], [10]))
    yield from (("type", value) for value in (ABSENT, "string", {}, None, 10, True, [[]], [{}], [None], [10], []))
    yield from (("issuer", value) for value in (ABSENT, None, True, 4, [], "fake-issuer", {"id": None}, {}))
    yield from (("credentialSubject", value) for value in (ABSENT, None, True, 4, [], "did:example:1234", {}, [{}]))
