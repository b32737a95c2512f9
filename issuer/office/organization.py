"""What an organization is here: its name, its identity, and who may act for it."""

from typing import Any

from fastapi import APIRouter, Request

from issuer.describing import answers
from issuer.entry import Reads
from issuer.services import services_of
from issuer.store import catalogues
from vc.dates import timestamp

router = APIRouter(tags=["Organization"])

_EXAMPLE = {
    "code": "duke",
    "name": "Duke University (demonstration)",
    "url": "https://duke.example.org/",
    "demonstration": True,
    "contact": "registrar@duke.example.org",
    "shares_with": ["jhu"],
    "did": "did:web:awards.example.org:organizations:duke",
    "keys": [
        {
            "id": "did:web:awards.example.org:organizations:duke#key-1",
            "public": "z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG",
            "created": "2026-06-01T12:00:00Z",
            "signs": True,
        }
    ],
}


@router.get(
    "/organizations/{organization}",
    summary="An organization: its name, its identity and its keys",
    responses=answers(_EXAMPLE, description="The organization."),
)
def about(request: Request, asked: Reads) -> dict[str, Any]:
    services = services_of(request)
    with services.database.read() as tx:
        found = catalogues.organizations(tx)[asked.organization]
    identity = services.keyring.identity(found.code)
    keys = [
        {
            "id": f"{identity.did}#{key.id}",
            "public": key.public,
            "created": timestamp(key.created_at),
            "signs": key.id == identity.key_id,
        }
        for key in services.keyring.keys_of(found.code)
    ]
    return found.to_json() | {"did": identity.did, "keys": keys}
