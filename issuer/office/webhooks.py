"""An organization's webhooks over HTTP: made, listed, given another mapping, revoked.

POST   /organizations/{organization}/webhooks            → 201, with the secret, this once
GET    /organizations/{organization}/webhooks            → 200
PUT    /organizations/{organization}/webhooks/{webhook}/mapping
DELETE /organizations/{organization}/webhooks/{webhook}  → 200, revoked at once
"""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from issuer import webhooks
from issuer.describing import CHANGE_REFUSALS, IDEMPOTENCY_KEY, answers, takes
from issuer.entry import NO_STORE, Administers, Sent, members
from issuer.idempotency import once
from issuer.services import Services, services_of
from issuer.store import webhooks as store
from issuer.store.webhooks import Webhook
from vc.dates import timestamp

router = APIRouter(tags=["Webhooks"])

_MAPPING = {
    "courses": {"CS1": {"course": "toolbox", "session": "03-en", "language": "en"}},
}
_WEBHOOK = {
    "id": "wh_6f0c1d8e5b7a4c2f9e3d1b0a8c7f6e5d",
    "name": "LMS",
    "source": "openedx",
    "url": "https://awards.example.org/webhooks/wh_6f0c1d8e5b7a4c2f9e3d1b0a8c7f6e5d",
    "mapping": _MAPPING,
    "created": "2026-06-01T12:00:00Z",
    "created_by": "Registrar (key 3)",
    "revoked": None,
}
_SECRET = {"secret": "whsec_…", "note": "The secret is shown this once."}
_PROPERTIES = {
    "name": {"type": "string"},
    "source": {"type": "string", "description": "csv, rest, openedx, moodle or canvas"},
    "mapping": {"type": "object", "description": "What the source does not say."},
}


@router.post(
    "/organizations/{organization}/webhooks",
    status_code=201,
    summary="Makes a webhook, and shows its secret this once",
    description="Repeated with the same Idempotency-Key, the answer is the same but has no secret.",
    responses=answers(_WEBHOOK | _SECRET, status=201, refusals=CHANGE_REFUSALS, description="The webhook."),
    response_class=JSONResponse,
    openapi_extra=takes({"name": "LMS", "source": "openedx", "mapping": _MAPPING}, _PROPERTIES, ["name", "source"]),
)
def make(request: Request, asked: Administers, sent: Sent) -> Response:
    wanted = members(sent, required={"name": str, "source": str}, optional={"mapping": dict})
    services = services_of(request)

    def do() -> tuple[int, Any]:
        made, secret = webhooks.create(
            services.database,
            services.webhook_secrets,
            name=wanted["name"],
            source=wanted["source"],
            organization=asked.organization,
            caller=asked.caller,
            mapping=wanted.get("mapping"),
            now=services.now(),
            limits=services.config.limits,
        )
        return 201, to_json(services, made) | _SECRET | {"secret": secret}

    return once(request, asked.caller, sent, do, kept=_without_secret)


@router.get(
    "/organizations/{organization}/webhooks",
    summary="The webhooks, without what is secret of them",
    responses=answers({"webhooks": [_WEBHOOK]}, description="The oldest first, the revoked ones too."),
    response_class=JSONResponse,
)
def listed(request: Request, asked: Administers) -> Response:
    services = services_of(request)
    with services.database.read() as tx:
        found = store.listed(tx, asked.organization)
    return JSONResponse({"webhooks": [to_json(services, one) for one in found]}, headers=NO_STORE)


@router.put(
    "/organizations/{organization}/webhooks/{webhook}/mapping",
    summary="Gives a webhook another mapping",
    description="What comes from now on is read with it, and what waits in the queue when it is tried again.",
    responses=answers(_WEBHOOK, refusals=CHANGE_REFUSALS, description="The webhook."),
    response_class=JSONResponse,
    openapi_extra=takes({"mapping": _MAPPING}, {"mapping": _PROPERTIES["mapping"]}, ["mapping"]),
)
def remap(
    request: Request,
    webhook: str,
    asked: Administers,
    sent: Sent,
) -> Response:
    wanted = members(sent, required={"mapping": dict}, optional={})
    services = services_of(request)

    def do() -> tuple[int, Any]:
        changed = webhooks.remap(
            services.database,
            webhook,
            wanted["mapping"],
            caller=asked.caller,
            organization=asked.organization,
            now=services.now(),
        )
        return 200, to_json(services, changed)

    return once(request, asked.caller, sent, do)


@router.delete(
    "/organizations/{organization}/webhooks/{webhook}",
    summary="Revokes a webhook, at once and for good",
    responses=answers(_WEBHOOK | {"revoked": "2026-06-02T08:00:00Z"}, description="The webhook."),
    response_class=JSONResponse,
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def revoke(request: Request, webhook: str, asked: Administers) -> Response:
    services = services_of(request)

    def do() -> tuple[int, Any]:
        gone = webhooks.revoke(
            services.database, webhook, caller=asked.caller, organization=asked.organization, now=services.now()
        )
        return 200, to_json(services, gone)

    return once(request, asked.caller, b"", do)


def _without_secret(made: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in made.items() if name not in _SECRET}


def to_json(services: Services, one: Webhook) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "source": one.source,
        "url": f"{services.config.url}/webhooks/{one.id}",
        "mapping": dict(one.mapping),
        "created": timestamp(one.created_at),
        "created_by": one.created_by,
        "revoked": None if one.revoked_at is None else timestamp(one.revoked_at),
    }
