"""The organization's audit log: who did what, and whether the log is still as it was written."""

from typing import Any

from fastapi import APIRouter, Request

from issuer.audit_log import checked, described
from issuer.describing import answers
from issuer.entry import PAGE_LENGTH, Administers, After, PageLength
from issuer.services import services_of
from issuer.store import audit

router = APIRouter(tags=["Access"])

_ADDRESS = "/organizations/{organization}/audit"
_ENTRY = {
    "chain": "duke",
    "number": 12,
    "at": "2026-06-01T12:00:00.000000Z",
    "actor": "Registrar (key 7)",
    "action": "certificate.revoke",
    "subject": "3mJr7AoUXx2Wqd",
    "detail": {},
    "previous": "5f" * 32,
    "hash": "a0" * 32,
}


@router.get(
    _ADDRESS,
    summary="Who did what, when, to what",
    description="`hash` is the SHA-256 of the other members as canonical JSON (RFC 8785); `previous` is the hash of "
    "the entry before.",
    responses=answers(
        {"entries": [_ENTRY], "next": 12}, description="In the order of the chain; `next`: ask `after` it."
    ),
)
def listed(
    request: Request,
    asked: Administers,
    after: After = 0,
    limit: PageLength = PAGE_LENGTH,
) -> dict[str, Any]:
    with services_of(request).database.read() as tx:
        found = audit.read(tx, asked.organization, after=after, limit=limit)
    return {"entries": [described(one) for one in found], "next": found[-1].number if len(found) == limit else None}


@router.get(
    _ADDRESS + "/verification",
    summary="Whether every entry still fits the one before it",
    description="What cannot be seen is a log cut off at its end: keep the newest hash elsewhere, and compare.",
    responses=answers(
        {"organization": "duke", "intact": True, "entries": 12, "newest": "a0" * 32, "broken_at": None},
        description="How many entries fit, and the newest hash; or the number of the first entry that does not fit.",
    ),
)
def verification(request: Request, asked: Administers) -> dict[str, Any]:
    with services_of(request).database.read() as tx:
        return checked(tx, asked.organization).to_json()
