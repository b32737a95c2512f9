"""An organization's certificates: which there are, what became of each, and what its staff may do about it.

GET  /organizations/{organization}/certificates                            by program, course, learner, status
GET  /organizations/{organization}/certificates/{certificate}              with its history
POST /organizations/{organization}/certificates/{certificate}/status       suspend, reinstate or revoke
POST /organizations/{organization}/certificates/{certificate}/corrections  issue it anew, with the right name or title
POST /organizations/{organization}/certificates/{certificate}/editions     issue anew what was revoked and is earned
POST /organizations/{organization}/corrections                             a title, for every certificate that has it
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, cast, get_args

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from issuer import corrections, revocation
from issuer.api_errors import RequestRefused
from issuer.describing import CHANGE_REFUSALS, answers, takes
from issuer.entry import PAGE_LENGTH, After, ChangesStatus, PageLength, Reads, Sent, members
from issuer.idempotency import once
from issuer.issuance import Finished
from issuer.presentation import present
from issuer.revocation import Action, find
from issuer.services import Services, services_of
from issuer.status_requests import checked
from issuer.store import credentials, status
from issuer.store.credentials import Kind, Status, StoredCredential
from issuer.store.database import Transaction
from vc.dates import timestamp

router = APIRouter(tags=["Certificates of an organization"])

STATUSES: tuple[Status, ...] = get_args(Status)
ACTIONS: tuple[Action, ...] = get_args(Action)

_ID = "https://awards.example.org/credentials/3mJr7AoUXx2Wqd4N"
_BRIEF: dict[str, Any] = {
    "number": 17,
    "id": _ID,
    "kind": "program",
    "subject": "data-science",
    "learner": "l-204",
    "edition": 1,
    "status": "suspended",
    "issued": "2026-06-01T12:00:00Z",
}
_CHANGE: dict[str, Any] = {
    "status": "suspended",
    "at": "2026-09-01T08:00:00Z",
    "reason": "The certificate of R Programming is revoked",
    "cause": "evidence",
    "actor": "issuer",
    "until": "2026-10-01",
}
_WHOLE: dict[str, Any] = _BRIEF | {
    "name": "Data Science",
    "recipient": "Zoë Ünlü-Beispiel",
    "verify": f"https://verifier.example.org/verify?url={_ID}",
    "includes": ["https://awards.example.org/credentials/9Qp2LkTzv5Hn8RbC"],
    "follows_on": None,
    "statement": {
        "state": "suspended",
        "since": "2026-09-01T08:00:00Z",
        "reason": "The certificate of R Programming is revoked",
        "supersededBy": None,
        "until": "2026-10-01",
    },
    "history": [_CHANGE],
}
_ISSUED: dict[str, Any] = {"issued": [_BRIEF | {"edition": 2, "status": "valid"}], "failed": []}
_REASON: Mapping[str, Any] = MappingProxyType(
    {"type": "string", "minLength": 1, "description": "Whoever opens the certificate reads it."}
)


@router.get(
    "/organizations/{organization}/certificates",
    summary="The certificates of an organization",
    responses=answers({"certificates": [_BRIEF], "next": None}, description="A page of them; `next` is for `after`."),
)
def list_certificates(
    request: Request,
    asked: Reads,
    program: Annotated[str | None, Query(max_length=200)] = None,
    course: Annotated[str | None, Query(max_length=200)] = None,
    learner: Annotated[str | None, Query(max_length=500)] = None,
    having: Annotated[Status | None, Query(alias="status")] = None,
    after: After = 0,
    limit: PageLength = PAGE_LENGTH,
) -> dict[str, Any]:
    if program is not None and course is not None:
        raise RequestRefused("Ask for a program or for a course, not for both.")
    subject: tuple[Kind, str] | None = None
    if program is not None or course is not None:
        subject = ("program", program) if program is not None else ("course", course or "")
    services = services_of(request)
    with services.database.read() as tx:
        found = credentials.page(
            tx, asked.organization, subject=subject, learner=learner, status=having, after=after, limit=limit + 1
        )
    shown = found[:limit]
    rest = shown[-1].number if len(found) > limit else None
    return {"certificates": [brief(services, one) for one in shown], "next": rest}


@router.get(
    "/organizations/{organization}/certificates/{certificate}",
    summary="A certificate, with its history",
    responses=answers(_WHOLE, description="The certificate."),
)
def show(request: Request, asked: Reads, certificate: str) -> dict[str, Any]:
    services = services_of(request)
    with services.database.read() as tx:
        return _whole(tx, services, find(tx, certificate, asked.organization))


@router.post(
    "/organizations/{organization}/certificates/{certificate}/status",
    summary="Suspends, reinstates or revokes a certificate",
    response_class=Response,
    responses=answers(_WHOLE, refusals=CHANGE_REFUSALS, description="The certificate as it is now."),
    openapi_extra=takes(
        {"action": "suspend", "reason": "The grade is under review"},
        {"action": {"type": "string", "enum": list(ACTIONS)}, "reason": dict(_REASON)},
        ["action", "reason"],
    ),
)
def change_status(
    request: Request,
    asked: ChangesStatus,
    certificate: str,
    sent: Sent,
) -> Response:
    wanted = members(sent, required={"action": str, "reason": str}, optional={})
    services = services_of(request)
    if wanted["action"] not in ACTIONS:
        raise RequestRefused("action must be one of: {actions}.", actions=ACTIONS)
    reason = checked(wanted["reason"], services.config.limits)

    def do() -> tuple[int, Any]:
        revocation.change(
            services.database,
            certificate,
            cast(Action, wanted["action"]),
            reason=reason,
            now=services.now(),
            config=services.config,
            actor=asked.caller.name,
            organization=asked.organization,
        )
        with services.database.read() as tx:
            return 200, _whole(tx, services, find(tx, certificate, asked.organization))

    return once(request, asked.caller, sent, do)


@router.post(
    "/organizations/{organization}/certificates/{certificate}/corrections",
    status_code=201,
    summary="Issues a certificate anew, with the right name or, without `name`, with the newest version's title",
    response_class=Response,
    responses=answers(
        _ISSUED,
        status=201,
        refusals=CHANGE_REFUSALS,
        description="The new certificate, and the program certificates that were renewed because they include it.",
    ),
    openapi_extra=takes(
        {"name": "Zoë Ünlü-Beispiel", "reason": "A letter was missing in the name"},
        {"name": {"type": "string"}, "reason": dict(_REASON)},
        ["reason"],
    ),
)
def correct(
    request: Request,
    asked: ChangesStatus,
    certificate: str,
    sent: Sent,
) -> Response:
    wanted = members(sent, required={"reason": str}, optional={"name": str})
    services = services_of(request)
    reason = checked(wanted["reason"], services.config.limits)

    def do() -> tuple[int, Any]:
        issuance = services.issuance().by(asked.caller.name)
        done = issuance.correct(certificate, name=wanted.get("name"), reason=reason, organization=asked.organization)
        return 201, _finished(services, done)

    return once(request, asked.caller, sent, do)


@router.post(
    "/organizations/{organization}/certificates/{certificate}/editions",
    status_code=201,
    summary="Issues anew what was revoked and is earned now; the old one stays revoked and leads to it",
    description="What was undone with a cohort, an approver took back: to issue that anew needs the role approver.",
    response_class=Response,
    responses=answers(_ISSUED, status=201, refusals=CHANGE_REFUSALS, description="The new certificate."),
    openapi_extra=takes({"reason": "It was revoked by mistake"}, {"reason": dict(_REASON)}, ["reason"]),
)
def reissue(
    request: Request,
    asked: ChangesStatus,
    certificate: str,
    sent: Sent,
) -> Response:
    wanted = members(sent, required={"reason": str}, optional={})
    services = services_of(request)
    reason = checked(wanted["reason"], services.config.limits)

    def do() -> tuple[int, Any]:
        with services.database.read() as tx:
            last = status.last(tx, find(tx, certificate, asked.organization).number)
        if last is not None and last.cause == "cohort":
            asked.caller.require("approve", organization=asked.organization)
        issuance = services.issuance().by(asked.caller.name)
        new = issuance.reissue(certificate, reason=reason, organization=asked.organization)
        return 201, _finished(services, Finished((new,)))

    return once(request, asked.caller, sent, do)


@router.post(
    "/organizations/{organization}/corrections",
    summary="Issues every certificate of a course or program anew that has an older title",
    response_class=Response,
    responses=answers(
        _ISSUED | {"to_correct": 0},
        refusals=CHANGE_REFUSALS,
        description="What was issued; with `dry_run`, how many there are `to_correct`.",
    ),
    openapi_extra=takes(
        {"course": "toolbox", "reason": "The title was misspelt", "dry_run": True},
        {
            "course": {"type": "string"},
            "program": {"type": "string"},
            "reason": dict(_REASON),
            "dry_run": {"type": "boolean", "default": False},
        },
        ["reason"],
    ),
)
def correct_titles(request: Request, asked: ChangesStatus, sent: Sent) -> Response:
    wanted = members(sent, required={"reason": str}, optional={"course": str, "program": str, "dry_run": bool})
    services = services_of(request)
    reason = checked(wanted["reason"], services.config.limits)
    course, program = wanted.get("course"), wanted.get("program")
    if (course is None) == (program is None):
        raise RequestRefused("Give a course or a program, and not both.")

    def do() -> tuple[int, Any]:
        with services.database.read() as tx:
            work = corrections.outdated(
                tx, now=services.now(), course=course, program=program, organization=asked.organization
            )
        if wanted.get("dry_run", False):
            return 200, _finished(services, Finished()) | {"to_correct": len(work)}
        done = corrections.correct_all(
            services.issuance().by(asked.caller.name), work, reason=reason, organization=asked.organization
        )
        return 200, _finished(services, done) | {"to_correct": 0}

    return once(request, asked.caller, sent, do)


def brief(services: Services, one: StoredCredential) -> dict[str, Any]:
    return {
        "number": one.number,
        "id": services.config.credential_url(one.share_id),
        "kind": one.kind,
        "subject": one.subject,
        "learner": one.learner,
        "edition": one.edition,
        "status": one.status if one.released else "pending",
        "issued": None if one.released_at is None else timestamp(one.released_at),
    }


def _finished(services: Services, done: Finished) -> dict[str, Any]:
    return {
        "issued": [brief(services, one) for one in done.released],
        "failed": [brief(services, one) | {"why": str(why)} for one, why in done.failed],
    }


def _whole(tx: Transaction, services: Services, stored: StoredCredential) -> dict[str, Any]:
    config = services.config
    shown = present(tx, config, stored)
    before = None if stored.supersedes is None else credentials.get(tx, stored.supersedes)
    return brief(services, stored) | {
        "name": shown.view.title,
        "recipient": shown.view.learner,
        "verify": shown.view.verify_url,
        "includes": [config.credential_url(one.share_id) for one in credentials.bound_by(tx, stored.number)],
        "follows_on": None if before is None else config.credential_url(before.share_id),
        "statement": shown.statement.to_json(config.credential_url),
        "history": [one.to_json() for one in status.history(tx, stored.number)],
    }
