"""Cohorts over HTTP: a dry run, two pairs of eyes, the issuing of what was approved, and its undoing."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse

from issuer import cohorts as domain
from issuer.api_errors import RequestRefused
from issuer.cohort_csv import cohort_lines
from issuer.cohort_issuing import CohortIssuing
from issuer.cohort_standing import Standing, brief, row_to_json, standing
from issuer.cohort_undoing import undo as undo_cohort
from issuer.describing import CHANGE_REFUSALS, REFUSALS, Answers, answers, takes
from issuer.entry import (
    NO_STORE,
    PAGE_LENGTH,
    After,
    Approves,
    Asked,
    Decides,
    Number,
    PageLength,
    Reads,
    Sent,
    members,
)
from issuer.idempotency import once
from issuer.services import Services, services_of
from issuer.store import cohorts as store
from issuer.store.cohorts import Outcome, State
from issuer.store.database import Transaction
from vc.dates import timestamp

router = APIRouter(tags=["Cohorts"])

_AT = "/organizations/{organization}/cohorts"

_BRIEF = {
    "number": 7,
    "name": "Spring graduates",
    "organization": "duke",
    "program": "android",
    "version": 1,
    "prepared_at": "2026-06-01T12:00:00Z",
    "prepared_by": "Registrar (key 2)",
    "state": "prepared",
}
_NEED = {
    "code": "fee_unpaid",
    "subject": "android-2",
    "count": 9,
    "text": "Programming: passed, but the certificate is not paid",
}
_COHORT = _BRIEF | {
    "approvals": [],
    "learners": 329,
    "outcomes": {"ready": 312, "issued_already": 0, "not_eligible": 14, "held": 3},
    "became": {"waiting": 312, "issued": 0, "failed": 0, "undone": 0},
    "notes": [],
    "needs": [_NEED],
    "held": [],
    "failures": [],
    "not_active": None,
    "undo_reason": None,
}
_ROW: dict[str, Any] = {
    "learner": "l-204",
    "name": "Zoë Ünlü-Beispiel",
    "outcome": "ready",
    "why": [],
    "state": "issued",
    "problem": None,
    "certificate": "https://awards.example.org/credentials/3mJr7AoUXx2Wqd",
}
_ISSUED = {
    "issued": 312,
    "course_certificates": 40,
    "failed": 0,
    "waiting": 0,
    "limit": None,
    "cohort": _COHORT | {"state": "issued"},
}
_UNDONE = {
    "revoked": 312,
    "revoked_before": 0,
    "failed": [],
    "reason": "The wrong program version",
    "cohort": _COHORT | {"state": "undone"},
}

_CSV: Answers = {200: {"description": "RFC 4180, UTF-8 with a byte order mark.", "content": {"text/csv": {}}}}

Became = Literal["waiting", "issued", "failed", "undone"]


@router.post(
    _AT,
    status_code=201,
    summary="Prepare a cohort: what would happen to whom and why",
    description="Decides everybody whom the program concerns, and issues nothing.",
    responses=answers(_COHORT, status=201, refusals=CHANGE_REFUSALS, description="The cohort."),
    openapi_extra=takes(
        {"program": "android", "name": "Spring graduates"},
        {
            "program": {"type": "string", "description": "The program's code."},
            "name": {"type": "string", "description": "What you call it."},
            "learners": {"type": "array", "items": {"type": "string"}, "description": "Only these learners' ids."},
            "again": {"type": "boolean", "description": "Issue anew what was revoked or undone before."},
        },
        ["program"],
    ),
)
def prepare(request: Request, asked: Decides, sent: Sent) -> Response:
    services = services_of(request)
    wanted = members(sent, required={"program": str}, optional={"name": str, "learners": list, "again": bool})
    learners = wanted.get("learners")
    if learners is not None and not all(isinstance(one, str) for one in learners):
        raise RequestRefused("learners must be a list of texts.")

    def do() -> tuple[int, Any]:
        number = domain.prepare(
            services.database,
            asked.caller,
            program=wanted["program"],
            organization=asked.organization,
            now=services.now(),
            limits=services.config.limits,
            name=wanted.get("name", ""),
            learners=learners,
            again=wanted.get("again", False),
        )
        return 201, _now(services, asked, number)

    return once(request, asked.caller, sent, do)


@router.get(
    _AT,
    summary="The cohorts, oldest first",
    responses=answers({"cohorts": [_BRIEF], "next": None}, description="A page of them; `next` is for `after`."),
)
def listed(
    request: Request,
    asked: Reads,
    limit: PageLength = PAGE_LENGTH,
    after: After = 0,
) -> dict[str, Any]:
    with services_of(request).database.read() as tx:
        found = store.listed(tx, asked.organization, after=after, limit=limit)
        return {
            "cohorts": [brief(one) | {"state": standing(tx, one).state} for one in found],
            "next": found[-1].number if len(found) == limit else None,
        }


@router.get(
    _AT + "/{number}.csv",
    summary="A row for each learner, for a spreadsheet",
    response_class=StreamingResponse,
    responses=_CSV | REFUSALS,
)
def rows_as_csv(request: Request, asked: Reads, number: Number) -> Response:
    services = services_of(request)
    with services.database.read() as tx:
        cohort = domain.find(tx, number, asked.organization)
    rows = domain.every_row(services.database, number, services.config.limits)
    return StreamingResponse(
        cohort_lines(cohort, rows, credential_url=services.config.credential_url),
        media_type="text/csv; charset=utf-8",
        headers={**NO_STORE, "Content-Disposition": f'attachment; filename="cohort-{number}.csv"'},
    )


@router.get(
    _AT + "/{number}",
    summary="How a cohort stands",
    responses=answers(_COHORT, description="Counted by outcome and by what is needed."),
)
def shown(request: Request, asked: Reads, number: Number) -> dict[str, Any]:
    return _now(services_of(request), asked, number)


@router.get(
    _AT + "/{number}/rows",
    summary="A row for each learner",
    responses=answers({"rows": [_ROW], "next": "l-204"}, description="A page of them; `next` is for `after`."),
)
def rows(
    request: Request,
    asked: Reads,
    number: Number,
    outcome: Annotated[Outcome | None, Query(description="Only those with this outcome of the dry run.")] = None,
    state: Annotated[Became | None, Query(description="Only those of which this became.")] = None,
    limit: PageLength = PAGE_LENGTH,
    after: Annotated[str, Query(max_length=1_000, description="Those after this learner's id.")] = "",
) -> dict[str, Any]:
    services = services_of(request)
    states: tuple[State, ...] | None = None
    if state is not None:
        states = ("" if state == "waiting" else state,)
        outcome = outcome or "ready"
    with services.database.read() as tx:
        domain.find(tx, number, asked.organization)
        found = store.detailed(tx, number, after=after, limit=limit, outcome=outcome, states=states)
    return {
        "rows": [row_to_json(one, services.config.credential_url) for one in found],
        "next": found[-1].row.learner if len(found) == limit else None,
    }


@router.post(
    _AT + "/{number}/approvals",
    status_code=201,
    summary="Approve a cohort that somebody else prepared",
    description="A second approval, by a second approver, lifts the limit of program certificates in an hour.",
    responses=answers(
        _COHORT | {"state": "approved"}, status=201, refusals=CHANGE_REFUSALS, description="How it stands now."
    ),
    openapi_extra=takes({}, {}),
)
def approve(request: Request, asked: Approves, number: Number, sent: Sent) -> Response:
    services = services_of(request)
    members(sent, required={}, optional={})

    def do() -> tuple[int, Any]:
        domain.approve(services.database, asked.caller, number, organization=asked.organization, now=services.now())
        return 201, _now(services, asked, number)

    return once(request, asked.caller, sent, do)


@router.post(
    _AT + "/{number}/issue",
    summary="Issue what was approved, or go on with it",
    description="Each row is decided again. What does not fit into one request, or into the limit of an hour, waits "
    "for the next one. A cohort of any size is issued by one request as a bulk run: `POST …/bulk-runs`.",
    responses=answers(_ISSUED, refusals=CHANGE_REFUSALS, description="What this request issued, and how it stands."),
    openapi_extra=takes({"at_most": 500}, {"at_most": {"type": "integer", "minimum": 1, "maximum": 500}}),
)
def issue(request: Request, asked: Decides, number: Number, sent: Sent) -> Response:
    services = services_of(request)
    limit = services.config.limits.cohort_issued_per_request.value
    at_most = members(sent, required={}, optional={"at_most": int}).get("at_most", limit)
    if not 0 < at_most <= limit:
        raise RequestRefused(
            "at_most is 1 to {limit}. A cohort of any size is issued by a bulk run: POST …/bulk-runs", limit=limit
        )

    def do() -> tuple[int, Any]:
        done = _parts(services).issue(asked.caller, number, organization=asked.organization, at_most=at_most)
        now = _now(services, asked, number)
        limited = None
        if done.limit is not None:
            limited = {"text": str(done.limit.message), "again_at": timestamp(done.limit.again_at)}
        return 200, {
            "issued": done.issued,
            "course_certificates": done.courses,
            "failed": done.failed,
            "waiting": now["became"]["waiting"],
            "limit": limited,
            "cohort": now,
        }

    return once(request, asked.caller, sent, do)


@router.post(
    _AT + "/{number}/undo",
    summary="Revoke what a cohort issued",
    description="The Course Certificates stay valid: they were earned.",
    responses=answers(_UNDONE, refusals=CHANGE_REFUSALS, description="What was revoked, and how it stands."),
    openapi_extra=takes({"reason": "The wrong program version"}, {"reason": {"type": "string"}}, ["reason"]),
)
def undo(request: Request, asked: Approves, number: Number, sent: Sent) -> Response:
    services = services_of(request)
    reason = members(sent, required={"reason": str}, optional={})["reason"]

    def do() -> tuple[int, Any]:
        done = undo_cohort(_parts(services), asked.caller, number, reason=reason, organization=asked.organization)
        return 200, {
            "revoked": done.revoked,
            "revoked_before": done.before,
            "failed": [{"learner": learner, "why": why} for learner, why in done.failed],
            "reason": done.reason,
            "cohort": _now(services, asked, number),
        }

    return once(request, asked.caller, sent, do)


@router.post(
    _AT + "/{number}/cancel",
    summary="Drop a cohort before anything of it is issued",
    responses=answers(_COHORT | {"state": "cancelled"}, refusals=CHANGE_REFUSALS, description="How it stands now."),
    openapi_extra=takes({}, {}),
)
def cancel(request: Request, asked: Decides, number: Number, sent: Sent) -> Response:
    services = services_of(request)
    members(sent, required={}, optional={})

    def do() -> tuple[int, Any]:
        domain.cancel(services.database, asked.caller, number, organization=asked.organization, now=services.now())
        return 200, _now(services, asked, number)

    return once(request, asked.caller, sent, do)


def _parts(services: Services) -> CohortIssuing:
    return CohortIssuing(services.config, services.database, services.issuance(), services.now)


def _now(services: Services, asked: Asked, number: int) -> dict[str, Any]:
    with services.database.read() as tx:
        return _standing(tx, asked, number).to_json()


def _standing(tx: Transaction, asked: Asked, number: int) -> Standing:
    return standing(tx, domain.find(tx, number, asked.organization), grouped=True)
