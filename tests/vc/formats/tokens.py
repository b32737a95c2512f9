"""What the tests of the token formats share: an issuer, a badge, and a way to sign what our own code would not."""

from typing import Any

from tests.vc.samples import NOW, SoftSigner, course, dereference
from vc import dids, formats, jose
from vc.dids import VerificationMethod, jwk, key, web
from vc.securing import Expected, Verified

SIGNER = SoftSigner()
KID = key.method_of(SIGNER.public_key)
BADGE = course(SIGNER)
WEB = "did:web:credentials.example.org"


def verify(token: bytes, **expected: Any) -> Verified:
    return formats.verify(formats.read(token), dereference=dereference, expected=Expected(**({"now": NOW} | expected)))


def sign(header: dict[str, Any], claims: bytes, signer: SoftSigner = SIGNER) -> bytes:
    """A token of any header and payload; `alg` is the key's unless the header says another one."""
    return jose.sign(header, claims, signer)


def issued_by(party: str, badge: dict[str, Any] = BADGE) -> dict[str, Any]:
    return {**badge, "issuer": {**badge["issuer"], "id": party}}


def with_keys(document: dict[str, Any], url: str, purpose: str) -> VerificationMethod:
    """`dereference` in a world that has this one document."""
    return dids.dereference(url, purpose, resolve=lambda _: document)


def web_document(*signers: SoftSigner) -> dict[str, Any]:
    return web.document(WEB, {f"key-{number}": one.public_key for number, one in enumerate(signers, 1)})


DID_JWK = jwk.did_of(SIGNER.public_key)
