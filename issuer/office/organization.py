"""What an organization is here: its name, its identity, and who may act for it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from issuer.describing import answers
from issuer.entry import Asked, reading
from issuer.services import services_of
from issuer.store import catalogues

router = APIRouter(tags=["Organization"])

_EXAMPLE = {
    "code": "duke",
    "name": "Duke University (demonstration)",
    "url": "https://duke.example.org/",
    "did": "did:web:awards.example.org:organizations:duke",
    "demonstration": True,
}


@router.get(
    "/organizations/{organization}",
    summary="An organization: its name and identity",
    responses=answers(_EXAMPLE, description="The organization."),
)
def about(request: Request, asked: Annotated[Asked, Depends(reading)]) -> dict[str, Any]:
    services = services_of(request)
    with services.database.read() as tx:
        found = catalogues.organizations(tx)[asked.organization]
    return found.to_json() | {"did": services.config.did_of(found.code)}
