"""Lists of every kind for the tests of `vc.status`: made up, and signed where they are signed."""

import json
from datetime import timedelta
from typing import Any

from tests.vc.samples import NOW, SoftSigner, dereference
from vc.context_rules import CREDENTIAL, ContextRule
from vc.dids import key
from vc.formats import data_integrity
from vc.standing import Asker, Standing, StatusType
from vc.status.bitstring import Bitstring, entry, list_credential

URL = "https://issuer.example/status/1"
SIGNER = SoftSigner()
ISSUER = key.did_of(SIGNER.public_key)


def asker(**changes: Any) -> Asker:
    values: dict[str, Any] = {
        "issuer": ISSUER,
        "credential": "https://issuer.example/credentials/c1",
        "dereference": dereference,
        "now": NOW,
    }
    return Asker(**(values | changes))


def asked(index: int = 5, **changes: Any) -> dict[str, Any]:
    return entry(list_url=URL, index=index, purpose="revocation") | changes


def unsecured(bits: Bitstring | None = None, **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "id": URL,
        "issuer": ISSUER,
        "purpose": "revocation",
        "bits": bits or Bitstring(),
        "valid_from": NOW - timedelta(hours=1),
        "valid_until": NOW + timedelta(days=1),
    }
    return list_credential(**(values | changes))


def secured(
    document: dict[str, Any], *, signer: SoftSigner = SIGNER, rule: ContextRule = CREDENTIAL, **options: Any
) -> bytes:
    method = key.method_of(signer.public_key)
    return json.dumps(
        data_integrity.secure(document, signer=signer, verification_method=method, created=NOW, rule=rule, **options)
    ).encode()


def answer(kind: StatusType, status: dict[str, Any], data: bytes, *, age: int = 0, **changes: Any) -> Standing:
    return kind.answer(kind.question(status), data, asker=asker(**changes), age=age)
