"""Bulk runs over HTTP: asked for here, done by workers (`issuer worker`), and looked at as they go.

A request only writes down what is wanted: it is answered at once, however many certificates it is about.
"""

import json
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote, unquote

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from issuer.bulk import asking
from issuer.bulk.asking import Wanted
from issuer.bulk.standing import standing
from issuer.describing import CHANGE_REFUSALS, answers, takes
from issuer.entry import PAGE_LENGTH, After, Asked, Decides, Number, PageLength, Reads, Sent, members
from issuer.idempotency import once
from issuer.services import Services, services_of
from issuer.store import bulk_runs

router = APIRouter(tags=["Bulk runs"])

_AT = "/organizations/{organization}/bulk-runs"

_RUN: dict[str, Any] = {
    "number": 3,
    "organization": "duke",
    "kind": "cohort",
    "cohort": 7,
    "program": None,
    "asked_by": "Registrar (key 2)",
    "asked_at": "2026-06-01T12:00:00Z",
    "state": "running",
    "reason": None,
    "again_at": None,
    "ended_at": None,
    "total": 50_000,
    "counts": {"issued": 31_500, "already_there": 0, "failed": 2, "not_begun": 18_498},
    "course_certificates": 4_120,
    "done": 31_500,
    "failed": 2,
    "rate_per_second": 1_210.4,
    "remaining_seconds": 15,
    "failures": [],
}
_REASON = {"why": "It is not earned: Programming: the certificate is revoked", "count": 2}
_FAILURE = {"learner": "l-204", "subject": "android", "why": _REASON["why"]}


@router.post(
    _AT,
    status_code=202,
    summary="Issue an approved cohort of any size, or all that is due",
    description="It is done by workers; `Location` says where to see how far it is. Each certificate is decided again. "
    "What failed is told with its reason, and stops nothing. At the limit of an hour the run waits, and goes on by "
    "itself.",
    responses=answers(_RUN, status=202, refusals=CHANGE_REFUSALS, description="The run, as it begins."),
    openapi_extra=takes(
        {"cohort": 7},
        {
            "cohort": {"type": "integer", "minimum": 1, "description": "Its rows. It is approved."},
            "program": {"type": "string", "description": "Else: what is due of this program; without it, of all."},
            "decide": {"type": "boolean", "description": "Decide first what a change affects."},
        },
    ),
)
def start(request: Request, asked: Decides, sent: Sent) -> Response:
    services = services_of(request)
    given = members(sent, required={}, optional={"cohort": int, "program": str, "decide": bool})
    wanted = Wanted(given.get("cohort"), given.get("program"), decides=given.get("decide", False))

    def do() -> tuple[int, Any]:
        number = asking.start(
            services.database, asked.caller, wanted, organization=asked.organization, now=services.now()
        )
        return 202, _now(services, asked, number)

    response = once(request, asked.caller, sent, do)
    if response.status_code == 202:
        response.headers["Location"] = f"{request.url.path}/{json.loads(bytes(response.body))['number']}"
    return response


@router.get(
    _AT,
    summary="The bulk runs, oldest first",
    responses=answers({"bulk_runs": [_RUN], "next": None}, description="A page of them; `next` is for `after`."),
)
def listed(request: Request, asked: Reads, limit: PageLength = PAGE_LENGTH, after: After = 0) -> dict[str, Any]:
    services = services_of(request)
    with services.database.read() as tx:
        found = bulk_runs.listed(tx, asked.organization, after=after, limit=limit)
        said = [standing(tx, one, limits=services.config.limits, now=services.now()).to_json() for one in found]
    return {"bulk_runs": said, "next": found[-1].number if len(found) == limit else None}


@router.get(
    _AT + "/{number}",
    summary="How far a run is, how quick, and how long it will take",
    description="`issued`, `already_there`, `failed` and `not_begun` add up to `total`; each is read from the records.",
    responses=answers(_RUN | {"failures": [_REASON]}, description="`failures` are counted by reason."),
)
def shown(request: Request, asked: Reads, number: Number) -> dict[str, Any]:
    return _now(services_of(request), asked, number)


@router.get(
    _AT + "/{number}/failures",
    summary="Who failed, and why",
    responses=answers({"failures": [_FAILURE], "next": None}, description="A page of them; `next` is for `after`."),
)
def failures(
    request: Request,
    asked: Reads,
    number: Number,
    limit: PageLength = PAGE_LENGTH,
    after: Annotated[str, Query(max_length=2_000, description="What `next` said.")] = "",
) -> dict[str, Any]:
    learner, _, subject = after.rpartition("/")
    with services_of(request).database.read() as tx:
        asking.find(tx, number, asked.organization)
        found = bulk_runs.failures(tx, number, after=(unquote(learner), unquote(subject)), limit=limit)
    last = found[-1] if len(found) == limit else None
    return {
        "failures": [{"learner": one.learner, "subject": one.subject, "why": one.why} for one in found],
        "next": None if last is None else f"{quote(last.learner, safe='')}/{quote(last.subject, safe='')}",
    }


@router.post(
    _AT + "/{number}/pause",
    summary="Begin nothing further of a run; what is worked on ends",
    responses=answers(_RUN | {"state": "paused"}, refusals=CHANGE_REFUSALS, description="How it stands now."),
    openapi_extra=takes({}, {}),
)
def pause(request: Request, asked: Decides, number: Number, sent: Sent) -> Response:
    return _changed(request, asked, number, sent, asking.pause)


@router.post(
    _AT + "/{number}/resume",
    summary="Go on with a run that was paused, or waits",
    responses=answers(_RUN, refusals=CHANGE_REFUSALS, description="How it stands now."),
    openapi_extra=takes({}, {}),
)
def resume(request: Request, asked: Decides, number: Number, sent: Sent) -> Response:
    return _changed(request, asked, number, sent, asking.resume)


@router.post(
    _AT + "/{number}/cancel",
    summary="End a run for good: what is issued stays, the rest is never begun",
    responses=answers(_RUN | {"state": "cancelled"}, refusals=CHANGE_REFUSALS, description="How it stands now."),
    openapi_extra=takes({}, {}),
)
def cancel(request: Request, asked: Decides, number: Number, sent: Sent) -> Response:
    return _changed(request, asked, number, sent, asking.cancel)


def _changed(request: Request, asked: Asked, number: int, sent: bytes, change: Callable[..., object]) -> Response:
    services = services_of(request)
    members(sent, required={}, optional={})

    def do() -> tuple[int, Any]:
        change(services.database, asked.caller, number, organization=asked.organization, now=services.now())
        return 200, _now(services, asked, number)

    return once(request, asked.caller, sent, do)


def _now(services: Services, asked: Asked, number: int) -> dict[str, Any]:
    with services.database.read() as tx:
        run = asking.find(tx, number, asked.organization)
        return standing(tx, run, limits=services.config.limits, now=services.now(), grouped=True).to_json()
