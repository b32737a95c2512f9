"""did:web Method Specification, section 2.5.2 "Read": the DID documents of this installation and its organizations.

Each lists the keys of that organization and no other's (`issuer.keyring`). Retired ones stay listed: what they signed
goes on verifying.
"""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from issuer.api_errors import UnknownOrganization
from issuer.errors import UnknownPage
from issuer.keyring import Identity
from issuer.services import services_of
from vc.dids import web

router = APIRouter(tags=["Identity"])

_EXAMPLE = {
    "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
    "id": "did:web:awards.example.org",
    "verificationMethod": [
        {
            "id": "did:web:awards.example.org#key-1",
            "type": "Multikey",
            "controller": "did:web:awards.example.org",
            "publicKeyMultibase": "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
        }
    ],
    "assertionMethod": ["did:web:awards.example.org#key-1"],
}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A DID document with one Multikey for each key.",
        "content": {"application/json": {"example": _EXAMPLE}},
    }
}


@router.get("/.well-known/did.json", summary="The DID document of this installation", responses=_ANSWERS)
def own_document(request: Request) -> JSONResponse:
    services = services_of(request)
    return _document(request, services.config.did, services.keyring.identity(services.config.slug))


@router.get("/organizations/{slug}/did.json", summary="The DID document of an organization", responses=_ANSWERS)
def organization_document(request: Request, slug: str) -> JSONResponse:
    services = services_of(request)
    try:
        identity = services.keyring.identity(slug)
    except UnknownOrganization as error:
        raise UnknownPage("There is no organization {slug}.", slug=slug[:80]) from error
    return _document(request, web.did_of(f"{services.config.url}/organizations/{slug}"), identity)


def _document(request: Request, did: str, identity: Identity) -> JSONResponse:
    config = services_of(request).config
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Cache-Control": f"public, max-age={config.limits.document_max_age.value}",
    }
    return JSONResponse(web.document(did, identity.published), headers=headers)
