"""Certificates of ours that the peers are given, under a did:key that everybody can work out.

The texts are chosen for what libraries get wrong: scripts, combining marks, quotes, backslashes, line breaks, tabs.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import contexts
from vc import dids, openbadges
from vc.context_rules import CREDENTIAL, OPEN_BADGES, ContextRule
from vc.dids import web
from vc.dids.key import did_of, method_of
from vc.formats import data_integrity
from vc.keys import PublicKey
from vc.multibase import digest_multibase
from vc.openbadges import Achievement, CourseAward, IncludedPart, Issuer, ProgramAward, Recipient
from vc.securing import Expected
from vc.status.bitstring import Bitstring, entry, list_credential

SEED = bytes(range(32))
CREATED = datetime(2026, 4, 1, 12, tzinfo=UTC)
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
BASE = "https://credentials.example.org"
LIST_URL = f"{BASE}/status/1"


class SeedSigner:
    """An Ed25519 key from a seed that stands in the open: for these tests only."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public_key(self) -> PublicKey:
        return PublicKey("Ed25519", self._key.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


SIGNER = SeedSigner(SEED)
DID = did_of(SIGNER.public_key)
METHOD = method_of(SIGNER.public_key)

_ISSUER = Issuer(id=DID, name="Example Academy", url="https://example.org", image=f"{BASE}/issuer.png")
_LEARNER = Recipient(name='Ana "Anita" Díaz O’Neill', email="ana@example.org", salt="k3Jr9c")


def documents(*more: dict[str, Any]) -> dict[str, Any]:
    """What the peers may look at: our pinned contexts (the current contents), and `more` by their ids."""
    return {url: contexts.load(url) for url in contexts.CONTEXTS} | {document["id"]: document for document in more}


COURSE = CourseAward(
    id=f"{BASE}/credentials/c1",
    issuer=_ISSUER,
    recipient=_LEARNER,
    achievement=Achievement(
        id=f"{BASE}/achievements/courses/databases/es/v3",
        code="databases",
        title="Uso de bases de datos: «SQL»\ty más",
        description='Back\\slash, "quotes", ümläut, 漢字, עברית, हिन्दी, 🎓.\r\nA second line.',
        criteria_id=f"{BASE}/achievements/courses/databases/es/v3/criteria",
        narrative="Pass every exam:\n\n1. SQL\n2. Models",
        language="es",
        version="3",
        tags=("sql", "databases"),
        hours=40,
        other_languages=(("en", f"{BASE}/achievements/courses/databases/en/v3"),),
    ),
    completed_on=date(2026, 3, 20),
    awarded=CREATED,
    valid_from=CREATED,
    status={},
    grade="92.5",
)


def course(index: int = 100, **changes: Any) -> dict[str, Any]:
    """A Course Certificate, unsecured. `index`: its place in the status list."""
    status = entry(list_url=LIST_URL, index=index, purpose="revocation", reference=f"{BASE}/credentials/c1/status")
    return openbadges.course_certificate(replace(COURSE, status=status, **changes))


def capstone() -> dict[str, Any]:
    return course(id=f"{BASE}/credentials/c4", capstone=True, narrative="Built a\nsearch engine.")


def program() -> dict[str, Any]:
    """A Specialization certificate with two courses and a capstone, unsecured."""
    parts = tuple(
        IncludedPart(
            code=code,
            title=title,
            kind="capstone" if code == "capstone" else "course",
            achievement_id=f"{BASE}/achievements/courses/{code}/es/v1",
            credential_id=f"{BASE}/credentials/{code}",
            verify_url=f"https://verify.example.org/verify?url={BASE}/credentials/{code}",
            awarded=date(2026, month, 10),
            digest=digest_multibase(code.encode()),
            narrative="Built a search engine." if code == "capstone" else None,
        )
        for month, (code, title) in enumerate(
            [("python", "Introducción a Python"), ("databases", "Bases de datos"), ("capstone", "Proyecto final")], 1
        )
    )
    return openbadges.program_certificate(
        ProgramAward(
            id=f"{BASE}/credentials/s1",
            issuer=_ISSUER,
            recipient=_LEARNER,
            achievement=Achievement(
                id=f"{BASE}/achievements/specializations/python-for-everybody/es/v2",
                code="python-for-everybody",
                title="Python para todos",
                description="Two courses and a capstone.",
                criteria_id=f"{BASE}/achievements/specializations/python-for-everybody/es/v2/criteria",
                narrative="Complete all courses and the capstone in Spanish.",
                language="es",
                version="2",
                tags=("python", "specialization"),
            ),
            parts=parts,
            awarded=CREATED,
            valid_from=CREATED,
            status=entry(list_url=LIST_URL, index=101, purpose="revocation"),
            image=f"{BASE}/credentials/s1/badge.png",
        )
    )


CERTIFICATES = {"course": course, "capstone": capstone, "program": program}


def status_list(*revoked: int) -> dict[str, Any]:
    """A status list of ours, signed, with these indexes set."""
    bits = Bitstring()
    for index in revoked:
        bits.set(index, True)
    return secure(
        list_credential(
            id=LIST_URL,
            issuer=DID,
            purpose="revocation",
            bits=bits,
            valid_from=CREATED,
            valid_until=datetime(2126, 4, 1, tzinfo=UTC),  # the peer reads the clock for a list; it cannot be told
        ),
        CREDENTIAL,
    )


def under_did_web() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A Course Certificate, signed, of an issuer that is a did:web, and that issuer's document and key."""
    did = "did:web:credentials.example.org"
    document = web.document(did, {"key-1": SIGNER.public_key})
    (key,) = document["verificationMethod"]
    credential = course(issuer=replace(_ISSUER, id=did))
    del credential["credentialStatus"]
    signed = secure(credential, verification_method=key["id"])
    return signed, [document, {"@context": "https://w3id.org/security/multikey/v1", **key}]


def secure(
    credential: dict[str, Any], rule: ContextRule = OPEN_BADGES, *, verification_method: str = METHOD
) -> dict[str, Any]:
    return data_integrity.secure(
        credential, signer=SIGNER, verification_method=verification_method, created=CREATED, rule=rule
    )


def verify(document: dict[str, Any], rule: ContextRule = OPEN_BADGES) -> data_integrity.Verified:
    """Ours, without a network: did:key only."""

    def unreachable(url: str) -> NoReturn:
        raise AssertionError(f"{url} would have been fetched")

    dereference = partial(dids.dereference, resolve=partial(dids.resolve, get=unreachable))
    return data_integrity.verify_proofs(document, dereference=dereference, expected=Expected(now=NOW, rule=rule))


def _replaced(old: str, new: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def change(document: dict[str, Any]) -> dict[str, Any]:
        text = json.dumps(document, ensure_ascii=False)
        assert old in text
        return dict(json.loads(text.replace(old, new)))

    return change


def _other_signature(document: dict[str, Any]) -> dict[str, Any]:
    (proof,) = document["proof"]
    value = proof["proofValue"]
    other = value[:20] + ("2" if value[20] != "2" else "3") + value[21:]
    return {**document, "proof": [{**proof, "proofValue": other}]}


CHANGES: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "learner": _replaced("Díaz", "Diaz"),
    "result": _replaced("Completed", "Failed"),
    "time of the proof": _replaced('"created": "2026-04-01T12:00:00Z"', '"created": "2026-04-01T12:00:01Z"'),
    "signature": _other_signature,
    "added member": lambda document: {**document, "description": "added"},
    "added undefined member": lambda document: {**document, "honours": "summa cum laude"},
    "member taken away": lambda document: {k: v for k, v in document.items() if k != "credentialStatus"},
}
"""One change each to a signed certificate; every verifier must refuse every one."""
