"""Nobody is forgotten: the reconciliation of certificates with the record, and the queue of what is stuck.

POST /organizations/{organization}/reconciliation   does what follows from the record, and says it, or only says it
GET  /organizations/{organization}/queue            what is stuck, since when, why, and what to do
POST /organizations/{organization}/queue/retry      tries again what can be tried
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from issuer import queue as stuck
from issuer.describing import CHANGE_REFUSALS, answers, takes
from issuer.entry import PAGE_LENGTH, Asked, Decides, PageLength, Reads, Sent, members
from issuer.idempotency import once
from issuer.problem_details import language
from issuer.queue_items import Desk
from issuer.reconciliation import Reconciliation
from issuer.services import Services, services_of

router = APIRouter(tags=["Queue"])

_ID = "https://awards.example.org/credentials/3mJr7AoUXx2Wqd4N"
_DONE: dict[str, Any] = {
    "dry_run": True,
    "learners": 312,
    "done": [
        {
            "did": "suspended",
            "learner": "l-204",
            "subject": "data-science",
            "id": _ID,
            "why": "The certificate of R Programming is revoked",
            "until": "2026-10-01",
            "new": None,
        }
    ],
    "left": [],
}
_ITEM: dict[str, Any] = {
    "kind": "suspended",
    "id": "suspended/3mJr7AoUXx2Wqd4N",
    "learner": "l-204",
    "subject": "data-science",
    "since": "2026-09-01T08:00:00Z",
    "why": "Suspended: The certificate of R Programming is revoked",
    "what_to_do": "Until 1 October 2026 a newer record or another certificate puts it right; or decide: …",
}
_TRIED: dict[str, Any] = {
    "kind": "unfinished",
    "id": "unfinished/3mJr7AoUXx2Wqd4N",
    "done": True,
    "why": "Signed and released",
}


@router.post(
    "/organizations/{organization}/reconciliation",
    summary="Holds every certificate against the record, and does what follows; `dry_run`: only says it",
    response_class=Response,
    responses=answers(_DONE, refusals=CHANGE_REFUSALS, description="What was done, and what was left, with reasons."),
    openapi_extra=takes({"dry_run": True}, {"dry_run": {"type": "boolean", "default": False}}),
)
def reconcile(request: Request, asked: Decides, sent: Sent) -> Response:
    wanted = members(sent, required={}, optional={"dry_run": bool})
    services, lang = services_of(request), language(request)
    dry_run = wanted.get("dry_run", False)

    def do() -> tuple[int, Any]:
        reconciliation = Reconciliation(
            services.config, services.database, services.issuance(), now=services.now, actor=asked.caller.name
        )
        done = reconciliation.run(organization=asked.organization, dry_run=dry_run)
        return 200, {"dry_run": dry_run} | done.to_json(services.config.credential_url, lang)

    return once(request, asked.caller, sent, do)


@router.get(
    "/organizations/{organization}/queue",
    summary="What is stuck, since when, why, and what to do",
    responses=answers({"items": [_ITEM], "next": None}, description="A page of it; `next` is for `after`."),
)
def queue(
    request: Request,
    asked: Reads,
    after: Annotated[str, Query(max_length=1_000, description="Those after the item of this id.")] = "",
    limit: PageLength = PAGE_LENGTH,
) -> dict[str, Any]:
    items, rest = stuck.page(_desk(services_of(request), asked), limit=limit, after=after)
    lang = language(request)
    return {"items": [one.to_json(lang) for one in items], "next": rest}


@router.post(
    "/organizations/{organization}/queue/retry",
    summary="Tries again what can be tried",
    response_class=Response,
    responses=answers({"tried": [_TRIED]}, refusals=CHANGE_REFUSALS, description="What came of each."),
    openapi_extra=takes({}, {}),
)
def retry(request: Request, asked: Decides, sent: Sent) -> Response:
    members(sent, required={}, optional={})
    lang = language(request)
    desk = _desk(services_of(request), asked)
    return once(request, asked.caller, sent, lambda: (200, {"tried": [one.to_json(lang) for one in stuck.retry(desk)]}))


def _desk(services: Services, asked: Asked) -> Desk:
    return Desk(
        services.config,
        services.database,
        services.issuance,
        services.now,
        asked.organization,
        asked.caller.name,
    )
