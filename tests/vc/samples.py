"""Credentials and keys for the tests: made up, deterministic, and built by the code that builds the real ones."""

import hashlib
from datetime import UTC, date, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vc import dids
from vc.dids import VerificationMethod, key
from vc.formats import data_integrity
from vc.jsonld import OPEN_BADGES
from vc.keys import PublicKey
from vc.multibase import digest_multibase
from vc.openbadges import (
    Achievement,
    CourseAward,
    IncludedPart,
    Issuer,
    ProgramAward,
    Recipient,
    course_certificate,
    program_certificate,
)
from vc.status import bitstring

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOST = "https://credentials.example.org"


class SoftSigner:
    """A signer whose key comes from a word; only for tests."""

    def __init__(self, word: str = "an issuer") -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(word.encode()).digest())
        self.public_key = PublicKey("Ed25519", self._key.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


def issuer(signer: SoftSigner) -> Issuer:
    return Issuer(key.did_of(signer.public_key), "Example Academy (demonstration)", "https://academy.example.org")


def achievement(code: str, title: str, language: str = "en") -> Achievement:
    base = f"{HOST}/achievements/{code}/{language}/v1"
    return Achievement(
        id=base,
        code=code,
        title=title,
        description=f"About {title}.",
        criteria_id=f"{base}/criteria",
        narrative="Pass every assignment.",
        language=language,
        version="1",
        tags=("demonstration", "python"),
        hours=20,
        other_languages=(("es", f"{HOST}/achievements/{code}/es/v1"),),
    )


def status(index: int = 7) -> dict[str, Any]:
    return bitstring.entry(
        list_url=f"{HOST}/status/1", index=index, purpose="revocation", reference=f"{HOST}/credentials/c{index}/status"
    )


def course(signer: SoftSigner, code: str = "toolbox", title: str = "The Toolbox", *, index: int = 7) -> dict[str, Any]:
    return course_certificate(
        CourseAward(
            id=f"{HOST}/credentials/{code}",
            issuer=issuer(signer),
            recipient=Recipient("Zoë Ünlü-Beispiel", email="zoe@example.org", salt="k3Jr9c"),
            achievement=achievement(code, title),
            completed_on=date(2026, 2, 14),
            awarded=NOW,
            valid_from=NOW,
            status=status(index),
            image=f"{HOST}/credentials/{code}.png",
            grade="91",
        )
    )


def specialization(signer: SoftSigner, parts: int = 3) -> dict[str, Any]:
    included = []
    for number in range(1, parts + 2):
        capstone = number == parts + 1
        code = "capstone" if capstone else f"course-{number}"
        included.append(
            IncludedPart(
                code=code,
                title="Capstone" if capstone else f"Course number {number}",
                kind="capstone" if capstone else "course",
                achievement_id=f"{HOST}/achievements/{code}/en/v1",
                credential_id=f"{HOST}/credentials/{code}",
                verify_url=f"https://verify.example.org/verify?url={HOST}/credentials/{code}",
                awarded=date(2026, 1, number),
                digest=digest_multibase(code.encode()),
            )
        )
    return program_certificate(
        ProgramAward(
            id=f"{HOST}/credentials/s1",
            issuer=issuer(signer),
            recipient=Recipient("Zoë Ünlü-Beispiel"),
            achievement=achievement("data", "Data Science"),
            parts=tuple(included),
            awarded=NOW,
            valid_from=NOW,
            status=status(8),
        )
    )


def secure(credential: dict[str, Any], signer: SoftSigner, **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "signer": signer,
        "verification_method": key.method_of(signer.public_key),
        "created": NOW,
        "rule": OPEN_BADGES,
    }
    return data_integrity.secure(credential, **(values | changes))


def no_network(url: str) -> bytes:
    raise AssertionError(f"asked the network for {url}")


def dereference(url: str, purpose: str) -> VerificationMethod:
    return dids.dereference(url, purpose, resolve=lambda did: dids.resolve(did, get=no_network))
