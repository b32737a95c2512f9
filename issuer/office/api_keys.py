"""The keys of an organization's staff and programs: its administrators make and revoke them.

A key is for the organization in whose name it is made, whoever makes it: the operator's own are made on the command
line alone. What makes a key a key is in the first answer only; a repeated request gets the answer without it.
"""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from issuer import api_keys
from issuer.access import ROLES
from issuer.api_errors import RequestRefused
from issuer.api_keys import SCOPES, described
from issuer.describing import CHANGE_REFUSALS, IDEMPOTENCY_KEY, answers, takes
from issuer.entry import PAGE_LENGTH, Administers, After, Number, PageLength, Sent, members
from issuer.idempotency import once
from issuer.services import services_of
from issuer.store import api_keys as store

router = APIRouter(tags=["Access"])

_ADDRESS = "/organizations/{organization}/api-keys"
_KEY = {
    "id": 7,
    "name": "Registrar",
    "organization": "duke",
    "role": "registrar",
    "scopes": [],
    "created": "2026-06-01T12:00:00Z",
    "created_by": "Administrator (key 3)",
    "revoked": None,
}
_REVOKED = {"revoked": "2026-06-02T08:00:00Z"}


@router.get(
    _ADDRESS,
    summary="The keys that were made for the organization, revoked ones too, without what makes them keys",
    responses=answers(
        {"keys": [_KEY | _REVOKED], "next": 7}, description="The keys, oldest first; `next`: ask `after` it."
    ),
)
def listed(
    request: Request,
    asked: Administers,
    after: After = 0,
    limit: PageLength = PAGE_LENGTH,
) -> dict[str, Any]:
    with services_of(request).database.read() as tx:
        found = store.listed(tx, organization=asked.organization, after=after, limit=limit)
    return {"keys": [described(one) for one in found], "next": found[-1].id if len(found) == limit else None}


@router.post(
    _ADDRESS,
    status_code=201,
    summary="Makes a key, and shows it this once",
    description="With a `role` in the office, or with `scopes` for the VC API. The same request again (by its "
    "Idempotency-Key) is answered with `key` null: what was lost on the way is revoked, and another one made.",
    responses=answers(
        _KEY | {"key": f"testamur_7_{'0' * 64}"}, status=201, refusals=CHANGE_REFUSALS, description="The key."
    ),
    openapi_extra=takes(
        {"name": "Registrar", "role": "registrar"},
        {
            "name": {"type": "string", "minLength": 1, "maxLength": 100, "description": "Who holds it."},
            "role": {"enum": list(ROLES)},
            "scopes": {"type": "array", "minItems": 1, "items": {"enum": list(SCOPES)}},
        },
        ["name"],
    ),
)
def make(request: Request, asked: Administers, sent: Sent) -> Response:
    wanted = members(sent, required={"name": str}, optional={"role": str, "scopes": list})
    scopes = wanted.get("scopes", [])
    if not all(isinstance(one, str) for one in scopes):
        raise RequestRefused("{name} must be {kind}.", name="scopes", kind="a list of texts")
    services = services_of(request)

    def do() -> tuple[int, dict[str, Any]]:
        key, text = api_keys.create(
            services.database,
            name=wanted["name"],
            role=wanted.get("role"),
            scopes=scopes,
            organization=asked.organization,
            created_by=asked.caller.name,
            now=services.now(),
            limits=services.config.limits,
        )
        return 201, described(key) | {"key": text}

    return once(request, asked.caller, sent, do, kept=lambda made: made | {"key": None})


@router.delete(
    _ADDRESS + "/{key}",
    summary="Revokes a key, at once and for good",
    responses=answers(_KEY | _REVOKED, refusals=CHANGE_REFUSALS, description="The key, revoked."),
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def revoke(request: Request, asked: Administers, key: Number) -> Response:
    services = services_of(request)

    def do() -> tuple[int, dict[str, Any]]:
        gone = api_keys.revoke(
            services.database, key, now=services.now(), actor=asked.caller.name, organization=asked.organization
        )
        return 200, described(gone)

    return once(request, asked.caller, b"", do)
