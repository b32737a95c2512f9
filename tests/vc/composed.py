"""Credentials that hold other credentials, and presentations of them: made up, like those in `samples`."""

from typing import Any

from tests.vc.samples import HOST
from vc.context_rules import CLR_201, OB_303, VC2


def endorsement(issuer: str, endorsed: str, comment: str = "We would hire whoever has this.") -> dict[str, Any]:
    """Unsecured. `issuer`: the endorser's id; `endorsed`: the id of what it is about."""
    return {
        "@context": [VC2, OB_303],
        "id": "https://endorser.example/endorsements/1",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "An endorsement",
        "issuer": {"id": issuer, "type": ["Profile"], "name": "Example Employers (demonstration)"},
        "validFrom": "2026-01-05T00:00:00Z",
        "credentialSubject": {"id": endorsed, "type": ["EndorsementSubject"], "endorsementComment": comment},
    }


def record(issuer: str, credentials: list[dict[str, Any]]) -> dict[str, Any]:
    """A CLR 2.0, unsecured, that holds signed credentials."""
    return {
        "@context": [VC2, CLR_201, OB_303],
        "id": f"{HOST}/records/1",
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": "Record of Zoë Ünlü-Beispiel",
        "issuer": {"id": issuer, "type": ["Profile"], "name": "Example Academy (demonstration)"},
        "validFrom": "2026-03-01T00:00:00Z",
        "credentialSubject": {
            "type": ["ClrSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": False,
                    "identityHash": "Zoë Ünlü-Beispiel",
                    "identityType": "name",
                }
            ],
            "verifiableCredential": credentials,
        },
    }


def presentation(holder: str, credentials: list[Any]) -> dict[str, Any]:
    """Unsigned."""
    return {
        "@context": [VC2],
        "id": "urn:uuid:7a1c3f5e-0000-4000-8000-000000000001",
        "type": ["VerifiablePresentation"],
        "holder": holder,
        "verifiableCredential": credentials,
    }
