"""Credentials and keys for the tests: made up, deterministic, and built by the code that builds the real ones."""

import hashlib
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from vc import dids
from vc.context_rules import OPEN_BADGES
from vc.dids import VerificationMethod, key
from vc.formats import data_integrity
from vc.keys import KeyKind, PublicKey
from vc.multibase import base64url_encode, digest_multibase, multibase_decode
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

    def __init__(self, word: str = "an issuer", kind: KeyKind = "Ed25519", key: "PrivateKey | None" = None) -> None:
        self._key = key or _private_key(kind, hashlib.sha256(word.encode()).digest())
        self.public_key = PublicKey.from_jwk(_public_jwk(self._key))

    @classmethod
    def of_multibase(cls, secret: str) -> "SoftSigner":
        """The signer of a private key as published test vectors write it (Controlled Identifiers 1.0, Multikey)."""
        data = multibase_decode(secret, "z")
        if data[:2] == b"\x80\x26":
            return cls(key=ed25519.Ed25519PrivateKey.from_private_bytes(data[2:]))
        curve = {b"\x86\x26": ec.SECP256R1(), b"\x87\x26": ec.SECP384R1()}[data[:2]]
        return cls(key=ec.derive_private_key(int.from_bytes(data[2:]), curve))

    def __repr__(self) -> str:  # the name of a test that has one among its parameters, alike in every process
        return f"SoftSigner({self.public_key.kind}, {self.public_key.raw[-4:].hex()})"

    def sign(self, message: bytes) -> bytes:
        match self._key:
            case ed25519.Ed25519PrivateKey():
                return self._key.sign(message)
            case rsa.RSAPrivateKey():
                return self._key.sign(message, padding.PKCS1v15(), hashes.SHA256())
            case _:
                size = self._key.key_size // 8
                der = self._key.sign(message, ec.ECDSA(hashes.SHA256() if size == 32 else hashes.SHA384()))
                return b"".join(number.to_bytes(size) for number in decode_dss_signature(der))


PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def _private_key(kind: KeyKind, seed: bytes) -> PrivateKey:
    match kind:
        case "Ed25519":
            return ed25519.Ed25519PrivateKey.from_private_bytes(seed)
        case "RSA":
            return _rsa()
    curve = ec.SECP256R1() if kind == "P-256" else ec.SECP384R1()
    return ec.derive_private_key(int.from_bytes(seed) >> 1 | 1, curve)


@cache
def _rsa() -> rsa.RSAPrivateKey:
    """Making one takes long, so all tests of a process share it."""
    return rsa.generate_private_key(65537, 2048)


def _public_jwk(private: PrivateKey) -> dict[str, str]:
    match private:
        case ed25519.Ed25519PrivateKey():
            return {"kty": "OKP", "crv": "Ed25519", "x": base64url_encode(private.public_key().public_bytes_raw())}
        case rsa.RSAPrivateKey():
            public = private.public_key().public_numbers()
            n, e = (number.to_bytes((number.bit_length() + 7) // 8) for number in (public.n, public.e))
            return {"kty": "RSA", "n": base64url_encode(n), "e": base64url_encode(e)}
    numbers, size = private.public_key().public_numbers(), private.key_size // 8
    x, y = (base64url_encode(number.to_bytes(size)) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": f"P-{private.key_size}", "x": x, "y": y}


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
